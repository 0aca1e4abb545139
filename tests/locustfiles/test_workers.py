"""The same people do the same in a run of one worker and in a run of four."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import gevent
import pytest
from gevent.event import Event

from locustfiles import _generator
from locustfiles._assignment import Assignment
from locustfiles._generator import Generator
from locustfiles._way import Way
from results.journal import load
from scenarios import SCENARIOS
from simulator.fleet import ClientTokens, Fleet
from simulator.phones import chances
from tests.same_lives import Lives, different, lives, shared

NOBODY: Final = "http://127.0.0.1:9"  # where nobody listens: every call is refused at once
SEED: Final = 5
LIVES: Final = 240  # of each run
PATIENCE: Final = 60.0
# Of all kinds: new phones, older ones, phones handed on, several of one person's, calls at once.
CHOOSING: Final = (
    "android_migration",
    "double_post",
    "first_install",
    "multi_device",
    "phone_switch",
    "shared_device",
)

Live = Callable[..., Lives]


@pytest.fixture
def live(tmp_path: Path) -> Live:
    def live_by(workers: int, scenario: str, **fields: Any) -> Lives:  # noqa: ANN401 - the assignment's
        place = tmp_path / f"{scenario} by {workers} {len([*tmp_path.iterdir()])}"
        fleet = Fleet.create(place / "fleet", 600, SEED)
        (place / "journal").mkdir()
        with ClientTokens(place / "fleet", NOBODY) as tokens:
            for person in range(fleet.people):
                tokens.add(person, b"e" * 20, 4e9)
        assignment = Assignment("run", str(place), str(place / "fleet"), 1, SEED, NOBODY, NOBODY, "k")
        told = {"scenarios": [scenario], "places": {str(place): place for place in range(workers)}, **fields}
        for worker in range(workers):
            _live(Generator(replace(assignment, **told, way=Way(answer=5.0)), environment(), worker=worker), scenario)
        return lives(load(place, "run").records)

    return live_by


def environment() -> Any:  # noqa: ANN401 - as much of Locust's as a generator needs
    return SimpleNamespace(events=SimpleNamespace(request=SimpleNamespace(fire=lambda **_: None)))


def _live(generator: Generator, scenario: str) -> None:
    """This worker's share of the lives, one after another; or all of a release."""
    with gevent.Timeout(PATIENCE):
        if generator.assignment.release:
            while generator._release is None or generator._release.reached < generator._release.devices:
                gevent.sleep(0.01)
        else:
            for _ in range(LIVES // generator.assignment.workers):
                over = Event()
                assert generator.arrive(SCENARIOS[scenario], generator._began, over.set)
                over.wait()
        assert generator.stop()["broken"] is None


@pytest.mark.parametrize("scenario", CHOOSING)
def test_a_scenarios_people_choices_and_tokens_are_the_same_by_one_worker_and_by_four(
    scenario: str, live: Live
) -> None:
    one, four = live(1, scenario), live(4, scenario)
    assert different(one, four) == []
    assert shared(one, four) > 0.75
    assert sum(map(len, one.values())) > LIVES / 2


def test_a_release_has_every_device_do_the_same_by_one_worker_and_by_four(live: Live) -> None:
    one, four = (live(workers, "app_update", release=[0.0, 0.3]) for workers in (1, 4))
    assert one == four
    assert len(one) == 600


def test_a_worker_with_chances_of_its_own_would_be_noticed(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    one, made = live(1, "double_post"), iter(range(1, 5))
    monkeypatch.setattr(_generator, "chances", lambda seed, *rest: chances(seed << 8 | next(made), *rest))
    assert len(different(one, live(4, "double_post"))) > 20


def test_a_worker_that_picks_people_by_chances_of_its_own_would_be_noticed(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = live(1, "double_post")
    monkeypatch.setattr(Generator, "_seeded", lambda self, name: Random(f"{self.worker}/{name}"))
    assert shared(one, live(4, "double_post")) < 0.7
