import asyncio
from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "stand"), [("out-of-order-queue", {"t1", "t2"}), (None, {"t2"})])
def test_a_later_token_may_be_applied_earlier(new_store: Callable[[], str], bug: str | None, stand: set[str]) -> None:
    async def scene(local: Local) -> None:
        for device in range(20):
            for generation in (1, 2):
                await local.subscribe("ann", "ios", f"d{device}", f"t{generation}")
        await asyncio.gather(*getattr(local.store, "_queued", ()))
        assert len(await local.rows()) == 20
        assert {token for *_, token in await local.rows()} == stand

    play(new_store(), bug, scene)
