"""The façade: one fleet, its people, its phones and browsers, and their state."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import UsageError
from simulator.fleet import directory as place
from simulator.fleet import runs
from simulator.fleet.description import FILE, Description
from simulator.fleet.foreseen import VALUE_BITS, next_writes
from simulator.fleet.identity import Identities, ascii_of
from simulator.fleet.people import People
from simulator.fleet.persistence import Keeper
from simulator.fleet.population import Make, Platform, Population
from simulator.fleet.profiles import Person, Profile, Profiles
from simulator.fleet.shards import Lease, household
from simulator.fleet.state import DeviceFile, Fields, Flag, latest_run
from simulator.remembered import Remembered
from simulator.sdks import NONE, SDKS, Sdk, read_mixture
from simulator.tokens import Provenance, PushType, form_name, mint


def _silent(_: int) -> None:
    """Report no progress."""


def _drawn() -> int:
    return secrets.randbelow(2**32)


class Fleet:
    """A fleet in its directory. People are numbered 0..people-1, devices 0..devices-1.

    `state` is the memory-mapped array of `simulator.fleet.state.DEVICE`: what is set there survives any kill. Only
    the lease holder of a device's person may set it. `fields` is the same memory, for one device at a time. Everything
    else is a pure function of seed, size and SDKs.
    """

    def __init__(self, directory: Path, description: Description, *, writable: bool = True) -> None:
        """Map the state of the fleet at `directory`; use `create`, `open` or `open_or_create`."""
        self.directory = directory
        self.description = description
        self.seed = description.seed
        self.devices = description.devices
        self.people = description.people
        self.number = description.number
        try:
            self._file = DeviceFile(directory / place.DEVICES_FILE, self.devices, writable=writable)
        except OSError as error:
            raise UsageError(
                f"{directory / place.DEVICES_FILE} cannot be used: {error.strerror}. "
                "Make the directory readable and writable, or name another fleet."
            ) from None
        self.state: NDArray[np.void] = self._file.array
        self.fields = Fields(self.state)
        self._homes = People(self.seed, self.devices)
        self.sdk = description.sdk
        self.sdks = read_mixture(self.sdk) if self.sdk != NONE else None
        self._population = Population(self.seed, self.sdks)
        self._ids = Identities(self.number, self.people, self.devices, self._population)
        # For those who ask it for every operation, in plain integers and without a call in between.
        self.make = self._population.make  # device → Make
        self.installed_as = self._ids.installed_as  # device << INSTALL_BITS | install → deviceId
        self._minted = Remembered(self.mint)
        self.minted = self._minted.__getitem__  # register << VALUE_BITS | value → token, as `mint`
        self.minted_as_fid = Remembered(partial(self.mint, form="fid")).__getitem__

    @classmethod
    def create(
        cls,
        directory: Path,
        devices: int,
        seed: int,
        *,
        sdk: str = NONE,
        progress: Callable[[int], None] = _silent,
    ) -> "Fleet":
        """Create a fleet and open it; UsageError if that cannot be. `progress` gets the devices written so far."""
        place.create(directory, Description.of(seed, devices, sdk), progress)
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path, *, writable: bool = True) -> "Fleet":
        """Open the fleet at `directory`; UsageError if there is none, or it is damaged, or cannot be used."""
        description = Description.read(directory)
        if description.sdk not in (NONE, *SDKS):
            raise UsageError(
                f"the fleet at {directory} was made with --sdk {description.sdk}, which this pushfleet does not know: "
                f"use the version that made it ({description.created_by}), or create a new fleet."
            )
        rebuilt = Description.of(description.seed, description.devices, description.sdk)
        if (rebuilt.people, rebuilt.number) != (description.people, description.number):
            raise UsageError(
                f"{directory / FILE} does not fit its own seed: it says {description.people} people and fleet number "
                f"{description.number}, and seed {description.seed} makes {rebuilt.people} and {rebuilt.number}"
                f"{f', by the SDKs of today ({description.sdk})' if description.sdk != NONE else ''}. "
                "Use the pushfleet that made it, or create a new fleet."
            )
        return cls(directory, description, writable=writable)

    @classmethod
    def open_or_create(
        cls,
        directory: Path,
        devices: int | None,
        seed: int | None,
        *,
        sdk: str = NONE,
        progress: Callable[[int], None] = _silent,
        draw_seed: Callable[[], int] = _drawn,
    ) -> "Fleet":
        """Open the fleet at `directory`, or create it there; None stands for "whatever it has".

        A new fleet needs `devices`; without `seed` one is drawn. UsageError if the fleet there is another one, or its
        apps call by other SDKs than `sdk`.
        """
        if not (directory / FILE).exists():
            if devices is None:
                raise UsageError(f"there is no fleet at {directory}: give --devices N to create one.")
            try:
                seed = draw_seed() if seed is None else seed
                return cls.create(directory, devices, seed, sdk=sdk, progress=progress)
            except UsageError:
                if not (directory / FILE).exists():
                    raise  # otherwise another process made it meanwhile, and we check what it made
        fleet = cls.open(directory)
        _refuse_another(fleet.description, directory, devices, seed)
        if fleet.sdk != sdk:
            raise UsageError(
                f"the fleet at {directory} was made with --sdk {fleet.sdk}, not {sdk}, and its devices have other "
                f"types: give --sdk {fleet.sdk}, or name another directory."
            )
        return fleet

    def begin_run(self) -> int:
        """Return a run number, 1..4095, that no run of this fleet ever had; on disk before this returns.

        UsageError if they are used up, or the count is damaged, cannot be written, or is older than the tokens.
        """
        return runs.begin_run(self.directory, lambda: latest_run(self.state))

    @property
    def runs(self) -> int:
        """The number of the last run, 0 if there was none; UsageError if the count cannot be read."""
        return runs.runs_so_far(self.directory)

    def lease(self, worker: int, workers: int) -> Lease:
        """Lease worker `worker` (from 0) of `workers` its shards; UsageError if another living run holds one."""
        return Lease(self.directory, self._homes, worker, workers)

    def unsettled(self) -> NDArray[np.uint64]:
        """Return the registers to which a call was sent and never answered: it may act at any time, also in this run.

        Registers of phones that were since replaced are not among them.
        """
        found = [
            device << 24 | int(self.state["installs"][device]) << 8 | self.types(device)[slot]
            for slot, flag in enumerate(Flag.UNSETTLED)
            for device in np.flatnonzero(self.state["flags"] & flag).tolist()
        ]
        return np.array(sorted(found), np.uint64)

    def sync(self) -> None:
        """Wait until the state is on disk; only a power cut makes that necessary."""
        self._file.sync()

    def mint(self, write: int, form: str | None = None) -> str:
        """Return the token of a write, given as register << VALUE_BITS | value; `form` as `tokens.mint` has it."""
        return mint(Provenance.of(self.number, write >> VALUE_BITS, write & (1 << VALUE_BITS) - 1), form=form)

    def foresee(self, devices: ArrayLike, run: int) -> None:
        """Work out what these devices would register next in run `run`, so that it is at hand when they do."""
        numbers = _numbers(devices)
        state = self.state[numbers]
        for device in numbers.tolist():
            self.make(device)
        self._ids.foresee(numbers, state["installs"].astype(np.uint64))
        self._minted.foresee(next_writes(self.number, self._population.alike(numbers), numbers, state, run))

    def client_id(self, person: SupportsIndex) -> str:
        """Return the clientId of `person`: 24 lower-case hex digits."""
        return self._ids.client_id(int(person))

    def person_of(self, client_id: str) -> int | None:
        """Return whose clientId this is; None if it is not one of this fleet."""
        return self._ids.person_of(client_id)

    def device_id(self, device: SupportsIndex, install: SupportsIndex) -> str:
        """Return the deviceId of an installation: a UUID (upper case on iOS), an ANDROID_ID, or one of `odd_ids`."""
        return self._ids.device_id(int(device), int(install))

    def installation_of(self, device_id: str) -> tuple[int, int] | None:
        """Return (device, install) of a deviceId; None if it is not one of this fleet."""
        return self._ids.installation_of(device_id)

    def client_ids(self, people: ArrayLike) -> NDArray[np.bytes_]:
        """Return `client_id` of many people, as S24."""
        return self._ids.client_ids(_numbers(people))

    def persons_of(self, client_ids: ArrayLike) -> NDArray[np.int64]:
        """Return `person_of` of many clientIds in ASCII (bytes or text); -1 for those not of this fleet."""
        return self._ids.persons_of(np.asarray(client_ids, np.bytes_))

    def device_ids(self, devices: ArrayLike, installs: ArrayLike) -> NDArray[np.bytes_]:
        """Return `device_id` of many installations, as S36; empty for the odd ones, which it cannot hold."""
        return self._ids.device_ids(_numbers(devices), _numbers(installs))

    def installations_of(self, device_ids: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return devices and installs of many deviceIds; -1 in both for those not of this fleet."""
        devices, installs = self._ids.installations_of(np.array([ascii_of(text) for text in device_ids], np.bytes_))
        for at in np.flatnonzero(devices < 0).tolist():  # an odd one, or somebody else's
            if (found := self._ids.installation_of(device_ids[at])) is not None:
                devices[at], installs[at] = found
        return devices, installs

    def platform(self, device: SupportsIndex) -> Platform:
        """Return what `device` runs."""
        return self._population.platform(int(device))

    def platforms(self, devices: ArrayLike) -> NDArray[np.uint8]:
        """Return `platform` of many devices."""
        return self._population.platforms(_numbers(devices))

    def types(self, device: SupportsIndex) -> tuple[PushType, ...]:
        """Return the push types of `device` by slot: (IOS, IOS_VOIP), (FCM,), (ANDROID,) or (WEB,)."""
        return self._population.make(int(device)).types

    def sdk_of(self, device: SupportsIndex) -> Sdk:
        """Return the SDK that `device`'s app calls by; NO_SDK for none."""
        return self._population.make(int(device)).sdk

    def alike(self, devices: ArrayLike) -> list[tuple[Make, NDArray[np.intp]]]:
        """Return groups of devices that have the same platform, SDK and push types, as places in the array.

        Each with the make of its first device: the others may keep their deviceId elsewhere.
        """
        return self._population.alike(_numbers(devices))

    def keeper(self, device: SupportsIndex) -> Keeper:
        """Return where `device` keeps its deviceId, which decides what it survives."""
        return self._population.keeper(int(device))

    def home(self, device: SupportsIndex) -> int:
        """Return the person who owned `device` when the fleet began; its shard never changes with the owner."""
        return self._homes.home(int(device))

    def devices_of(self, person: SupportsIndex) -> range:
        """Return the devices whose `home` is `person`; at least one."""
        return self._homes.devices_of(int(person))

    def household(self, person: SupportsIndex) -> range:
        """Return the people whom `person` may hand a phone to without leaving the lease, themselves included."""
        return household(int(person), self.people)

    @cached_property
    def _profiles(self) -> Profiles:
        return Profiles(self.seed)

    def person(self, person: SupportsIndex) -> Person:
        """Return who `person` is."""
        return self._profiles.person(int(person), self.client_id(person))

    def profile(self, device: SupportsIndex, install: SupportsIndex) -> Profile:
        """Return what stands in the place of `device`: model, versions, and its first owner's locale."""
        device, install = int(device), int(install)
        return self._profiles.profile(
            device, install, self.platform(device), self.home(device), self._browser(device, install)
        )

    def _browser(self, device: int, install: int) -> str:
        """The name of the browser whose tokens an installation has; empty if it is a phone."""
        if self.platform(device) is not Platform.BROWSER:
            return ""
        return form_name(Provenance(self.number, 1, device, install, PushType.WEB, 1))


def _refuse_another(description: Description, directory: Path, devices: int | None, seed: int | None) -> None:
    wrong = list(_differences(description, devices, seed))
    if wrong:
        options = " and ".join(option for option, _ in wrong)
        has = " and ".join(text for _, text in wrong)
        raise UsageError(f"the fleet at {directory} has {has}: name another directory, or leave out {options}.")


def _differences(has: Description, devices: int | None, seed: int | None) -> Iterable[tuple[str, str]]:
    if devices not in (None, has.devices):
        yield "--devices", f"{has.devices} devices, not {devices}"
    if seed not in (None, has.seed):
        yield "--seed", f"seed {has.seed}, not {seed}"


def _numbers(numbers: ArrayLike) -> NDArray[np.uint64]:
    return np.atleast_1d(np.asarray(numbers)).astype(np.uint64)
