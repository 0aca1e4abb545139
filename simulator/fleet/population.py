"""Which phone or browser a device is: platform, push types, and what its deviceId is made of. Derived, never stored.

ASSUMPTIONS: 40 % of the devices are iPhones, 48 % Android phones that register as fcm, 6 % older Android phones whose
app still registers as android, and 6 % browsers; half of the apps on Android take ANDROID_ID for the deviceId, and half
keep an id of their own in SharedPreferences.
"""

from bisect import bisect
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.mixing import Mixer
from simulator.fleet.persistence import Keeper
from simulator.tokens.types import PushType


class Platform(IntEnum):
    """What a device runs; `label` for reading. All devices of a platform register the same push types."""

    IOS = 1
    ANDROID = 2
    ANDROID_GCM = 3  # an older phone, whose app was never moved from Google Cloud Messaging to Firebase
    BROWSER = 4

    @property
    def label(self) -> str:
        """As people call it."""
        return _LABELS[self]

    @property
    def types(self) -> tuple[PushType, ...]:
        """The push types that its devices register, in the order of their slots."""
        return _TYPES[self]


_LABELS: Final = {
    Platform.IOS: "iOS",
    Platform.ANDROID: "Android",
    Platform.ANDROID_GCM: "Android with GCM",
    Platform.BROWSER: "browser",
}
_TYPES: Final[dict[Platform, tuple[PushType, ...]]] = {
    Platform.IOS: (PushType.IOS, PushType.IOS_VOIP),
    Platform.ANDROID: (PushType.FCM,),
    Platform.ANDROID_GCM: (PushType.ANDROID,),
    Platform.BROWSER: (PushType.WEB,),
}
SHARES: Final = {
    Platform.IOS: 0.40,
    Platform.ANDROID: 0.48,
    Platform.ANDROID_GCM: 0.06,
    Platform.BROWSER: 0.06,
}
ANDROID_ID_SHARE: Final = 0.50  # of the Android phones

_HALF: Final = np.uint64(32)
_LOWER_HALF: Final = 2**32 - 1
_ANDROID_ID_BELOW: Final = int(ANDROID_ID_SHARE * 2**32)
# Where the draws of a platform end; the last one's are all that remain.
_ENDS: Final = [round(share * 2**32) for share in accumulate(SHARES.values())][:-1]
_PLATFORMS: Final = tuple(SHARES)
_KEEPERS: Final = {Platform.IOS: Keeper.KEYCHAIN, Platform.BROWSER: Keeper.LOCAL_STORAGE}
_REMEMBERED: Final = 2**13  # devices: those that are picked up again and again, as in a small fleet


class Make(NamedTuple):
    """What one device is."""

    platform: Platform
    types: tuple[PushType, ...]  # that it registers, in the order of its slots
    keeper: Keeper  # where it keeps its deviceId


# By platform as it is drawn, and by whether an Android phone's app takes ANDROID_ID.
_MAKES: Final = tuple(
    tuple(Make(platform, platform.types, _KEEPERS.get(platform, keeper)) for platform in _PLATFORMS)
    for keeper in (Keeper.PREFERENCES, Keeper.ANDROID_ID)
)


class Population:
    """The devices of a seed. One mixed number a device: its upper half draws the platform, its lower half the id."""

    def __init__(self, seed: int) -> None:
        self._mixer = Mixer.of(seed, "phones")
        self.make = lru_cache(_REMEMBERED)(self._make)  # device → Make

    def platform(self, device: int) -> Platform:
        """Return what `device` runs."""
        return self.make(device).platform

    def types(self, device: int) -> tuple[PushType, ...]:
        """Return the push types `device` registers, in the order of its slots."""
        return self.make(device).types

    def keeper(self, device: int) -> Keeper:
        """Return where `device` keeps its deviceId."""
        return self.make(device).keeper

    def _make(self, device: int) -> Make:
        mixed = self._mixer.mix(device)
        return _MAKES[mixed & _LOWER_HALF < _ANDROID_ID_BELOW][bisect(_ENDS, mixed >> 32)]

    def platforms(self, devices: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return `platform` of many devices."""
        return _platforms(self._mixer.mix_all(devices))

    def keepers(self, devices: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """Return `keeper` of many devices."""
        mixed = self._mixer.mix_all(devices)
        own = mixed & np.uint64(_LOWER_HALF) >= np.uint64(_ANDROID_ID_BELOW)
        keepers = np.where(own, np.uint8(Keeper.PREFERENCES), np.uint8(Keeper.ANDROID_ID))
        platforms = _platforms(mixed)
        for platform, keeper in _KEEPERS.items():
            keepers[platforms == platform] = keeper
        return keepers


def _platforms(mixed: NDArray[np.uint64]) -> NDArray[np.uint8]:
    drawn = np.searchsorted(np.array(_ENDS, np.uint64), mixed >> _HALF, side="right")
    return np.array(_PLATFORMS, np.uint8)[drawn]
