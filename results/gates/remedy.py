"""What to do about a generator that could not keep up, or had nobody to send."""

from typing import Final

from results.gates.gate import Evidence

MORE: Final = "use more processes or a lower rate"
_MUCH: Final = 0.1  # of the load's time: less is what any machine with other programs on it shows


def remedy(evidence: Evidence) -> str:
    """The end of a sentence that says why latency is unknown, or what was not sent."""
    run, load = evidence.run, evidence.run.load
    workers = load.workers if load else 1
    share = evidence.stalls.taken / 1e9 / workers / evidence.seconds if evidence.seconds else 0.0
    if share >= _MUCH:
        had = f"others had the CPU for {min(share, 1.0):.0%} of the load"
        return f"{had}, so use a machine that is less busy, or a lower rate"
    cores = run.machine.get("cores")
    if not isinstance(cores, int) or load is None or load.clocks:  # workers elsewhere: of their cores nothing is known
        return MORE
    backend = int(run.options.get("backend_processes") or 1) if run.embedded else 0
    if (idle := cores - backend - workers) > 0:
        more = f"--processes {workers + idle}: {idle} of {cores} cores had nothing to do"
        return f"use more processes ({more}) or a lower rate"
    shared = "the generator and the embedded backend" if run.embedded else "the generator"
    return f"use a lower rate, or more cores: {shared} had all {cores}"


def remedy_of_unsent(evidence: Evidence) -> str:
    """The end of a sentence that says that arrivals were not sent."""
    load, unsent = evidence.run.load, evidence.not_sent
    nobody = min(load.nobody, unsent) if load else 0
    if not nobody:
        return _of_full(evidence)
    whom = "" if nobody == unsent else f" for {nobody:,} of them"
    rest = "" if nobody == unsent else f"; for the others {_of_full(evidence)}"
    return f"nobody was free{whom} who could live their scenario, so use more devices{rest}"


def _of_full(evidence: Evidence) -> str:
    """What to do where --max-in-flight was reached: for want of CPU, or because answers take long."""
    most = evidence.run.options.get("max_in_flight")
    allowed = f"--max-in-flight {most}" if most else "--max-in-flight"
    return f"{remedy(evidence)}; or, where answers take long, more than {allowed}"
