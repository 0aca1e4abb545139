"""clientIds of people and deviceIds of installations: pure functions of the fleet's number that can be turned back.

| id | form | made of |
|---|---|---|
| clientId | 24 lower-case hex digits, like a document id of MongoDB | 64 mixed bits of the person, 32 check bits |
| deviceId, iOS | upper-case UUID, version 4 | 64 mixed bits of (device, install), 58 check bits |
| deviceId, Android, own id | lower-case UUID, version 4; of one in eight an odd form, see `odd_ids` | as iOS |
| deviceId, browser | lower-case UUID, version 4 | as iOS |
| deviceId, Android, ANDROID_ID | 16 lower-case hex digits | 64 mixed bits of (device, install) |

Mixing is a bijection, so no two installations share an id, and a row of a backend's store names its installation
without a look-up table. Whoever turns an id back makes the id again and compares: whatever this fleet did not write,
to the letter, is not of this fleet.

The keys come from the fleet's number, which depends on seed and size and is inside every token of the fleet. So an id
belongs to a fleet exactly if the tokens sent with it do: a deployment that knows a smaller fleet of the same seed has
strangers' rows, not rows of ours with foreign tokens in them.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.fleet.mixing import Mixer
from simulator.fleet.odd_ids import FORMS, plain_in
from simulator.fleet.persistence import Keeper
from simulator.fleet.population import Population
from simulator.remembered import Remembered

CLIENT_ID_SIZE: Final = 24
UUID_SIZE: Final = 36
ANDROID_ID_SIZE: Final = 16
INSTALL_BITS: Final = 16  # as in a register

# Python 3.11 takes as long to look up a member of an enumeration as to mix a number.
_KEYCHAIN, _ANDROID_ID, _PREFERENCES = Keeper.KEYCHAIN, Keeper.ANDROID_ID, Keeper.PREFERENCES
_VENDOR = Keeper.VENDOR

# Where a UUID's characters come from: 16 digits of the mixed number, then 14 of the check; the rest is fixed.
_UUID_DIGITS: Final = np.array([*range(8), *range(9, 13), *range(15, 18), *range(20, 23), *range(24, 36)])
_UUID_MIXED: Final = _UUID_DIGITS[:16]
_UUID_DASHES: Final = np.array([8, 13, 18, 23])
_LOWER: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_UPPER: Final = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_DIGIT_OF: Final = np.zeros(256, np.uint64)
_DIGIT_OF[_UPPER] = _DIGIT_OF[_LOWER] = np.arange(16, dtype=np.uint64)
_NIBBLES: Final = np.arange(60, -1, -4, dtype=np.uint64)


class Identities:
    """The ids of the fleet of this number, with `people` people and `devices` devices."""

    def __init__(self, number: int, people: int, devices: int, population: Population) -> None:
        self._people = people
        self._devices = devices
        self._population = population
        self._client, self._client_check = Mixer.of(number, "clientId"), Mixer.of(number, "clientId check")
        self._device, self._device_check = Mixer.of(number, "deviceId"), Mixer.of(number, "deviceId check")
        self._remembered = Remembered(self._device_id)
        self.installed_as = self._remembered.__getitem__  # device << INSTALL_BITS | install → deviceId

    def client_id(self, person: int) -> str:
        """Return the clientId of `person`."""
        mixed = self._client.mix(person)
        return f"{mixed:016x}{self._client_check.mix(mixed) >> 32:08x}"

    def person_of(self, client_id: str) -> int | None:
        """Return whose clientId this is; None if it is not one of this fleet."""
        mixed = _number(client_id[:16])
        if mixed is None:
            return None
        person = self._client.unmix(mixed)
        return person if person < self._people and self.client_id(person) == client_id else None

    def device_id(self, device: int, install: int) -> str:
        """Return the deviceId of the `install`-th installation in the place of `device`."""
        return self.installed_as(device << INSTALL_BITS | install)

    def foresee(self, devices: NDArray[np.uint64], installs: NDArray[np.uint64]) -> None:
        """Work out what `installed_as` will be asked for; not what is odd."""
        installations = (devices << np.uint64(INSTALL_BITS) | installs).tolist()
        found = zip(installations, self.device_ids(devices, installs).tolist(), strict=True)
        self._remembered.foresee((installation, text.decode()) for installation, text in found if text)

    def _device_id(self, installation: int) -> str:
        keeper = self._population.keeper(installation >> INSTALL_BITS)
        mixed = self._device.mix(installation)
        if keeper is _ANDROID_ID:
            return f"{mixed:016x}"
        check = self._device_check.mix(mixed)
        digits = (mixed << 56 | check >> 8).to_bytes(15).hex()
        uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-{'89ab'[check & 3]}{digits[15:18]}-{digits[18:]}"
        if keeper is _KEYCHAIN or keeper is _VENDOR:
            return uuid.upper()
        return FORMS[check >> 5 & 15](uuid) if keeper is _PREFERENCES and not check >> 2 & 7 else uuid

    def installation_of(self, device_id: str) -> tuple[int, int] | None:
        """Return (device, install) of a deviceId; None if it is not one of this fleet."""
        uuid = plain_in(device_id)
        mixed = _number(uuid[:8] + uuid[9:13] + uuid[15:18] + uuid[20:21] if uuid else device_id)
        if mixed is None:
            return None
        device, install = divmod(self._device.unmix(mixed), 2**INSTALL_BITS)
        return (device, install) if device < self._devices and self.device_id(device, install) == device_id else None

    def client_ids(self, people: NDArray[np.uint64]) -> NDArray[np.bytes_]:
        """Return `client_id` of many people, as S24."""
        mixed = self._client.mix_all(people)
        text = np.empty((len(people), CLIENT_ID_SIZE), np.uint8)
        text[:, :16] = _LOWER[_digits(mixed)]
        text[:, 16:] = _LOWER[_digits(self._client_check.mix_all(mixed))[:, :8]]
        return text.view("S24").ravel()

    def persons_of(self, client_ids: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Return `person_of` of many clientIds in ASCII; -1 for those not of this fleet."""
        text = client_ids.astype("S24").view(np.uint8).reshape(-1, CLIENT_ID_SIZE)
        people = self._client.unmix_all(_numbers(text[:, :16]))
        ours = people < np.uint64(self._people)
        ours &= self.client_ids(np.where(ours, people, np.uint64(0))) == client_ids
        return np.where(ours, people.astype(np.int64), -1)

    def device_ids(self, devices: NDArray[np.uint64], installs: NDArray[np.uint64]) -> NDArray[np.bytes_]:
        """Return `device_id` of many installations, as S36; the shorter ANDROID_IDs are padded as NumPy pads them.

        For those that are odd, which S36 cannot hold, empty.
        """
        keepers = self._population.keepers(devices)
        mixed = self._device.mix_all(devices << np.uint64(INSTALL_BITS) | installs)
        check = self._device_check.mix_all(mixed)
        digits = np.concatenate([_digits(mixed), _digits(check)[:, :14]], axis=1)
        variant = np.uint8(8) + (check & np.uint64(3)).astype(np.uint8)
        upper = ((keepers == Keeper.KEYCHAIN) | (keepers == Keeper.VENDOR))[:, np.newaxis]
        text = np.empty((len(devices), UUID_SIZE), np.uint8)
        text[:, _UUID_DASHES] = ord("-")
        text[:, 14] = ord("4")
        text[:, _UUID_DIGITS] = np.where(upper, _UPPER[digits], _LOWER[digits])
        text[:, 19] = np.where(upper[:, 0], _UPPER[variant], _LOWER[variant])
        short = keepers == Keeper.ANDROID_ID
        text[short, :ANDROID_ID_SIZE] = _LOWER[digits[short, :ANDROID_ID_SIZE]]
        text[short, ANDROID_ID_SIZE:] = 0
        text[(keepers == Keeper.PREFERENCES) & (check >> np.uint64(2) & np.uint64(7) == 0)] = 0
        return text.view("S36").ravel()

    def installations_of(self, device_ids: NDArray[np.bytes_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return devices and installs of many deviceIds in ASCII; -1 in both for odd ones and those of others."""
        text = device_ids.astype("S36").view(np.uint8).reshape(-1, UUID_SIZE)
        long = text[:, UUID_SIZE - 1 :] != 0
        mixed = _numbers(np.where(long, text[:, _UUID_MIXED], text[:, :ANDROID_ID_SIZE]))
        unmixed = self._device.unmix_all(mixed)
        devices = unmixed >> np.uint64(INSTALL_BITS)
        installs = unmixed & np.uint64(2**INSTALL_BITS - 1)
        ours = devices < np.uint64(self._devices)
        ours &= device_ids != b""
        ours &= self.device_ids(np.where(ours, devices, np.uint64(0)), installs) == device_ids
        return np.where(ours, devices.astype(np.int64), -1), np.where(ours, installs.astype(np.int64), -1)


def ascii_of(text: str) -> bytes:
    """The text for NumPy, which drops NULs at the end of bytes, so that an id with one would pass for the id."""
    return text.encode("ascii", "replace").replace(b"\0", b"?")


def _number(digits: str) -> int | None:
    # int() also takes signs, underscores and digits of other scripts; the comparison afterwards refuses those.
    try:
        number = int(digits, 16)
    except ValueError:
        return None
    return number if 0 <= number < 2**64 else None


def _digits(numbers: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Return the 16 hex digits of each number, the highest first; shape (n, 16)."""
    pairs = numbers.astype(">u8").view(np.uint8).reshape(-1, 8)
    return np.stack([pairs >> np.uint8(4), pairs & np.uint8(15)], axis=2).reshape(-1, 16)


def _numbers(text: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Turn 16 characters each into a number, shape (n, 16) to (n,); what is no hex digit counts as 0."""
    numbers: NDArray[np.uint64] = np.bitwise_or.reduce(_DIGIT_OF[text] << _NIBBLES, axis=1)
    return numbers
