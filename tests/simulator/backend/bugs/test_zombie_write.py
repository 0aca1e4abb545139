import asyncio
from collections.abc import Callable

from tests.simulator.backend.local import Local, play


def _left(store: str, bug: str | None) -> list[str]:
    """The tokens of the phones that gave a slow first attempt up, and registered t1 again and then t2 meanwhile."""
    slow = []

    async def scene(local: Local) -> None:
        for number in range(20):  # three in ten are slow
            first = asyncio.create_task(local.subscribe("ann", "ios", f"d{number}", "t1"))
            await asyncio.wait([first], timeout=0.1)
            if not first.done():
                slow.append(f"d{number}")
                await local.subscribe("ann", "ios", f"d{number}", "t1")
                await local.subscribe("ann", "ios", f"d{number}", "t2")
            await first

    return [token for _, device, _, token in play(store, bug, scene) if device in slow]


def test_a_slow_first_attempt_lands_after_what_followed_it(new_store: Callable[[], str]) -> None:
    assert "t1" in _left(new_store(), "zombie-write")
    assert "t1" not in _left(new_store(), None)
