"""Which phone or browser a device is: platform, push types, and what its deviceId is made of. Derived, never stored.

ASSUMPTIONS: 40 % of the devices are iPhones, 48 % Android phones that register as fcm, 6 % older Android phones whose
app still registers as android, and 6 % browsers; half of the apps on Android take ANDROID_ID for the deviceId, and half
keep an id of their own in SharedPreferences. Where apps call by an SDK, types and deviceIds are the SDK's.
"""

from bisect import bisect
from collections.abc import Iterator
from enum import IntEnum
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.mixing import Mixer
from simulator.fleet.persistence import Keeper
from simulator.remembered import Remembered
from simulator.sdks import NO_SDK, Mixture, Sdk
from simulator.tokens.types import PushType


class Platform(IntEnum):
    """What a device runs; `label` for reading. All devices of a platform register the same types, unless by an SDK."""

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
        """The push types that its devices register by no SDK, in the order of their slots."""
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


class Make(NamedTuple):
    """What one device is."""

    platform: Platform
    types: tuple[PushType, ...]  # that it registers, in the order of its slots
    keeper: Keeper  # where it keeps its deviceId
    sdk: Sdk = NO_SDK  # that its app calls by


# By platform as it is drawn, and by whether an Android phone's app takes ANDROID_ID.
_MAKES: Final = tuple(
    tuple(Make(platform, platform.types, _KEEPERS.get(platform, keeper)) for platform in _PLATFORMS)
    for keeper in (Keeper.PREFERENCES, Keeper.ANDROID_ID)
)


class Population:
    """The devices of a seed. One mixed number a device: its upper half draws the platform, its lower half the id.

    Another number draws the SDK of its app, where there are any: `sdks` says with which shares.
    """

    def __init__(self, seed: int, sdks: Mixture | None = None) -> None:
        self._mixer = Mixer.of(seed, "phones")
        self._sdk_mixer = Mixer.of(seed, "SDKs")
        self._drawn = _drawn(sdks)
        self.make = Remembered(self._make_by_sdk if self._drawn else self._make).__getitem__  # device → Make

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

    def _make_by_sdk(self, device: int) -> Make:
        plain = self._make(device)
        drawn = self._drawn.get(plain.platform)
        if drawn is None:
            return plain
        return drawn.makes[bisect(drawn.ends, self._sdk_mixer.mix(device) >> 32)] or plain

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
        for make, those in self._by_sdk(devices, platforms):
            keepers[those] = make.keeper
        return keepers

    def alike(self, devices: NDArray[np.uint64]) -> list[tuple[Make, NDArray[np.intp]]]:
        """Return groups of devices by platform and SDK, as places in the array, with the make of each one's first."""
        platforms = self.platforms(devices)
        left, groups = np.ones(len(devices), np.bool_), []
        for make, those in self._by_sdk(devices, platforms):
            left[those] = False
            groups.append((make, those))
        for platform in np.unique(platforms[left]):
            those = np.flatnonzero(left & (platforms == platform))
            groups.append((self.make(int(devices[those[0]])), those))
        return groups

    def _by_sdk(
        self, devices: NDArray[np.uint64], platforms: NDArray[np.uint8]
    ) -> Iterator[tuple[Make, NDArray[np.intp]]]:
        """Each make that an SDK has, and the places of the devices that are of it; none for a make without devices."""
        if not self._drawn:
            return
        draws = self._sdk_mixer.mix_all(devices) >> _HALF
        for platform, drawn in self._drawn.items():
            places = np.searchsorted(np.array(drawn.ends, np.uint64), draws, side="right")
            for place, make in enumerate(drawn.makes):
                those = np.flatnonzero((platforms == platform) & (places == place))
                if make is not None and len(those):
                    yield make, those


def makes(sdks: Mixture | None) -> list[Make]:
    """Every make that a device can be of, where apps call by these SDKs."""
    drawn = _drawn(sdks)
    covered = {platform for platform, found in drawn.items() if None not in found.makes}
    plain = dict.fromkeys(make for row in _MAKES for make in row if make.platform not in covered)
    return [*plain, *(make for found in drawn.values() for make in found.makes if make is not None)]


class _Drawn(NamedTuple):
    """The SDKs of a platform."""

    ends: list[int]  # where the draws of each end; the last one's are all that remain
    makes: list[Make | None]  # None: by no SDK

    @classmethod
    def of(cls, platform: Platform, sdks: Mixture) -> "_Drawn | None":
        name = platform.name.lower()
        if (shares := sdks.shares.get(name)) is None:
            return None
        ends = [round(share * 2**32) for share in accumulate(share for _, share in shares)][:-1]
        return cls(ends, [None if sdk is NO_SDK else _made(platform, name, sdk) for sdk, _ in shares])


def _drawn(sdks: Mixture | None) -> dict[Platform, _Drawn]:
    """The SDKs of each platform that has any."""
    return {each: found for each in Platform if sdks and (found := _Drawn.of(each, sdks)) is not None}


def _made(platform: Platform, name: str, sdk: Sdk) -> Make:
    return Make(platform, dict(sdk.types)[name], Keeper[dict(sdk.keepers)[name].upper()], sdk)


def _platforms(mixed: NDArray[np.uint64]) -> NDArray[np.uint8]:
    drawn = np.searchsorted(np.array(_ENDS, np.uint64), mixed >> _HALF, side="right")
    return np.array(_PLATFORMS, np.uint8)[drawn]
