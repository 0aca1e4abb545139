"""Whose turn it is: an endless order of devices, in which each comes as often as any other.

The shards of a fleet take turns, each as often as it has devices, and each draws among its own with chances that are
nobody else's. So a shard's k-th device is the same however many workers share the shards out: only what comes between
depends on that. Within a few rounds every shard has had its share, so that runs with other workers end alike, too.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Steps of the golden ratio's fraction round a circle visit every part of it as often as it is long, and soon.
_STEP: Final = (5**0.5 - 1) / 2
_NO_SHARD: Final = -1  # whose chances deal the turns
_ROUND: Final = 4  # turns of a shard that are dealt at once, shuffled: or nobody would come twice in a short time


def turns(devices: Mapping[int, NDArray[np.uint32]], chances: Callable[[int], Random]) -> Iterator[int]:
    """Devices of these shards, for ever; none where no shard has any. `chances` makes a shard's own."""
    held = sorted(shard for shard, those in devices.items() if len(those))
    if not held:
        return
    shards = [(chances(shard).random, len(devices[shard]), devices[shard].data) for shard in held]
    order = np.random.default_rng(chances(_NO_SHARD).getrandbits(64))
    ends = np.cumsum([size for _, size, _ in shards])
    ends = ends / ends[-1]
    places = order.random() + _STEP * np.arange(_ROUND * len(shards))
    while True:
        # The last end is 1, and no place is.
        dealt = np.searchsorted(ends, places % 1.0, side="right")
        for turn in order.permutation(dealt).tolist():
            random, size, those = shards[turn]
            yield those[int(random() * size)]
        places = places % 1.0 + _STEP * len(places) % 1.0
