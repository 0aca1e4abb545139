import asyncio
from collections.abc import Callable

import pytest

from tests.simulator.backend.local import Local, play


@pytest.mark.parametrize(("bug", "statuses"), [("insert-race-500", [200, 500]), (None, [200, 200])])
def test_the_loser_of_a_race_is_answered_with_500(
    new_store: Callable[[], str], bug: str | None, statuses: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.backend.bugs.insert_race_500._PAUSE_SECONDS", 0.3)  # for a slow machine

    async def scene(local: Local) -> None:
        answers = await asyncio.gather(*(local.subscribe("ann", "ios", "d", token) for token in ("t1", "t2")))
        assert sorted(status for status, _ in answers) == statuses
        assert (await local.subscribe("ann", "ios", "d", "t3"))[0] == 200

    assert play(new_store(), bug, scene) == [("ios", "d", "ann", "t3")]
