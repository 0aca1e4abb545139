"""Whose turn it is: picking phones for scenarios so that nobody lives two scenarios at once."""

from dataclasses import dataclass
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet import Fleet, Keeper, State
from simulator.tokens import PushType

# A draw that misses is repeated this often before the scenario makes do with less, or the arrival is given up. With a
# tenth of the people busy, which is far beyond any sensible load, one draw in 10**16 arrivals is lost for nothing.
_DRAWS: Final = 16
# Half of the devices, or more, keep their ids where a scenario that asks for it wants them kept.
_DRAWS_OF_KEEPERS: Final = 64
_NOBODYS: Final = np.empty(0, np.uint32).data
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
        having = {None: devices, **_by_type(fleet, devices)}
        self._having = {kind: np.ascontiguousarray(those).data for kind, those in having.items()}
        self._busy: set[int] = set()
        self._former: dict[int, list[int]] = {}  # devices handed on in the scenario under way → who had them before

    def take(self, wants: Wants, rng: Random) -> int | None:
        """A device that fits, its person now busy; None when the draws found nobody free."""
        second_best: int | None = None
        devices, owners, states, busy = self._having.get(wants.type, _NOBODYS), self._owners, self._states, self._busy
        size, random, new, keepers = len(devices), rng.random, wants.new, wants.keepers
        for _ in range((_DRAWS_OF_KEEPERS if keepers else _DRAWS) if size else 0):
            device = devices[int(random() * size)]
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
    """Which of the devices have each push type; a platform's devices all have the same."""
    having: dict[PushType | None, list[NDArray[np.uint32]]] = {}
    platforms = fleet.platforms(devices)
    for platform in np.unique(platforms):
        alike = devices[platforms == platform]
        for kind in fleet.types(int(alike[0])):
            having.setdefault(kind, []).append(alike)
    return {kind: np.concatenate(groups) for kind, groups in having.items()}
