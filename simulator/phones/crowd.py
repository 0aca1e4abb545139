"""Picking phones for scenarios, so that nobody lives two scenarios at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet import SHARDS, Fleet, Keeper, Make, Platform, State, shards_of
from simulator.phones.turns import turns
from simulator.tokens import PushType

# A draw that misses is repeated this often before the scenario makes do with less, or the arrival is given up. With a
# tenth of the people busy, which is far beyond any sensible load, one draw in 10**16 arrivals is lost for nothing.
_DRAWS: Final = 16
# Half of the devices, or more, keep their ids where a scenario that asks for it wants them kept.
_DRAWS_OF_KEEPERS: Final = 64
_DRAWS_WITH_SDKS: Final = 1024  # of which a few in a hundred may be left that do
_NEW: Final = int(State.NEW)


Kind = PushType | tuple[PushType, Platform] | None  # of phone, as the crowd looks it up


@dataclass(frozen=True, slots=True)
class Wants:
    """The kind of phone a scenario is about."""

    type: PushType | None = None  # a push type the phone must have
    new: bool = False  # prefers a phone that never had the app
    keepers: tuple[Keeper, ...] = ()  # where the device must keep its deviceId; empty: anywhere
    platform: Platform | None = None  # what it must run, where the type alone does not tell; only with a type
    kind: Kind = field(init=False)  # type and platform, as the crowd looks them up
    is_plain: bool = field(init=False)  # neither new nor with a deviceId that is kept anywhere

    def __post_init__(self) -> None:
        kind = self.type if self.type is None or self.platform is None else (self.type, self.platform)
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "is_plain", not self.new and not self.keepers)

    def fit(self, make: Make) -> bool:
        """Whether devices of this make are what is wanted, apart from whether they are new."""
        return (
            (self.type is None or self.type in make.types)
            and (self.platform in (None, make.platform))
            and (not self.keepers or make.keeper in self.keepers)
        )


class Crowd:
    """The people of the leased shards. A person is busy from `take` to `give_back`: two scenarios never share one."""

    def __init__(self, fleet: Fleet, devices: NDArray[np.uint32]) -> None:
        self._owners = fleet.fields.owners
        self._states = fleet.fields.states
        self._keeper = fleet.keeper
        self._draws_of_keepers = _DRAWS_OF_KEEPERS if fleet.sdks is None else _DRAWS_WITH_SDKS
        self._having = {kind: _by_shard(fleet, those) for kind, those in _by_type(fleet, devices).items()}
        self._busy: set[int] = set()
        self._former: dict[int, list[int]] = {}  # devices handed on in the scenario under way → who had them before

    def turns(self, wants: Wants, chances: Callable[[int], Random]) -> Iterator[int]:
        """The devices that may fit, by whose turn it is, for ever: what `take` takes. `chances` makes a shard's own."""
        return turns(self._having.get(wants.kind, {}), chances)

    def take(self, wants: Wants, turns: Iterator[int]) -> int | None:
        """A device that fits, its person now busy; None when of those whose turn it was nobody is free."""
        owners, busy = self._owners, self._busy
        if wants.is_plain:  # whoever comes first, which is nearly always somebody free
            device = next(turns, None)
            if device is not None and (owner := owners[device]) not in busy:
                busy.add(owner)
                return device
        second_best: int | None = None
        states, new, keepers = self._states, wants.new, wants.keepers
        for device in islice(turns, self._draws_of_keepers if keepers else _DRAWS):
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


def _by_type(fleet: Fleet, devices: NDArray[np.uint32]) -> dict[Kind, NDArray[np.uint32]]:
    """Which of the devices have each push type, which of these run each platform, and under None all."""
    having: dict[Kind, list[NDArray[np.uint32]]] = {None: [devices]}
    for make, places in fleet.alike(devices):
        alike = devices[places]
        for kind in make.types:
            having.setdefault(kind, []).append(alike)
            having.setdefault((kind, make.platform), []).append(alike)
    return {kind: np.concatenate(groups) if len(groups) > 1 else groups[0] for kind, groups in having.items()}


def _by_shard(fleet: Fleet, devices: NDArray[np.uint32]) -> dict[int, NDArray[np.uint32]]:
    """The devices of each shard; a phone that was handed on has stayed in its shard."""
    shards = shards_of(fleet.state["owner"][devices])
    order = np.argsort(shards, kind="stable")
    parted = np.split(devices[order], np.cumsum(np.bincount(shards, minlength=SHARDS))[:-1])
    return dict(enumerate(parted))
