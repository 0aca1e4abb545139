"""The generator notices whatever keeps it from its work, and says what it was."""

import gc
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import gevent
import pytest

from locustfiles import _cpu
from locustfiles._cpu import Cpu
from locustfiles._watchdog import Watchdog
from results.journal.record import ABSENT, PACK, RECORD, Call, Cause, Outcome

MS = 1_000_000
PATIENCE = 30.0  # seconds: a bound on a test that hangs, no measure of anything


class Stall(NamedTuple):
    cause: int
    began: int
    ended: int
    taken: int


class Journal(list[tuple[Any, ...]]):
    """Takes records as the journal does."""

    def __call__(self, *fields: Any) -> None:  # noqa: ANN401 - the record's
        PACK.pack(*fields)  # or it could not be written
        self.append(fields)

    def stalls(self, *causes: Cause) -> list[Stall]:
        names = RECORD.names or ()
        rows = [dict(zip(names, row, strict=True)) for row in self]
        assert {(row["call"], row["outcome"]) for row in rows} <= {(Call.STALL, Outcome.OK)}
        found = [Stall(row["fault"], row["sent"], row["done"], row["value"]) for row in rows]
        return [each for each in found if each.cause in causes]


def busy(milliseconds: int) -> tuple[int, int]:
    """Keep everything else waiting; when it began and ended."""
    began = time.monotonic_ns()
    while time.monotonic_ns() < began + milliseconds * MS:
        pass
    return began, time.monotonic_ns()


def watched(act: Callable[[], object]) -> Journal:
    journal = Journal()
    watchdog = Watchdog(journal)
    watchdog.start()
    gevent.sleep(0.001)  # one round of the loop, so that what follows begins in one of its own
    act()
    gevent.sleep(0.001)
    watchdog.stop()
    return journal


def test_a_stall_too_short_for_whoever_sleeps_is_seen_from_its_beginning_to_its_end() -> None:
    told: list[tuple[int, int]] = []
    journal = watched(lambda: told.append(busy(8)))
    ((began, ended),) = told
    assert any(stall.began <= began and ended <= stall.ended for stall in journal.stalls(Cause.BUSY))
    assert {stall.taken for stall in journal.stalls(Cause.BUSY)} == {ABSENT}


def test_a_garbage_collection_is_told_as_one() -> None:
    rubbish = [[n] for n in range(400_000)]
    journal = watched(gc.collect)
    stalls = journal.stalls(Cause.COLLECTION)
    assert stalls
    assert all(stall.ended - stall.began >= MS for stall in stalls)
    del rubbish


def test_whoever_sleeps_and_is_woken_late_says_so() -> None:
    journal = Journal()
    watchdog = Watchdog(journal)
    watchdog.start()
    gevent.sleep(0.001)
    began, ended = busy(120)  # longer than the watchdog sleeps
    with gevent.Timeout(PATIENCE):
        while not journal.stalls(Cause.LATE):
            gevent.sleep(0.001)
    watchdog.stop()
    assert any(began < stall.began < ended <= stall.ended for stall in journal.stalls(Cause.LATE))


def test_after_its_end_nothing_is_left_behind() -> None:
    before = list(gc.callbacks)
    journal = watched(lambda: None)
    assert gc.callbacks == before
    kept = len(journal)
    busy(5)
    gevent.sleep(0.001)
    assert len(journal) == kept


class Kernel:
    """What /proc says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.files: dict[str, bytes] = {}
        monkeypatch.setattr(_cpu, "_read", lambda path: self.files.get(path, b""))

    def says(self, stolen: tuple[int, ...], waited: int) -> None:
        cores = b"".join(b"cpu%d 9 9 9 9 9 9 9 %d 0 0\n" % each for each in enumerate(stolen))
        self.files["/proc/stat"] = b"cpu  9 9 9 9 9 9 9 %d 0 0\n" % sum(stolen) + cores + b"intr 5 5 5 5 5 5 5 5 5\n"
        self.files["/proc/self/schedstat"] = b"77 %d 3\n" % waited


def test_what_others_took_since_the_last_look_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = Kernel(monkeypatch)
    kernel.says((10, 20), 5 * MS)
    cpu = Cpu()
    assert cpu.taken() == {}
    kernel.says((11, 23), 9 * MS)
    assert cpu.taken() == {Cause.STOLEN: 30 * MS, Cause.WAITED: 4 * MS}
    kernel.says((11, 23), 9 * MS + MS // 2)
    assert cpu.taken() == {}


def test_a_kernel_that_tells_nothing_took_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Kernel(monkeypatch)
    assert Cpu().taken() == {}


def test_this_kernel_can_be_read() -> None:
    assert set(Cpu().taken()) <= {Cause.STOLEN, Cause.WAITED}
