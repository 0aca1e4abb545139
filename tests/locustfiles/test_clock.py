"""A worker whose clock is not the master's learns by how much they differ; any other asks nothing."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from locustfiles._clock import MastersClock, identity, tell_time
from locustfiles._conductor import _load
from results.run import Load

AHEAD = 5_000  # ns, of the master's clock


class Wire:
    """A worker's runner whose messages reach a master at once; every look at a clock takes 100 ns."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, deaf: bool = False) -> None:
        self.asked = 0
        self.deaf = deaf
        self._listeners: dict[str, Callable[..., None]] = {}
        self._at_master = False
        self._ticks = count(100, 100)
        monkeypatch.setattr("locustfiles._clock.time", SimpleNamespace(monotonic_ns=self._now))
        tell_time(SimpleNamespace(register_message=self.register_message, send_message=self._answer))

    def _now(self) -> int:
        return next(self._ticks) + AHEAD * self._at_master

    def register_message(self, name: str, listener: Callable[..., None], *, concurrent: bool) -> None:
        assert concurrent
        self._listeners[name] = listener

    def send_message(self, name: str, data: object) -> None:
        self.asked += 1
        if not self.deaf:
            self._at_master = True
            self._listeners[name](msg=SimpleNamespace(data=data, node_id="w1"))

    def _answer(self, name: str, data: object, client_id: str) -> None:
        assert client_id == "w1"
        self._at_master = False
        self._listeners[name](msg=SimpleNamespace(data=data))


def test_a_worker_with_the_masters_clock_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch)
    clock = MastersClock(wire)
    clock.begin(identity())
    assert (clock.is_ours, clock.end(), wire.asked) == (True, (0, 0), 0)


def test_another_asks_before_and_after_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch)
    clock = MastersClock(wire)
    clock.begin("another clock")
    # Each answer took 200 ns, and the last of eight came 2400 ns after the part had begun: clocks drift meanwhile.
    assert (clock.is_ours, clock.end(), wire.asked) == (False, (AHEAD, 100 + 5), 16)


def test_a_master_that_does_not_answer_leaves_the_clock_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, deaf=True)
    monkeypatch.setattr("locustfiles._clock._PATIENCE", 0.01)
    clock = MastersClock(wire)
    clock.begin("another clock")
    assert (clock.end(), wire.asked) == (None, 2)


def test_clocks_are_told_apart_by_boot_and_time_namespace_or_by_host(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    boot, namespace = tmp_path / "boot", tmp_path / "time"
    monkeypatch.setattr("locustfiles._clock._BOOT", boot)
    monkeypatch.setattr("locustfiles._clock._NAMESPACE", namespace)
    seen = [identity()]
    monkeypatch.setattr("socket.gethostname", lambda: "another")
    seen.append(identity())
    boot.write_text("one\n")
    seen.append(identity())
    namespace.touch()
    seen.append(identity())
    boot.write_text("two\n")
    seen.append(identity())
    assert len(set(seen)) == 5
    assert identity() == identity()


def part(worker: int, clock: list[int] | None, began: int, ended: int) -> dict[str, Any]:
    of = {"worker": worker, "clock": clock, "began": began, "ended": ended}
    return {
        "run": "r1",
        **of,
        "offered": 10,
        "begun": 9,
        "nobody": 1,
        "awaited": 3,
        "reached": 2,
        "cpu_percent": 5.0,
        "broken": None,
    }


def test_a_load_is_told_by_the_masters_clock_and_an_unknown_one_counts_as_lost() -> None:
    untold = part(3, None, 1, 999_999)
    del untold["clock"]
    parts = [part(0, [0, 0], 1000, 2000), part(1, [-500, 7], 1490, 2510), part(2, None, 1, 999_999), untold]
    assert _load(parts, 4, [], began=0) == Load(
        began=990,
        ended=2010,
        offered=20,
        begun=18,
        nobody=2,
        awaited=6,
        reached=4,
        workers=4,
        workers_lost=2,
        cpu_percent=5.0,
        clocks={"1": [-500, 7]},
    )


def test_what_several_workers_say_of_a_scenario_that_broke_off_is_said_once() -> None:
    parts = [{**part(worker, [0, 0], 1, 2), "broken": "scenario x failed: y"} for worker in range(2)]
    assert _load(parts, 2, [], began=0).broken == ["scenario x failed: y"]


def test_what_networks_did_is_added_up_over_workers() -> None:
    told = [{"wifi": {"calls": 3, "lost": 1}}, {"4g": {"calls": 9, "lost": 0}, "wifi": {"calls": 2, "lost": 1}}, {}]
    parts = [{**part(worker, [0, 0], 1, 2), "networks": networks} for worker, networks in enumerate(told)]
    assert _load(parts, 3, [], began=0).networks == {
        "4g": {"calls": 9, "lost": 0},
        "wifi": {"calls": 5, "lost": 2},
    }
