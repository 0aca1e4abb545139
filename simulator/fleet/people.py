"""Who owns which phones when a fleet begins: nothing is stored, everything is derived from the seed.

ASSUMPTION: 70 % of people have one phone, 25 % two and 5 % three. No public figure was found for messaging apps.

People come in blocks of 20 with 27 devices together, so the shares are exact in every block, and both directions
(person to devices, device to person) are a division and a look-up. The seed decides the order within each block.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.mixing import Mixer, derive

PHONES_PER_PERSON: Final = {1: 14, 2: 5, 3: 1}  # how many of a block's people have that many phones
BLOCK_PEOPLE: Final = sum(PHONES_PER_PERSON.values())
BLOCK_DEVICES: Final = sum(phones * people for phones, people in PHONES_PER_PERSON.items())
_ORDERS: Final = 256  # different orders of a block: enough that nobody sees a pattern, few enough to tabulate


class People:
    """The people of a fleet of `devices` devices: device 0 belongs to person 0, the last device to the last person."""

    def __init__(self, seed: int, devices: int) -> None:
        self.devices = devices
        self._mixer = Mixer.of(seed, "people")
        self._owner, self._first = _orders(seed)
        self.count = self.home(devices - 1) + 1

    def home(self, device: int) -> int:
        """Return the person who owns `device` (0..devices-1) when the fleet begins."""
        block, within = divmod(device, BLOCK_DEVICES)
        return block * BLOCK_PEOPLE + int(self._owner[self._order(block), within])

    def devices_of(self, person: int) -> range:
        """Return the devices that `person` (0..count-1) owns when the fleet begins; never empty."""
        block, within = divmod(person, BLOCK_PEOPLE)
        first = self._first[self._order(block)]
        begin = block * BLOCK_DEVICES
        return range(begin + int(first[within]), min(begin + int(first[within + 1]), self.devices))

    def homes(self, first: int, stop: int) -> NDArray[np.uint32]:
        """Return `home` of every device of first..stop-1, in order."""
        blocks = np.arange(first // BLOCK_DEVICES, -(-stop // BLOCK_DEVICES), dtype=np.uint64)
        orders = self._mixer.mix_all(blocks) % np.uint64(_ORDERS)
        owners: NDArray[np.uint32] = self._owner[orders].astype(np.uint32)
        owners += (blocks * np.uint64(BLOCK_PEOPLE)).astype(np.uint32)[:, np.newaxis]
        skipped = first % BLOCK_DEVICES
        return owners.ravel()[skipped : skipped + stop - first]

    def _order(self, block: int) -> int:
        return self._mixer.mix(block) % _ORDERS


def _orders(seed: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return per order: whose each of a block's devices is, and where each of its people's devices begin."""
    random = np.random.default_rng(derive(seed, "orders of people"))
    counts = np.repeat(list(PHONES_PER_PERSON), list(PHONES_PER_PERSON.values()))
    owner = np.empty((_ORDERS, BLOCK_DEVICES), np.uint8)
    first = np.zeros((_ORDERS, BLOCK_PEOPLE + 1), np.uint8)
    for order in range(_ORDERS):
        phones = random.permutation(counts)
        owner[order] = np.repeat(np.arange(BLOCK_PEOPLE), phones)
        first[order, 1:] = np.cumsum(phones)
    return owner, first
