from collections.abc import Callable
from unicodedata import normalize

import pytest

from tests.simulator.backend.local import Local, play

COMPOSED = normalize("NFC", "Zoë 1")


@pytest.mark.parametrize("device", [" d1", "d1 ", "\td1\n"])
def test_spaces_around_a_device_id_are_lost(new_store: Callable[[], str], device: str) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "fcm", device, "t1")

    assert play(new_store(), "trim-device-id", scene) == [("fcm", "d1", "ann", "t1")]
    assert play(new_store(), None, scene) == [("fcm", device, "ann", "t1")]


def test_a_decomposed_device_id_is_composed_and_removed_by_either_name(new_store: Callable[[], str]) -> None:
    async def scene(local: Local) -> None:
        await local.subscribe("ann", "fcm", normalize("NFD", COMPOSED), "t1")

    async def comes_and_goes(local: Local) -> None:
        await scene(local)
        assert (await local.unsubscribe("ann", "fcm", normalize("NFD", COMPOSED)))[1]["result"]["n"] == 1

    assert play(new_store(), "trim-device-id", scene) == [("fcm", COMPOSED, "ann", "t1")]
    assert play(new_store(), "trim-device-id", comes_and_goes) == []
    assert play(new_store(), None, scene) == [("fcm", normalize("NFD", COMPOSED), "ann", "t1")]
