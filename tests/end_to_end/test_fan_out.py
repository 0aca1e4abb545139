"""A push reaches exactly the devices that are registered, over either store and any of four server processes."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.tokens import PushType
from tests.end_to_end.system import PATIENCE, Device, System, expected, system

IPHONE = Device(1, "6F9619FF-8B86-D011-B42D-00CF4FC964FF", (PushType.IOS, PushType.IOS_VOIP))
IPAD = Device(2, "0F0F19FF-8B86-D011-B42D-00CF4FC964FF", (PushType.IOS,))
PIXEL = Device(3, "9774d56d682e549c", (PushType.FCM,))
OLD_ANDROID = Device(4, "dead10ccdeadbeef", (PushType.ANDROID,))
CHROME = Device(5, "c1c1c1c1-8b86-4011-b42d-00cf4fc964ff", (PushType.WEB,))
FIREFOX = Device(6, "f1f1f1f1-8b86-4011-b42d-00cf4fc964ff", (PushType.WEB,))
NEW_PIXEL = Device(7, "0123456789abcdef", (PushType.FCM,))
SIX = (IPHONE, IPAD, PIXEL, OLD_ANDROID, CHROME, FIREFOX)


@pytest.fixture(params=["sqlite", "postgresql"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    store = str(tmp_path / "im.sqlite") if request.param == "sqlite" else str(request.getfixturevalue("postgresql_url"))
    with system(tmp_path, store, processes=4) as running:
        yield running


def test_six_devices_of_all_types_through_a_life(whole: System) -> None:
    for device in SIX:
        for kind in device.types:
            whole.subscribe("ann", device, kind)
    first = [(device, [1] * len(device.types)) for device in SIX]
    assert whole.push("ann") == expected(*first)

    # after rotation only the new token
    whole.subscribe("ann", IPHONE, PushType.IOS_VOIP, 2)
    whole.subscribe("ann", CHROME, PushType.WEB, 2)
    rotated = [(IPHONE, [1, 2]), (IPAD, [1]), (PIXEL, [1]), (OLD_ANDROID, [1]), (CHROME, [2]), (FIREFOX, [1])]
    assert whole.push("ann") == expected(*rotated)

    # after unsubscribe nothing: neither twice nor under another type
    assert [whole.unsubscribe("ann", IPHONE, PushType.IOS) for _ in range(2)] == [1, 0]
    without = sorted(set(expected(*rotated)) - {IPHONE.arrived(PushType.IOS)})
    assert whole.push("ann") == without

    # after a phone switch the new phone
    whole.subscribe("ann", NEW_PIXEL, PushType.FCM)
    whole.unsubscribe("ann", PIXEL, PushType.FCM)
    switched = sorted((set(without) - set(expected((PIXEL, [1])))) | set(expected((NEW_PIXEL, [1]))))
    assert whole.push("ann") == switched

    # a logged-out device nothing, the others as before
    whole.call("/me/logout", {}, {**whole.person("ann"), "IM-Device-ID": FIREFOX.device_id})
    left = sorted(set(switched) - set(expected((FIREFOX, [1]))))
    assert whole.push("ann") == left
    assert whole.push("bob") == []


def test_a_device_that_changed_hands_is_its_new_owners_alone(whole: System) -> None:
    whole.subscribe("ann", PIXEL, PushType.FCM)
    whole.subscribe("bob", PIXEL, PushType.FCM, 2)
    assert whole.unsubscribe("ann", PIXEL, PushType.FCM) == 0
    assert (whole.push("ann"), whole.push("bob")) == ([], expected((PIXEL, [2])))


def test_a_device_with_a_live_socket_is_not_pushed_what_it_sees(whole: System) -> None:
    for device, kind in ((IPHONE, PushType.IOS), (IPHONE, PushType.IOS_VOIP), (PIXEL, PushType.FCM)):
        whole.subscribe("bob", device, kind)
    phone, pixel = IPHONE.arrived(PushType.IOS), PIXEL.arrived(PushType.FCM)
    whole.person("ann")  # the platform knows of her from now on
    whole.call("/rooms", {"_id": "r", "members": ["ann", "bob"]}, whole.platform)
    assert whole.say("r", "ann") == sorted([phone, pixel])
    with whole.looking_at("bob", IPHONE):
        assert whole.say("r", "ann") == [pixel]
    deadline = time.monotonic() + PATIENCE
    while (arrived := whole.say("r", "ann")) == [pixel]:  # the backend hears of the end when it hears of it
        assert time.monotonic() < deadline
    assert arrived == sorted([phone, pixel])
