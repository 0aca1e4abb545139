"""From a run's folder to its verdict: read back, judge, report. After a run in its own process; again by `check`."""

import fcntl
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from locustfiles._correctness import (
    Records,
    docket_of,
    fleet_of,
    judge_shards,
    judgement,
    merged,
    of_all_workers,
    part_said,
    was_read,
)
from locustfiles._read_back import read_back, sentence
from results.anomalies import ANOMALIES
from results.checker.clocks import Clocks
from results.errors import CannotKnow as JournalCannotTell
from results.errors import UsageError
from results.gates import parse_gates
from results.journal import Journal, Source, compact, load, source, under_way
from results.journal.record import RECORD
from results.judgement import Judgement
from results.reporters import write_reports
from results.run import Run
from results.shard import Shard
from results.summary import Summary, summarise
from results.verdict import Verdict, worst
from simulator.errors import PushfleetError

JUDGED: Final = 10  # the judge's process ends with this plus the verdict's code: a crash ends with 1, as violated would
_PUNCTUAL: Final = 2.0  # seconds that a load may end early: Locust takes some to begin and to end it

log = logging.getLogger(__name__)


def judge_run(folder: Path, merge: Sequence[Path] = (), shards: int | None = None) -> Summary:
    """Judge the run in `folder` and write its reports; what cannot be known makes the verdict unknown, with a reason.

    With `merge`, files of verdicts on all parts of the run, only what they say is put together. Raises UsageError when
    `folder` is no run's folder, or those files are not all of its parts.
    """
    run = Run.read(folder)
    with _alone(folder):
        return _judged_and_told(folder, run, merge, shards)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One judge at a time, for two would write into each other's drafts; whoever comes second waits."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _judged_and_told(folder: Path, run: Run, merge: Sequence[Path], shards: int | None) -> Summary:
    try:
        journal = load(folder, run.id, Clocks.of(run).on_masters, run.mark)
        journal = replace(journal, parts=of_all_workers(run, journal.parts))
    except JournalCannotTell as error:
        return _report(folder, run, np.empty(0, RECORD), _unknown(sentence(str(error))))
    judgement = _judged(folder, run, journal, merge, shards)
    summary = _report(folder, run, journal.records, judgement)
    if all(part.dated for part in journal.parts):  # what is left out of a verdict is not thrown away
        try:
            compact(folder, run.id, journal, run.mark)
        except JournalCannotTell as error:
            log.warning("The verdict stands, and the journal stays as it is: %s", error)
    return summary


def _judged(folder: Path, run: Run, journal: Journal, merge: Sequence[Path], shards: int | None) -> Judgement:
    """The judgement; what goes wrong is an unknown, and the figures are still good."""
    try:
        fleet = fleet_of(folder, run)
        rows, obstacles = read_back(folder, run, fleet, journal)
        records = Records.of(journal, rows)
        if merge:
            partial = merged(run, records, merge)
        else:
            count = shards or records.usual_shards()
            docket = docket_of(folder, run, fleet, journal.parts)
            partial = judge_shards(records, docket, [Shard(index + 1, count) for index in range(count)])
        found = judgement(records, run, partial, read_back=was_read(folder, run, rows))
        return _with(found, obstacles + _gaps(run) + _undated(journal))
    except (JournalCannotTell, PushfleetError) as error:
        return _unknown(sentence(str(error)))
    except UsageError:
        raise
    except Exception as error:
        log.exception("the checker failed")
        return _unknown(f"The checker failed ({type(error).__name__}: {error}).")


def judge_part(folder: Path, shard: Shard) -> tuple[dict[str, Any], Verdict]:
    """The verdict on a shard of the run in `folder`, in plain values, and whether it could be a pass.

    Nothing but the shard is kept in memory. UsageError or CannotKnow where it cannot be judged.
    """
    run = Run.read(folder)
    if under_way(folder):
        raise _under_way(folder)
    lies = source(folder, run.id, Clocks.of(run).on_masters, run.mark)
    fleet = fleet_of(folder, run)
    rows, obstacles = read_back(folder, run, fleet, lies)
    if obstacles:
        raise JournalCannotTell(" ".join(obstacles))
    records = Records.of(lies, rows)
    partial = judge_shards(records, docket_of(folder, run, fleet, of_all_workers(run, lies.parts)), [shard])
    violated = partial.violated or partial.anomalies.get("contract_breach")
    unknown = partial.unknown or _undated(lies)
    verdict = Verdict.VIOLATED if violated else Verdict.UNKNOWN if unknown else Verdict.PASS
    return part_said(run, records, shard, partial), verdict


def judge_again(folder: Path, merge: Sequence[Path] = (), shards: int | None = None) -> Summary:
    """`judge_run` for whoever comes later: UsageError while the run is still under way."""
    Run.read(folder)
    if under_way(folder):
        raise _under_way(folder)
    return judge_run(folder, merge, shards)


def _under_way(folder: Path) -> UsageError:
    return UsageError(f"the run in {folder} is still under way: stop it, or wait for its end, and judge it then.")


def give_up(folder: Path, why: str) -> Summary:
    """Report a run that could not be judged at all as unknown."""
    return _report(folder, Run.read(folder), np.empty(0, RECORD), _unknown(why))


def _report(folder: Path, run: Run, records: NDArray[np.void], judgement: Judgement) -> Summary:
    summary = summarise(run, records, judgement, parse_gates(run.gates))
    write_reports(folder, run, records, judgement, summary)
    return summary


def _gaps(run: Run) -> list[str]:
    """What the run itself says is missing."""
    if run.load is None:
        return ["The run was cut off before its load ended; what its last second did is not in the journal."]
    gaps = [f"{sentence(text)}, so its people's registers are in no known state." for text in run.load.broken]
    # Workers that began late, on a busy machine, have not cut the run short: Locust's own clock has run all the same.
    lasted = max(run.load.given, (run.load.ended - run.load.began) / 1e9)
    if lasted < run.planned - _PUNCTUAL:
        gaps.append(f"The run was ended after {lasted:.0f} s of the {run.planned} s that were asked for.")
    if run.load.workers_lost:
        gaps.append(
            f"{run.load.workers_lost} of {run.load.workers} workers were lost, and with them their last operations."
        )
    return [*run.load.deaths, *gaps]


def _undated(journal: Journal | Source) -> list[str]:
    """A sentence for each worker whose records cannot be dated."""
    return [
        f"Worker {part.worker} read another clock than the master, and never told how far apart they are: what it "
        "recorded was left out, since nobody knows when it happened."
        for part in journal.parts
        if not part.dated
    ]


def _with(judgement: Judgement, obstacles: list[str]) -> Judgement:
    """The judgement, no longer a pass where something stood in the way of knowing."""
    if not obstacles:
        return judgement
    verdict = worst([judgement.verdict, Verdict.UNKNOWN])
    return replace(judgement, verdict=verdict, reasons=[*judgement.reasons, *obstacles])


def _unknown(why: str) -> Judgement:
    nothing = dict.fromkeys(ANOMALIES, 0)
    return Judgement(Verdict.UNKNOWN, 0, 0, 0, nothing, not_exercised=list(ANOMALIES), reasons=[why])


if __name__ == "__main__":
    sys.exit(JUDGED + judge_run(Path(sys.argv[1])).verdict.exit_code)
