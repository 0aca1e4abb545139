"""From a run's folder to its verdict: read back, judge, report. After a run in its own process; again by `check`."""

import logging
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from locustfiles._read_back import read_back, sentence, stores
from results.anomalies import ANOMALIES
from results.checker.judge import Store, judge
from results.errors import CannotKnow as JournalCannotTell
from results.errors import UsageError
from results.gates import parse_gates
from results.journal import Journal, compact, load, under_way
from results.journal.record import RECORD
from results.judgement import Judgement
from results.reporters import write_reports
from results.run import Run
from results.summary import Summary, summarise
from results.verdict import Verdict, worst
from simulator.client import Fault
from simulator.errors import CannotKnow, PushfleetError
from simulator.fleet import Fleet, shard_of
from simulator.fleet.odd_ids import shown
from simulator.tokens import PushType

PENDING: Final = "pending.npy"  # in the journal's folder: registers that an earlier run called without an answer
JUDGED: Final = 10  # the judge's process ends with this plus the verdict's code: a crash ends with 1, as violated would
_PUNCTUAL: Final = 2.0  # seconds that a load may end early: Locust takes some to begin and to end it
_WIRES: Final = {int(kind): kind.wire for kind in PushType}

log = logging.getLogger(__name__)


def judge_run(folder: Path) -> Summary:
    """Judge the run in `folder` and write its reports; what cannot be known makes the verdict unknown, with a reason.

    Raises UsageError when `folder` is no run's folder.
    """
    run = Run.read(folder)
    try:
        journal = load(folder, run.id)
    except JournalCannotTell as error:
        return _report(folder, run, np.empty(0, RECORD), _unknown(sentence(str(error))))
    rows, judgement = _judged(folder, run, journal)
    summary = _report(folder, run, np.concatenate([journal.records, rows]), judgement)
    compact(folder, run.id, journal)
    return summary


def _judged(folder: Path, run: Run, journal: Journal) -> tuple[NDArray[np.void], Judgement]:
    """The read-back and the judgement; what goes wrong with either is an unknown, and the figures are still good."""
    try:
        fleet = _fleet(run)
        rows, obstacles = read_back(folder, run, fleet, journal)
        return rows, _with(_judge(folder, run, fleet, journal, rows), obstacles + _gaps(run))
    except (JournalCannotTell, PushfleetError) as error:
        return np.empty(0, RECORD), _unknown(sentence(str(error)))
    except Exception as error:
        log.exception("the checker failed")
        return np.empty(0, RECORD), _unknown(f"The checker failed ({type(error).__name__}: {error}).")


def judge_again(folder: Path) -> Summary:
    """`judge_run` for whoever comes later: UsageError while the run is still under way."""
    Run.read(folder)
    if under_way(folder):
        raise UsageError(f"the run in {folder} is still under way: stop it, or wait for its end, and judge it then.")
    return judge_run(folder)


def give_up(folder: Path, why: str) -> Summary:
    """Report a run that could not be judged at all as unknown."""
    return _report(folder, Run.read(folder), np.empty(0, RECORD), _unknown(why))


def _report(folder: Path, run: Run, records: NDArray[np.void], judgement: Judgement) -> Summary:
    summary = summarise(run, records, judgement, parse_gates(run.gates))
    write_reports(folder, run, records, judgement, summary)
    return summary


def _judge(folder: Path, run: Run, fleet: Fleet, journal: Journal, rows: NDArray[np.void]) -> Judgement:
    ended = bool(len(rows)) or (bool(run.push) and not stores(folder, run))  # pushes may be all that reads
    return judge(
        np.concatenate([journal.records, rows]),
        run=run.run_number,
        began=run.began,
        label=lambda register: _label(fleet, register),
        fault_name=lambda fault: Fault(fault).sentence,
        dead=lambda registers: _dead(fleet, journal, registers),
        pending=lambda registers: np.isin(registers, _pending(folder)),
        store=Store(read_back=ended, fresh=run.fresh),
    ).requiring(run.require)


def _fleet(run: Run) -> Fleet:
    """The fleet that lived the run; CannotKnow if another stands in its place, to which its deviceIds mean nothing."""
    fleet = Fleet.open(Path(run.fleet), writable=False)
    if fleet.number != run.fleet_number:
        raise CannotKnow(
            f"the fleet at {run.fleet} is not the one that lived run {run.id} (its number is {fleet.number}, not "
            f"{run.fleet_number}): restore that one, and judge again."
        )
    return fleet


def _label(fleet: Fleet, register: int) -> str:
    """A register as people write it: ios/6F9619FF-8B86-D011-B42D-00CF4FC964FF."""
    wire = _WIRES.get(register & 0xFF, f"type-{register & 0xFF}")
    return f"{wire}/{shown(fleet.device_id(register >> 24, register >> 8 & 0xFFFF))}"


def _pending(folder: Path) -> NDArray[np.uint64]:
    path = folder / "journal" / PENDING
    registers: NDArray[np.uint64] = np.load(path) if path.exists() else np.empty(0, np.uint64)
    return registers


def _dead(fleet: Fleet, journal: Journal, registers: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which registers' people were a worker's that did not close its journal."""
    if all(part.closed for part in journal.parts):
        return np.zeros(len(registers), np.bool_)
    devices, where = np.unique(registers >> np.uint64(24), return_inverse=True)
    shards = np.array([shard_of(fleet.home(int(device))) for device in devices], np.int64)
    lost: NDArray[np.bool_] = journal.lost(shards)[where]
    return lost


def _gaps(run: Run) -> list[str]:
    """What the run itself says is missing."""
    if run.load is None:
        return ["The run was cut off before its load ended; what its last second did is not in the journal."]
    gaps = [f"{sentence(text)}, so its people's registers are in no known state." for text in run.load.broken]
    lasted = (run.load.ended - run.load.began) / 1e9
    if lasted < run.planned - _PUNCTUAL:
        gaps.append(f"The run was ended after {lasted:.0f} s of the {run.planned} s that were asked for.")
    if run.load.workers_lost:
        gaps.append(
            f"{run.load.workers_lost} of {run.load.workers} workers were lost, and with them their last operations."
        )
    return [*run.load.deaths, *gaps]


def _with(judgement: Judgement, obstacles: list[str]) -> Judgement:
    """The judgement, no longer a pass where something stood in the way of knowing."""
    if not obstacles:
        return judgement
    verdict = worst([judgement.verdict, Verdict.UNKNOWN])
    return replace(judgement, verdict=verdict, reasons=[*judgement.reasons, *obstacles])


def _unknown(why: str) -> Judgement:
    nothing = dict.fromkeys(ANOMALIES, 0)
    return Judgement(Verdict.UNKNOWN, 0, 0, 0, nothing, not_exercised=list(ANOMALIES), reasons=[why])


def words(folder: Path) -> str:
    """A run's verdict as a terminal shows it: in words, with its reasons and figures, and where the report is."""
    summary = orjson.loads((folder / "summary.json").read_bytes())
    lines = [f"  - {reason}" for reason in summary["reasons"]]
    rate, unsent = summary["throughput"]["per_second"], summary["throughput"]["not_sent"]
    if rate is not None:
        lines.append(f"  {rate:,.0f} operations a second ended well, {unsent:,} arrivals were not sent")
    for call in ("subscribe", "unsubscribe"):
        if took := summary["latency_ms"].get(call):
            quantiles = ", ".join(f"{name} {took['response'][name]:,.3g} ms" for name in ("p50", "p99", "max"))
            lines.append(f"  {call}: response {quantiles}")
    return "\n".join(["", summary["headline"], *lines, "", f"Report: {folder / 'report.html'}", ""])


if __name__ == "__main__":
    sys.exit(JUDGED + judge_run(Path(sys.argv[1])).verdict.exit_code)
