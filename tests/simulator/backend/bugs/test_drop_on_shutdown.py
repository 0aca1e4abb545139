from collections.abc import Callable

import pytest

from simulator.backend.bugs import drop_on_shutdown
from tests.simulator.backend.local import Local, play


async def _subscribes(local: Local) -> None:
    assert (await local.subscribe("ann", "ios", "d", "t1"))[0] == 200


async def _nothing(_: Local) -> None:
    pass


async def _a_full_batch_and_one(local: Local) -> None:
    for number in range(501):
        await local.subscribe("ann", "ios", f"d{number}", "t")


async def _goes(local: Local) -> None:
    await _subscribes(local)
    assert (await local.unsubscribe("ann", "ios", "d"))[1]["result"]["n"] == 1


def test_the_last_batch_is_gone_after_a_polite_end(
    new_store: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_on_shutdown, "_LONGEST_SECONDS", 600)  # or a slow machine would see it write in between
    store = new_store()
    assert len(play(store, "drop-on-shutdown", _a_full_batch_and_one)) == 500
    assert len(play(store, "drop-on-shutdown", _nothing)) == 500
    assert len(play(new_store(), None, _a_full_batch_and_one)) == 501


def test_an_unsubscribe_finds_what_is_in_the_batch(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "drop-on-shutdown", _goes) == []
