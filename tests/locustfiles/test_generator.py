"""What a generator counts is what its journal holds, whatever becomes of the load."""

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import gevent
import numpy as np
import pytest
from gevent.event import Event

from locustfiles import _clockwork
from locustfiles._assignment import Assignment
from locustfiles._crew import Crew
from locustfiles._generator import Generator
from locustfiles._way import Way
from results.journal import load
from results.journal.record import Call, Outcome
from scenarios import SCENARIOS, Scenario
from simulator.client import Fault
from simulator.errors import UsageError
from simulator.fleet import ClientTokens, Fleet
from simulator.phones import Phone
from simulator.phones.crowd import Crowd
from tests.calibrated.process import calibrated

LAUNCH = SCENARIOS["app_launch"]
NOBODY = "http://127.0.0.1:9"  # where nobody listens: every call is refused at once
PATIENCE = 30.0


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Generator]:
    fleet = Fleet.create(tmp_path / "fleet", 300, 1)
    (tmp_path / "journal").mkdir()

    def make(host: str = NOBODY, **fields: Any) -> Generator:  # noqa: ANN401 - the assignment's
        with ClientTokens(tmp_path / "fleet", host) as tokens:
            for person in range(fleet.people):
                tokens.add(person, b"e" * 20, 4e9)
        told = {"scenarios": ["app_launch"], "arrivals": "constant", "way": Way(answer=5.0), **fields}
        plain = ("run", str(tmp_path), str(tmp_path / "fleet"), 1, 1, host, host, "k")
        environment = SimpleNamespace(events=SimpleNamespace(request=SimpleNamespace(fire=lambda **_: None)))
        return Generator(Assignment(*plain, **told), cast("Any", environment), worker=0)

    return make


def counted(tmp_path: Path, part: dict[str, Any]) -> tuple[int, int, int]:
    """(offered, begun, not sent) as the generator told them; and the journal must say the same."""
    records = load(tmp_path, "run").records
    operations = records[records["call"] < Call.READBACK]
    unsent = records[records["call"] == Call.ARRIVAL]
    assert set(unsent["outcome"].tolist()) <= {Outcome.NOT_SENT}
    assert part["broken"] is None
    assert (len(operations), len(unsent)) == (part["begun"], part["offered"] - part["begun"])
    dues = np.concatenate((operations["intended"], unsent["intended"]))
    assert len(np.unique(dues)) == len(dues), "somebody was counted twice"
    assert (dues <= part["ended"]).all()
    return part["offered"], part["begun"], len(unsent)


def live(generator: Generator, users: int) -> None:
    for _ in range(users):
        generator.arrivals.join(LAUNCH)


def busy(milliseconds: int) -> None:
    """Keep the event loop from everything."""
    until = time.monotonic_ns() + milliseconds * 1_000_000
    while time.monotonic_ns() < until:
        pass


def test_a_worker_that_lacks_a_scenario_of_the_masters_says_so_and_holds_nobody(
    made: Callable[..., Generator],
) -> None:
    with pytest.raises(
        UsageError, match=r"that this worker has not: airplane_mode\. Start it with the same --scenarios"
    ):
        made(scenarios=["airplane_mode", "app_launch"])
    made().stop()  # its people are free


def test_everybody_who_was_due_is_counted_once(made: Callable[..., Generator], tmp_path: Path) -> None:
    generator = made(per_user=100.0)
    live(generator, 5)
    with gevent.Timeout(PATIENCE):
        while generator.begun < 200:
            gevent.sleep(0.001)
    offered, begun, unsent = counted(tmp_path, generator.stop())
    assert offered == begun + unsent >= 200  # unsent: on a machine that stood still, whoever found nobody free


def test_a_bound_that_is_reached_makes_arrivals_unsent_and_the_sum_stays(
    made: Callable[..., Generator], tmp_path: Path
) -> None:
    with calibrated("constant") as url:
        generator = made(url, per_user=1000.0, max_in_flight=2)
        live(generator, 2)
        with gevent.Timeout(PATIENCE):
            while generator.not_sent < 50 or generator.begun < 10:
                gevent.sleep(0.001)
        offered, begun, unsent = counted(tmp_path, generator.stop())
    assert offered == begun + unsent
    assert begun >= 10
    assert unsent >= 50


def test_those_who_had_no_turn_when_the_load_ended_are_counted_as_not_sent(
    made: Callable[..., Generator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_clockwork, "_CLOSING", 0)
    generator = made(per_user=10_000.0)
    live(generator, 1)
    busy(100)
    offered, begun, unsent = counted(tmp_path, generator.stop())
    assert begun == 0
    assert offered == unsent >= 990


def test_no_user_of_the_closed_model_is_turned_away_by_the_bound_on_arrivals(made: Callable[..., Generator]) -> None:
    with calibrated("constant") as url:
        generator = made(url, max_in_flight=2, closed=True)
        assert all(generator.arrive(LAUNCH, due) for due in range(1, 6))
        part = generator.stop()
    assert (part["offered"], part["begun"]) == (5, 5)


def test_who_had_no_turn_before_the_drain_ended_was_not_sent(
    made: Callable[..., Generator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = made()
    dues = [time.monotonic_ns() - place for place in range(100)]
    assert all(generator.arrive(LAUNCH, due) for due in dues)
    monkeypatch.setattr(Crew, "wait", lambda *_: None)  # so that nobody has one
    monkeypatch.setattr(Crew, "settle", lambda *_: None)
    assert counted(tmp_path, generator.stop()) == (100, 0, 100)


def test_an_arrival_is_told_apart_that_found_nobody_to_live_its_scenario(
    made: Callable[..., Generator], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Crowd, "take", lambda *_: None)  # everybody is busy
    with calibrated("constant") as url:
        generator = made(url, max_in_flight=2)
        assert not generator.arrive(LAUNCH, 1)
        generator.in_flight = 2
        assert not generator.arrive(LAUNCH, 2)
        generator.in_flight = 0
        part = generator.stop()
    assert (part["offered"], part["nobody"]) == (2, 1)


def test_a_load_that_ends_while_the_loop_stands_still_forgets_nobody(
    made: Callable[..., Generator], tmp_path: Path
) -> None:
    generator = made(per_user=1000.0, max_in_flight=30)
    began = time.monotonic_ns()
    live(generator, 1)
    busy(100)
    part = generator.stop()
    offered, begun, unsent = counted(tmp_path, part)
    assert begun == 30
    assert unsent == offered - 30
    assert 99 <= offered <= (part["ended"] - began) / 1_000_000 + 1  # one each millisecond


def test_who_is_under_way_when_the_load_is_broken_off_is_an_operation_too(
    made: Callable[..., Generator], tmp_path: Path
) -> None:
    with calibrated("tail") as url:
        generator = made(url, per_user=2000.0, way=Way(answer=0.05))
        live(generator, 1)
        with gevent.Timeout(PATIENCE):
            while generator.begun < 100:
                gevent.sleep(0.001)
        offered, begun, unsent = counted(tmp_path, generator.stop())
    assert offered == begun + unsent


@pytest.mark.parametrize(
    ("error", "said"),
    [(KeyError("x"), "'x'"), (SystemExit(3), "3"), (SystemExit(), "SystemExit"), (gevent.Timeout(2), "2 seconds")],
)
def test_a_scenario_that_breaks_off_ends_neither_the_load_nor_goes_unheard(
    made: Callable[..., Generator], error: BaseException, said: str
) -> None:
    def play(_: Phone) -> None:
        raise error

    generator = made()
    broken = Scenario("app_launch", 1.0, LAUNCH.wants, play)
    over = Event()
    assert generator.arrive(broken, time.monotonic_ns(), over.set)
    assert over.wait(PATIENCE)
    assert (generator.in_flight, generator.stop()["broken"]) == (0, f"scenario app_launch failed: {said}")


def test_users_who_come_and_go_lose_nobody(made: Callable[..., Generator], tmp_path: Path) -> None:
    generator = made(per_user=300.0, arrivals="poisson")
    streams = []
    with gevent.Timeout(PATIENCE):
        while generator.begun < 300:
            streams.append(generator.arrivals.join(LAUNCH))
            busy(2)
            if len(streams) > 3:
                generator.arrivals.leave(streams.pop(0))
            gevent.sleep(0.001)
    offered, begun, unsent = counted(tmp_path, generator.stop())
    assert offered == begun + unsent >= 300


def test_what_networks_did_to_phones_is_counted_and_in_the_journal(
    made: Callable[..., Generator], tmp_path: Path
) -> None:
    with calibrated("constant") as url:
        generator = made(url, per_user=200.0, network="3g")
        live(generator, 1)
        with gevent.Timeout(PATIENCE):
            while generator.begun < 100:
                gevent.sleep(0.001)
        part = generator.stop()
    operations = load(tmp_path, "run").records
    operations = operations[operations["call"] < Call.READBACK]
    use = part["networks"]["3g"]
    assert (part["broken"], use["calls"], len(operations)) == (None, part["begun"], part["begun"])
    spoilt = operations[operations["fault"] == Fault.NETWORK]
    assert len(spoilt) == use["lost"] + use["cut"] + use["unanswered"]
    ends = [(Outcome.FAIL, use["lost"]), (Outcome.INFO, use["cut"] + use["unanswered"])]
    assert [(outcome, int((spoilt["outcome"] == outcome).sum())) for outcome, _ in ends] == ends
    assert (operations["sent"] >= operations["intended"]).all()
