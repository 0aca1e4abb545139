"""People arrive when they are due, or as soon as anybody can look: on gevent's own loop."""

import time
from random import Random

import gevent
import pytest
from gevent.event import Event

from locustfiles import _clockwork
from locustfiles._arrivals import Constant, Poisson
from locustfiles._clockwork import Clockwork
from scenarios import SCENARIOS, Scenario

LAUNCH = SCENARIOS["app_launch"]
PATIENCE = 30.0  # seconds: a bound on a test that hangs, no measure of anything


class Arrived:
    """Keeps (due, when) of everybody, and tells when there were enough."""

    def __init__(self, enough: int) -> None:
        self.found: list[tuple[int, int]] = []
        self.enough = Event()
        self._many = enough

    def __call__(self, scenario: Scenario, due: int) -> None:
        assert scenario is LAUNCH
        self.found.append((due, time.monotonic_ns()))
        if len(self.found) == self._many:
            self.enough.set()

    @property
    def dues(self) -> list[int]:
        return [due for due, _ in self.found]


def never(_: Scenario, due: int) -> None:
    pytest.fail(f"somebody who was due at {due} was given up")


def test_nobody_arrives_before_they_are_due_and_everybody_does() -> None:
    arrived = Arrived(200)
    clockwork = Clockwork(Poisson(2000.0, Random(1)), arrived, never)
    clockwork.join(LAUNCH)
    assert arrived.enough.wait(PATIENCE)
    clockwork.close()
    assert all(due <= when for due, when in arrived.found)
    assert arrived.dues == sorted(arrived.dues)


def test_a_loop_that_stood_still_forgets_nobody() -> None:
    arrived = Arrived(10)
    clockwork = Clockwork(Constant(1000.0, 0, 1), arrived, never)
    clockwork.join(LAUNCH)
    assert arrived.enough.wait(PATIENCE)
    until = time.monotonic_ns() + 50_000_000
    while time.monotonic_ns() < until:
        pass  # nothing else can run: the loop stands still
    ended = clockwork.close()
    assert arrived.dues == [arrived.dues[0] + n * 1_000_000 for n in range(len(arrived.found))]
    assert ended - 1_000_000 < arrived.dues[-1] <= ended


def test_after_the_close_nobody_arrives_and_users_may_come_and_go() -> None:
    arrived = Arrived(1)
    clockwork = Clockwork(Poisson(1000.0, Random(2)), arrived, never)
    stream = clockwork.join(LAUNCH)
    clockwork.close()
    before = len(arrived.found)
    late = clockwork.join(LAUNCH)
    clockwork.leave(late)
    clockwork.leave(stream)
    clockwork.change(lambda _: pytest.fail("it was changed after its end"))
    gevent.sleep(0)
    assert len(arrived.found) == before


def test_a_user_who_comes_while_another_is_due_much_later_need_not_wait() -> None:
    arrived = Arrived(3)
    arrivals = Poisson(1e-6, Random(3))
    clockwork = Clockwork(arrivals, arrived, never)
    clockwork.join(LAUNCH)  # due in some days
    arrivals._per_user = 1000.0
    clockwork.join(LAUNCH)
    assert arrived.enough.wait(PATIENCE)
    clockwork.close()


def test_when_a_user_goes_whoever_is_due_sooner_than_the_next_was_need_not_wait() -> None:
    arrived = Arrived(3)
    arrivals = Poisson(1e-6, Random(3))
    clockwork = Clockwork(arrivals, arrived, never)
    clockwork.join(LAUNCH)  # due in some days
    gone = clockwork.join(LAUNCH)
    arrivals._per_user = 1000.0
    clockwork.leave(gone)
    assert arrived.enough.wait(PATIENCE)
    clockwork.close()


def test_when_all_users_are_gone_nobody_arrives_and_one_who_comes_back_is_heard() -> None:
    arrived = Arrived(5)
    clockwork = Clockwork(Constant(1000.0, 0, 1), arrived, never)
    clockwork.leave(clockwork.join(LAUNCH))
    before = len(arrived.found)
    gevent.sleep(0)
    assert len(arrived.found) == before
    clockwork.join(LAUNCH)
    assert arrived.enough.wait(PATIENCE)
    clockwork.close()


def test_an_arrival_that_fails_does_not_stop_the_clock(capfd: pytest.CaptureFixture[str]) -> None:
    arrived = Arrived(5)

    def fail_once(scenario: Scenario, due: int) -> None:
        arrived(scenario, due)
        if len(arrived.found) == 1:
            raise ValueError("the first one falls")

    clockwork = Clockwork(Constant(1000.0, 0, 1), fail_once, never)
    clockwork.join(LAUNCH)
    assert arrived.enough.wait(PATIENCE)
    clockwork.close()
    assert arrived.dues == [arrived.dues[0] + n * 1_000_000 for n in range(len(arrived.found))]
    assert "the first one falls" in capfd.readouterr().err


class Slow:
    """Arrivals that take longer than it is to the next."""

    def __init__(self) -> None:
        self.arrived: list[int] = []
        self.given_up: list[int] = []
        self._began = time.monotonic()

    def __call__(self, _: Scenario, due: int) -> None:
        if time.monotonic() > self._began + PATIENCE:
            raise TimeoutError("the event loop is kept for ever")
        self.arrived.append(due)
        until = time.monotonic_ns() + 200_000
        while time.monotonic_ns() < until:
            pass

    def give_up(self, _: Scenario, due: int) -> None:
        self.given_up.append(due)


def test_arrivals_that_take_longer_than_it_is_to_the_next_leave_the_event_loop_its_turns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_clockwork, "_CLOSING", 0)
    slow, arrivals = Slow(), Constant(100.0, 0, 1)
    clockwork = Clockwork(arrivals, slow, slow.give_up)
    streams = [clockwork.join(LAUNCH) for _ in range(100)]
    for _ in range(10):
        gevent.sleep(0.01)
        clockwork.leave(streams.pop())
        streams.append(clockwork.join(LAUNCH))
    ended = clockwork.close()
    assert slow.arrived
    assert len(slow.given_up) > len(slow.arrived)
    dues = slow.arrived + slow.given_up
    assert dues == sorted(set(dues)), "somebody came twice, or before another"
    assert ended - 1_000_000 < dues[-1] <= ended


def test_those_who_are_late_when_the_load_ends_still_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_clockwork, "_CLOSING", int(PATIENCE * 1e9))
    slow = Slow()
    clockwork = Clockwork(Constant(10_000.0, 0, 1), slow, never)
    clockwork.join(LAUNCH)
    gevent.sleep(0.05)
    late, seen = len(slow.arrived), list[int]()
    beside = gevent.spawn(lambda: seen.append(len(slow.arrived)))
    ended = clockwork.close()
    assert len(slow.arrived) > late
    assert ended - 1_000_000 < slow.arrived[-1] <= ended
    beside.join()
    assert seen[0] < len(slow.arrived), "nobody else had a turn before all had come"
