from collections.abc import Callable

from tests.simulator.backend.local import Local, play


async def _both_types(local: Local) -> None:
    await local.subscribe("ann", "ios", "d", "t1")
    await local.subscribe("ann", "ios-voip", "d", "t2")
    await local.subscribe("ann", "fcm", "d", "t3")


def test_a_voip_token_lands_in_the_slot_of_ios(new_store: Callable[[], str]) -> None:
    assert play(new_store(), "voip-shares-ios", _both_types) == [
        ("fcm", "d", "ann", "t3"),
        ("ios", "d", "ann", "t2"),
    ]
    assert play(new_store(), None, _both_types) == [
        ("fcm", "d", "ann", "t3"),
        ("ios", "d", "ann", "t1"),
        ("ios-voip", "d", "ann", "t2"),
    ]


def test_unsubscribing_voip_empties_the_slot_of_ios(new_store: Callable[[], str]) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "ios", "d", "t1")
        assert (await local.unsubscribe("ann", "ios-voip", "d"))[1]["result"]["n"] == 1

    assert play(new_store(), "voip-shares-ios", scene) == []
