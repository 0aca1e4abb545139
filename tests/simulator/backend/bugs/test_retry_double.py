import asyncio
from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _retries(local: Local) -> None:
    for number in range(20):  # three in ten are slow
        attempts = (local.subscribe("ann", "ios", f"d{number}", "t") for _ in range(2))
        await asyncio.gather(*attempts)


async def _one_after_the_other(local: Local) -> None:
    for token in ("t1", "t1", "t2"):
        await local.subscribe("ann", "ios", "d", token)


def test_a_retry_while_the_first_attempt_is_under_way_inserts_a_row_of_its_own(new_store: Callable[[], str]) -> None:
    assert len(play(new_store(), "retry-double", _retries)) > 20
    assert len(play(new_store(), None, _retries)) == 20


def test_a_retry_afterwards_does_not(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "retry-double", _one_after_the_other) == [("ios", "d", "ann", "t2")]
