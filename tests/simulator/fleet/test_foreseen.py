"""What is worked out ahead in bulk is what would be worked out one at a time."""

from pathlib import Path

import numpy as np
import pytest

from simulator.fleet import VALUE_BITS, Flag, Fleet
from simulator.fleet.identity import INSTALL_BITS
from simulator.remembered import Remembered
from simulator.tokens import PushType

RUN = 5
FIRST = RUN << 20 | 1
LATEST = 3 << 20 | 7


@pytest.fixture
def used(tmp_path: Path) -> Fleet:
    """A fleet after some runs: of four devices each one registered, one's token spent, and one's form another."""
    fleet = Fleet.create(tmp_path / "used", 2000, 3)
    for way in (1, 2, 3):
        fleet.state["slots"][way::4, 0] = LATEST
    fleet.state["flags"][1::4] = Flag.SUBSCRIBED[0] | Flag.SPENT[1]
    fleet.state["flags"][2::4] = Flag.SPENT[0]
    fleet.state["flags"][3::4] = Flag.FID
    fleet.state["installs"][::3] = 2
    return fleet


def test_tokens_and_ids_are_those_that_would_be_made(used: Fleet) -> None:
    used.foresee(np.arange(2000), RUN)
    other = Fleet.open(used.directory)
    odd, kinds = 0, set[PushType]()
    for device in range(2000):
        install, kind = int(used.state["installs"][device]), used.types(device)[0]
        value = LATEST if device % 4 == 1 else FIRST
        write = (device << 24 | install << 8 | kind) << VALUE_BITS | value
        assert used._minted.get(write) == (None if device % 4 == 3 else other.mint(write))
        device_id = used._ids._remembered.get(device << INSTALL_BITS | install)
        odd += device_id is None
        assert device_id in (None, other.device_id(device, install))
        kinds.add(kind)
    assert kinds == {PushType.IOS, PushType.FCM, PushType.ANDROID, PushType.WEB}
    assert 0 < odd < 200


def test_what_was_foreseen_is_not_made_again(used: Fleet, monkeypatch: pytest.MonkeyPatch) -> None:
    used.foresee(np.arange(100), RUN)
    monkeypatch.setattr(used._minted, "_make", lambda write: pytest.fail(f"{write} was made again"))
    for device in range(0, 100, 4):
        install = int(used.state["installs"][device])
        assert used.minted((device << 24 | install << 8 | used.types(device)[0]) << VALUE_BITS | FIRST)


def test_no_more_is_foreseen_than_there_is_room_for() -> None:
    remembered = Remembered(str, 3)
    assert remembered[1] == "1"
    remembered.foresee((number, str(number)) for number in (2, 3, 4))
    assert remembered == {1: "1", 2: "2", 3: "3"}
    remembered.foresee([(5, "5")])
    assert list(remembered) == [1, 2, 3]
