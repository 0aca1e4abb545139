import asyncio
from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both posts have looked before either inserts, on a slow machine too."""
    monkeypatch.setattr("simulator.backend.bugs.insert_race._PAUSE_SECONDS", 0.3)


async def _double_post(local: Local) -> None:
    await asyncio.gather(local.subscribe("ann", "ios", "d", "t1"), local.subscribe("ann", "ios", "d", "t1"))


async def _one_after_the_other(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("ann", "ios", "d", "t2")


def test_an_overlapping_double_post_makes_two_rows(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "insert-race", _double_post) == [("ios", "d", "ann", "t1"), ("ios", "d", "ann", "t1")]
    assert play(new_store(), None, _double_post) == [("ios", "d", "ann", "t1")]


def test_posts_one_after_the_other_are_upserted(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "insert-race", _one_after_the_other) == [("ios", "d", "ann", "t2")]
