from collections.abc import Callable

from tests.simulator.backend.local import Local, play


def _updates_after(store: str, bug: str | None, seconds: float) -> list[tuple[str, str, str, str]]:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        local.clock.now += seconds
        assert (await local.subscribe("ann", "ios", "d", "t2"))[1] == {"RC": 0, "RM": "OK", "result": {}}

    return play(store, bug, scene)


def test_an_update_within_two_seconds_is_answered_ok_and_skipped(new_store: Callable[[], str]) -> None:
    assert _updates_after(new_store(), "debounce", 1.9) == [("ios", "d", "ann", "t1")]
    assert _updates_after(new_store(), "debounce", 2.0) == [("ios", "d", "ann", "t2")]
    assert _updates_after(new_store(), None, 1.9) == [("ios", "d", "ann", "t2")]


def test_another_slot_and_a_slot_unsubscribed_meanwhile_are_written(new_store: Callable[[], str]) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        await local.subscribe("ann", "ios-voip", "d", "t2")
        await local.unsubscribe("ann", "ios", "d")
        await local.subscribe("ann", "ios", "d", "t3")

    assert play(new_store(), "debounce", scene) == [("ios", "d", "ann", "t3"), ("ios-voip", "d", "ann", "t2")]
