"""A fleet, or one device, described for a reader: shares of the population, runs, and what the state holds."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from simulator.errors import UsageError
from simulator.fleet.fleet import Fleet
from simulator.fleet.population import Platform
from simulator.fleet.shards import SHARDS, shard_of
from simulator.fleet.state import Flag, State

_SAMPLE: Final = 2000  # devices: a share of 10 % is then right within 1.4 points, 19 times in 20
_CHUNK: Final = 2**20
_ANDROIDS: Final = (Platform.ANDROID, Platform.ANDROID_GCM)


def portray(fleet: Fleet) -> dict[str, Any]:
    """Describe the population; shares are of 1. Reads the whole state once."""
    platforms, states, subscribed = _counts(fleet)
    sample = np.linspace(0, fleet.devices - 1, min(_SAMPLE, fleet.devices), dtype=np.int64)
    profiles = [fleet.profile(int(device), int(fleet.state["installs"][device])) for device in sample]
    return {
        "seed": fleet.seed,
        "devices": fleet.devices,
        "people": fleet.people,
        "number": fleet.number,
        "runs": fleet.runs,
        "shards": SHARDS,
        "created_by": fleet.description.created_by,
        "registrations": subscribed,
        "states": states,
        "platforms": platforms,
        **({"sdks": _sdks(fleet)} if fleet.sdks is not None else {}),
        "ios_versions": _shares(it.os_version for it in profiles if it.platform is Platform.IOS),
        "android_versions": _shares(it.os_version for it in profiles if it.platform in _ANDROIDS),
        "browsers": _shares(it.browser for it in profiles if it.browser),
        "app_versions": _shares(it.app_version for it in profiles),
        "locales": _shares(it.locale for it in profiles),
    }


def portray_device(fleet: Fleet, device: int) -> dict[str, Any]:
    """Describe one device; no token is shown, only which run minted the latest, and which of that run's it was."""
    if not 0 <= device < fleet.devices:
        raise UsageError(f"--device is {device}: the fleet at {fleet.directory} has devices 0 to {fleet.devices - 1}.")
    row = fleet.state[device]
    owner, install = int(row["owner"]), int(row["installs"])
    person, profile = fleet.person(owner), fleet.profile(device, install)
    return {
        "device": device,
        "deviceId": fleet.device_id(device, install),
        "install": install,
        "state": State(int(row["state"])).name.lower(),
        "platform": profile.platform.label,
        **({"sdk": fleet.sdk_of(device).name} if fleet.sdks is not None else {}),
        **({"browser": profile.browser} if profile.browser else {}),
        "model": profile.model,
        "os_version": profile.os_version,
        "app_version": profile.app_version,
        "person": {
            "number": owner,
            "clientId": person.client_id,
            "name": person.name,
            "locale": person.locale,
            "shard": shard_of(owner),
        },
        "tokens": {
            kind.wire: _token(int(row["slots"][slot]), int(row["flags"]), slot)
            for slot, kind in enumerate(fleet.types(device))
        },
    }


def _token(value: int, flags: int, slot: int) -> dict[str, object]:
    return {
        "run": value >> 20,
        "generation": value & 0xFFFFF,
        "registered": bool(flags & Flag.SUBSCRIBED[slot]),
        "spent": bool(flags & Flag.SPENT[slot]),
    }


def _counts(fleet: Fleet) -> tuple[dict[str, float], dict[str, int], int]:
    """Return the share of each platform, the number of devices by state, and the number of registrations."""
    platforms, states, subscribed = np.zeros(256, np.int64), np.zeros(256, np.int64), 0
    for first in range(0, fleet.devices, _CHUNK):
        rows = fleet.state[first : first + _CHUNK]
        platforms += np.bincount(fleet.platforms(np.arange(first, first + len(rows))), minlength=256)
        states += np.bincount(rows["state"], minlength=256)
        subscribed += sum(int(np.count_nonzero(rows["flags"] & np.uint8(bit))) for bit in Flag.SUBSCRIBED)
    shares = {platform.label: int(platforms[platform]) / fleet.devices for platform in Platform}
    return shares, {state.name.lower(): int(states[state]) for state in State}, subscribed


def _sdks(fleet: Fleet) -> dict[str, float]:
    """Return the share of the devices that each SDK has."""
    counted: Counter[str] = Counter()
    for first in range(0, fleet.devices, _CHUNK):
        for make, places in fleet.alike(np.arange(first, min(first + _CHUNK, fleet.devices))):
            counted[make.sdk.name] += len(places)
    return {name: count / fleet.devices for name, count in counted.most_common()}


def _shares(values: Iterable[str]) -> dict[str, float]:
    counted = Counter(values)
    return {value: count / counted.total() for value, count in counted.most_common()}
