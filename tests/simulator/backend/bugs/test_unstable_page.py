import asyncio
from collections.abc import Callable

import pytest

from simulator.backend.database import Parameter, Rows
from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "times"), [("unstable-page", 2), (None, 1)])
def test_a_registration_between_two_pages_has_one_pushed_to_twice(
    new_store: Callable[[], str], bug: str | None, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.backend.bugs.unstable_page._PAUSE_SECONDS", 0.5)  # for a slow machine

    async def scene(local: Local) -> None:
        query, found = local.database.query, asyncio.Event()

        async def noted(sql: str, *parameters: Parameter) -> Rows:
            rows = await query(sql, *parameters)
            found.set()
            return rows

        for number in range(3):
            local.clock.now += 1
            await local.subscribe("ann", "ios", f"d{number}", f"t{number}")
        monkeypatch.setattr(local.database, "query", noted)
        choosing = asyncio.create_task(local.store.subscriptions_of(["ann"]))
        await found.wait()
        local.clock.now += 1
        await local.subscribe("ann", "ios", "d3", "t3")
        chosen = [one.token for one in await choosing]
        assert chosen.count("t1") == times
        assert set(chosen) >= {"t0", "t1", "t2"}

    play(new_store(), bug, scene)
