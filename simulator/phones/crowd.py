"""Picking phones for scenarios, so that nobody lives two scenarios at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet import SHARDS, Fleet, Keeper, State, shards_of
from simulator.phones.turns import turns
from simulator.tokens import PushType

# A draw that misses is repeated this often before the scenario makes do with less, or the arrival is given up. With a
# tenth of the people busy, which is far beyond any sensible load, one draw in 10**16 arrivals is lost for nothing.
_DRAWS: Final = 16
# Half of the devices, or more, keep their ids where a scenario that asks for it wants them kept.
_DRAWS_OF_KEEPERS: Final = 64
_NEW: Final = int(State.NEW)


@dataclass(frozen=True, slots=True)
class Wants:
    """The kind of phone a scenario is about."""

    type: PushType | None = None  # a push type the phone must have
    new: bool = False  # prefers a phone that never had the app
    keepers: tuple[Keeper, ...] = ()  # where the device must keep its deviceId; empty: anywhere


class Crowd:
    """The people of the leased shards. A person is busy from `take` to `give_back`: two scenarios never share one."""

    def __init__(self, fleet: Fleet, devices: NDArray[np.uint32]) -> None:
        self._owners = fleet.fields.owners
        self._states = fleet.fields.states
        self._keeper = fleet.keeper
        self._having = {kind: _by_shard(fleet, those) for kind, those in _by_type(fleet, devices).items()}
        self._busy: set[int] = set()
        self._former: dict[int, list[int]] = {}  # devices handed on in the scenario under way → who had them before

    def turns(self, wants: Wants, chances: Callable[[int], Random]) -> Iterator[int]:
        """The devices that may fit, by whose turn it is, for ever: what `take` takes. `chances` makes a shard's own."""
        return turns(self._having.get(wants.type, {}), chances)

    def take(self, wants: Wants, turns: Iterator[int]) -> int | None:
        """A device that fits, its person now busy; None when of those whose turn it was nobody is free."""
        second_best: int | None = None
        owners, states, busy, new, keepers = self._owners, self._states, self._busy, wants.new, wants.keepers
        for device in islice(turns, _DRAWS_OF_KEEPERS if keepers else _DRAWS):
            owner = owners[device]
            if owner in busy or (keepers and self._keeper(device) not in keepers):
                continue
            if not new or states[device] == _NEW:
                busy.add(owner)
                return device
            second_best = device
        if second_best is not None:
            busy.add(owners[second_best])
        return second_best

    def take_this(self, device: int) -> bool:
        """Make this device's person busy; False if they are already."""
        owner = self._owners[device]
        if owner in self._busy:
            return False
        self._busy.add(owner)
        return True

    def give_back(self, device: int) -> None:
        """The person of this device is free again, and so is whoever handed it on meanwhile."""
        self._busy.discard(self._owners[device])
        if self._former:
            self._busy.difference_update(self._former.pop(device, ()))

    def hand_on(self, device: int, person: int) -> bool:
        """Make a device that was taken another person's, who is busy from now on; False if they are already."""
        if person in self._busy:
            return False
        self._former.setdefault(device, []).append(self._owners[device])
        self._owners[device] = person
        self._busy.add(person)
        return True


def _by_type(fleet: Fleet, devices: NDArray[np.uint32]) -> dict[PushType | None, NDArray[np.uint32]]:
    """Which of the devices have each push type, and under None all; a platform's devices all have the same types."""
    having: dict[PushType | None, list[NDArray[np.uint32]]] = {None: [devices]}
    platforms = fleet.platforms(devices)
    for platform in np.unique(platforms):
        alike = devices[platforms == platform]
        for kind in fleet.types(int(alike[0])):
            having.setdefault(kind, []).append(alike)
    return {kind: np.concatenate(groups) for kind, groups in having.items()}


def _by_shard(fleet: Fleet, devices: NDArray[np.uint32]) -> dict[int, NDArray[np.uint32]]:
    """The devices of each shard; a phone that was handed on has stayed in its shard."""
    shards = shards_of(fleet.state["owner"][devices])
    order = np.argsort(shards, kind="stable")
    parted = np.split(devices[order], np.cumsum(np.bincount(shards, minlength=SHARDS))[:-1])
    return dict(enumerate(parted))
