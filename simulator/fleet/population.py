"""Which phone a device is: platform, push types, and what its deviceId is made of. Derived, never stored.

ASSUMPTIONS: 40 % of the phones are iPhones; on Android half of the apps take ANDROID_ID for the deviceId and half
keep an id of their own in SharedPreferences.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.mixing import Mixer
from simulator.fleet.persistence import Keeper
from simulator.tokens.types import PushType

IOS_SHARE: Final = 0.40
ANDROID_ID_SHARE: Final = 0.50  # of the Android phones
_HALF: Final = np.uint64(32)


class Platform(IntEnum):
    """What a phone runs; `label` for reading."""

    IOS = 1
    ANDROID = 2

    @property
    def label(self) -> str:
        """The platform's own spelling."""
        return "iOS" if self is Platform.IOS else "Android"


_IOS_TYPES: Final = (PushType.IOS, PushType.IOS_VOIP)
_ANDROID_TYPES: Final = (PushType.FCM,)
_IOS_BELOW: Final = int(IOS_SHARE * 2**32)
_ANDROID_ID_BELOW: Final = int(ANDROID_ID_SHARE * 2**32)


class Population:
    """The phones of a seed. One mixed number a device: its upper half draws the platform, its lower half the id."""

    def __init__(self, seed: int) -> None:
        self._mixer = Mixer.of(seed, "phones")

    def platform(self, device: int) -> Platform:
        """Return what `device` runs."""
        return Platform.IOS if self._mixer.mix(device) >> 32 < _IOS_BELOW else Platform.ANDROID

    def types(self, device: int) -> tuple[PushType, ...]:
        """Return the push types `device` registers, in the order of its slots."""
        return _IOS_TYPES if self._mixer.mix(device) >> 32 < _IOS_BELOW else _ANDROID_TYPES

    def keeper(self, device: int) -> Keeper:
        """Return where `device` keeps its deviceId."""
        mixed = self._mixer.mix(device)
        if mixed >> 32 < _IOS_BELOW:
            return Keeper.KEYCHAIN
        return Keeper.ANDROID_ID if mixed & 0xFFFFFFFF < _ANDROID_ID_BELOW else Keeper.PREFERENCES

    def platforms(self, devices: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return `platform` of many devices."""
        ios = self._mixer.mix_all(devices) >> _HALF < np.uint64(_IOS_BELOW)
        return np.where(ios, np.uint8(Platform.IOS), np.uint8(Platform.ANDROID))

    def keepers(self, devices: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return `keeper` of many devices."""
        mixed = self._mixer.mix_all(devices)
        android = np.where(
            mixed & np.uint64(0xFFFFFFFF) < np.uint64(_ANDROID_ID_BELOW),
            np.uint8(Keeper.ANDROID_ID),
            np.uint8(Keeper.PREFERENCES),
        )
        return np.where(mixed >> _HALF < np.uint64(_IOS_BELOW), np.uint8(Keeper.KEYCHAIN), android)
