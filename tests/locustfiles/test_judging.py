"""Judging a run again rests on what the run itself left, and on nothing that has come in its place since."""

import fcntl
import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from locustfiles._judging import _gaps, judge_part, judge_run
from locustfiles._read_back import sentence
from results.checker.doubt import Doubt
from results.errors import UsageError
from results.journal import Writer, load
from results.journal.record import ABSENT, NO_RC, NO_ROWS, Call
from results.run import Load, Run
from results.shard import Shard
from results.verdict import Verdict
from simulator.fleet import Fleet

REGISTER = 3 << 24 | 1
TOKEN = 1 << 20 | 1
SUBSCRIBE = (Call.SUBSCRIBE, 0, 0, 0, 200, NO_ROWS, 0, 0, REGISTER, TOKEN, REGISTER, 10, 20, 30)
DELIVERY = (Call.DELIVERY, 0, 0, 0, 200, NO_ROWS, NO_RC, 0, REGISTER, TOKEN, REGISTER, 46, 40, 45)
CLOSED = (Call.CLOSED, 0, 0, 0, 0, 1, NO_RC, 0, 0, ABSENT, 0, 40, 40, 50)


def lived(
    folder: Path,
    fleet: Fleet,
    number: int,
    *records: tuple[int, ...],
    clock: str = "",
    **fields: Any,  # noqa: ANN401 - of Run
) -> Path:
    """A run's folder with these records, as its only worker left it."""
    (folder / "journal").mkdir(parents=True)
    mark = fields.get("mark", "")
    with Writer(folder / "journal", run="run", worker=0, shards=[0], clock=clock, mark=mark) as journal:
        for record in records:
            journal.append(*record)
    said: dict[str, Any] = {
        "id": "run",
        "started": "2026-11-24T00:00:00+00:00",
        "began": 1,
        "target": "http://127.0.0.1:1",
        "embedded": True,
        "fleet": str(fleet.directory),
        "fleet_number": number,
        "run_number": 1,
        "devices": 20,
        "seed": 7,
        "model": "open",
    }
    Run(**{**said, **fields}).write(folder)
    return folder


@pytest.mark.parametrize("seed", [7, 8], ids=["the same again", "another"])
def test_a_fleet_that_took_the_place_of_the_runs_own_accuses_nobody(tmp_path: Path, seed: int) -> None:
    own = Fleet.create(tmp_path / "lived", 20, 7)
    stands = Fleet.create(tmp_path / "stands", 20, seed)
    summary = judge_run(lived(tmp_path / "run", stands, own.number, SUBSCRIBE))
    assert summary.verdict is Verdict.UNKNOWN
    assert not any(summary.correctness.anomalies.values())
    assert ("is not the one that lived run run" in " ".join(summary.reasons)) is (seed != 7)


def pushed_to(folder: Path, *records: tuple[int, ...], clock: str = "", mark: str = "", **load: Any) -> Path:  # noqa: ANN401 - fields of Load
    """A run against a deployment of which nothing is read but what pushes show."""
    fleet = Fleet.create(folder / "fleet", 20, 7)
    ended = Load(**{"began": 1, "ended": 2, "offered": 1, "workers": 1, "workers_lost": 0, "cpu_percent": 1.0, **load})
    fields = {"embedded": False, "push": "push?share=1&gateways=http://127.0.0.1:2", "load": ended}
    return lived(folder / "run", fleet, fleet.number, *records, clock=clock, mark=mark, **fields)


def test_pushes_alone_can_read_all_there_is(tmp_path: Path) -> None:
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED))
    assert (summary.verdict, summary.reasons) == (Verdict.PASS, [])
    assert summary.correctness.coverage["closed_pushes"] == 1


def test_what_pushes_alone_did_not_read_at_last_is_unknown(tmp_path: Path) -> None:
    later = (*SUBSCRIBE[:-3], 60, 60, 70)
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED, later))
    assert summary.verdict is Verdict.UNKNOWN
    assert summary.reasons == [f"1 of 1 registers cannot be judged: {Doubt.NEVER_READ}."]


def test_a_part_of_the_system_that_died_is_told_and_makes_no_pass(tmp_path: Path) -> None:
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED, deaths=["The gateways ended in mid-run."]))
    assert (summary.verdict, summary.reasons) == (Verdict.UNKNOWN, ["The gateways ended in mid-run."])


def test_a_register_of_no_known_type_has_a_name_too(tmp_path: Path) -> None:
    strange = (*DELIVERY[:8], REGISTER + 200, TOKEN, REGISTER, *DELIVERY[11:])
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, strange, CLOSED))
    assert summary.correctness.anomalies["wrong_type_delivery"] == 1
    assert summary.correctness.examples[0].register.startswith("type-201/")


def test_a_worker_whose_journal_is_missing_makes_a_run_unknown_that_had_not_lost_it(tmp_path: Path) -> None:
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED, workers=2))
    assert (summary.verdict, summary.reasons[0]) == (
        Verdict.UNKNOWN,
        "The journal of 1 of the run's 2 workers is missing: restore it, and judge again.",
    )


def test_a_worker_that_was_lost_before_it_wrote_anything_excuses_every_absence(tmp_path: Path) -> None:
    gone = (*DELIVERY[:9], ABSENT, *DELIVERY[10:])
    whole = judge_run(pushed_to(tmp_path / "whole", SUBSCRIBE, gone, (*CLOSED[:5], 0, *CLOSED[6:])))
    lost = judge_run(
        pushed_to(tmp_path / "lost", SUBSCRIBE, gone, (*CLOSED[:5], 0, *CLOSED[6:]), workers=2, workers_lost=1)
    )
    assert (whole.verdict, lost.verdict) == (Verdict.VIOLATED, Verdict.UNKNOWN)


def test_a_check_that_crashed_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("locustfiles._judging.judge_shards", crash)
    summary = judge_run(pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED))
    assert (summary.verdict, summary.reasons) == (
        Verdict.UNKNOWN,
        ["The checker failed (ZeroDivisionError: by nothing)."],
    )


def parts(folder: Path, into: Path, count: int) -> list[Path]:
    """Files with the verdicts on all parts."""
    files = [into / f"{index}.json" for index in range(1, count + 1)]
    for index, path in enumerate(files, start=1):
        path.write_bytes(orjson.dumps(judge_part(folder, Shard(index, count))[0]))
    return files


@pytest.mark.parametrize("count", [1, 3])
def test_parts_judged_elsewhere_are_merged_to_what_the_run_comes_to(tmp_path: Path, count: int) -> None:
    gone = (*DELIVERY[:9], ABSENT, *DELIVERY[10:])
    folder = pushed_to(tmp_path, SUBSCRIBE, gone, (*CLOSED[:5], 0, *CLOSED[6:]))
    files = parts(folder, tmp_path, count)
    whole = judge_run(folder)
    assert (whole.verdict, judge_run(folder, merge=files), judge_run(folder, shards=count)) == (
        Verdict.VIOLATED,
        whole,
        whole,
    )
    assert parts(folder, tmp_path, count) == files  # and of the compacted journal the same


def test_parts_of_another_state_or_that_are_not_all_are_not_merged(tmp_path: Path) -> None:
    folder = pushed_to(tmp_path / "one", SUBSCRIBE, DELIVERY, CLOSED)
    other = pushed_to(tmp_path / "two", SUBSCRIBE, CLOSED)
    (one, two), (stranger, _) = parts(folder, tmp_path, 2), parts(other, tmp_path / "two", 2)
    (broken := tmp_path / "broken.json").write_text("{")
    for files, told in {
        (one,): "got 1/2",
        (one, one): "given before",
        (stranger, two): "another state",
        (one, broken): "is no verdict on a part",
        (one, tmp_path / "none.json"): "cannot be read",
    }.items():
        with pytest.raises(UsageError, match=told):
            judge_run(folder, merge=files)


@pytest.mark.parametrize(
    ("given", "seconds", "told"),
    [
        (8.1, 5, []),  # the workers began three seconds late
        (0.0, 8, []),
        (2.0, 2, ["The run was ended after 2 s of the 8 s that were asked for."]),
        (4.0, 3, ["The run was ended after 4 s of the 8 s that were asked for."]),
    ],
)
def test_only_a_run_that_somebody_ended_is_cut_short(given: float, seconds: int, told: list[str]) -> None:
    load = Load(0, seconds * 10**9, offered=1, workers=1, workers_lost=0, cpu_percent=1.0, given=given)
    said = Run("run", "2026-11-24T00:00:00+00:00", 1, "http://127.0.0.1:1", True, "f", 1, 1, 20, 7, "open", planned=8)
    said.load = load
    assert _gaps(said) == told


AHEAD = 1_000_000_000_000
# As a worker recorded them whose clock is so far ahead; what the gateway told of the delivery is by the master's.
SKEWED = (
    (*SUBSCRIBE[:11], 10 + AHEAD, 20 + AHEAD, 30 + AHEAD),
    (*DELIVERY[:12], 40 + AHEAD, 45),
    (*CLOSED[:11], 40 + AHEAD, 40 + AHEAD, 50 + AHEAD),
)


def test_another_machines_records_are_judged_and_kept_by_the_masters_clock(tmp_path: Path) -> None:
    folder = pushed_to(tmp_path, *SKEWED, clock="other", clocks={"0": [-AHEAD, 3]})
    for _ in range(2):  # and what was compacted is not shifted again
        assert judge_run(folder).verdict is Verdict.PASS
        assert sorted(load(folder, "run").records.tolist()) == [SUBSCRIBE, DELIVERY, CLOSED]
    assert "1 worker shifted to the master&#39;s clock, to within 0.003 µs" in (folder / "report.html").read_text()


def test_what_lies_closer_than_the_clocks_are_known_is_no_order(tmp_path: Path) -> None:
    newer = (*SKEWED[0][:9], TOKEN + 1, REGISTER, *(moment + AHEAD for moment in (32, 33, 36)))
    records = (SKEWED[0], newer, *SKEWED[1:])
    known = pushed_to(tmp_path / "known", *records, clock="other", clocks={"0": [-AHEAD, 1]})
    vague = pushed_to(tmp_path / "vague", *records, clock="other", clocks={"0": [-AHEAD, 30]})
    assert judge_run(known).correctness.anomalies["stale_push"] == 1
    summary = judge_run(vague)
    assert (summary.verdict, set(summary.correctness.anomalies.values())) == (Verdict.UNKNOWN, {0})
    assert summary.reasons == [f"1 of 1 registers cannot be judged: {Doubt.CLOSE}."]


def test_records_by_a_clock_that_nobody_knows_are_left_out_and_kept(tmp_path: Path) -> None:
    folder = pushed_to(tmp_path, *SKEWED, clock="other", workers_lost=1)
    summary = judge_run(folder)
    assert (summary.verdict, summary.operations.total) == (Verdict.UNKNOWN, 0)
    assert (
        "Worker 0 read another clock than the master, and never told how far apart they are: what it recorded was left "
        "out, since nobody knows when it happened."
    ) in summary.reasons
    assert judge_part(folder, Shard(1, 1))[1] is Verdict.UNKNOWN
    assert sorted(load(folder, "run").records.tolist()) == sorted(SKEWED)  # still as they were


def test_a_journal_that_cannot_be_compacted_keeps_its_verdict(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED)
    (folder / "journal" / "operations.parquet.new").mkdir()
    assert judge_run(folder).verdict is Verdict.PASS
    assert "The verdict stands, and the journal stays as it is" in caplog.text
    assert judge_run(folder).verdict is Verdict.PASS


def test_one_judge_at_a_time_writes_into_a_runs_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pushed_to(tmp_path, SUBSCRIBE, DELIVERY, CLOSED)
    free = []

    def compacted(*_: object) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free.append(True)
        except BlockingIOError:
            free.append(False)
        finally:
            os.close(descriptor)

    monkeypatch.setattr("locustfiles._judging.compact", compacted)
    judge_run(folder)
    assert free == [False]
    compacted()
    assert free == [False, True]


def test_a_runs_own_fleet_is_found_wherever_its_folder_was_moved(tmp_path: Path) -> None:
    lived_in = tmp_path / "run"
    lived_in.mkdir()
    fleet = Fleet.create(lived_in / "fleet", 20, 7)
    lived(lived_in, fleet, fleet.number, SUBSCRIBE, embedded=False)
    lived_in.rename(moved := tmp_path / "moved")
    assert not any("fleet" in reason for reason in judge_run(moved).reasons)


def test_a_path_at_the_beginning_of_a_sentence_stays_a_path() -> None:
    assert [sentence(text) for text in ("runs/a/x is lost.", "the journal is lost.", "")] == [
        "runs/a/x is lost.",
        "The journal is lost.",
        "",
    ]
