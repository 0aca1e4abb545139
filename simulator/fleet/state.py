"""What cannot be derived from the seed: 16 bytes a device, memory-mapped, in NumPy's own file format.

Nothing is buffered: a field that was set is in the kernel's page cache, and killing the process loses none of it.
Each field is stored whole by one machine instruction, but two fields are not stored together.
"""

import mmap
import os
from collections.abc import Callable
from enum import IntEnum
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.fleet.people import People

DEVICE: Final = np.dtype(
    [
        ("owner", "<u4"),  # the person logged in; at first the one whose phone it is
        ("slots", "<u4", (2,)),  # the latest token of slot 0 (for alerts) and slot 1 (ios-voip), as below; 0 = none yet
        ("installs", "<u2"),  # the number of the current installation; a new deviceId raises it
        ("state", "u1"),  # State
        ("flags", "u1"),  # Flag
    ]
)
"""One device. A token is stored as run << 20 | generation, see `simulator.tokens`."""

_CHUNK: Final = 2**20  # devices: 16 MB at a time keeps the memory for any size of fleet the same


class State(IntEnum):
    """Where the app is on the phone."""

    NEW = 0  # never started
    INSTALLED = 1
    DORMANT = 2  # not used for so long that Google's services count its token as dead, until it is started again


class Flag:
    """Bits of `flags`, each by slot but where it is the device's."""

    SUBSCRIBED: Final = (1, 2)  # a registration was sent and no unsubscribe since
    SPENT: Final = (4, 8)  # the latest token must not be registered again: mint a new one first
    UNSETTLED: Final = (16, 32)  # a write was sent and not answered OK: it may act at any time, or never
    FID: Final = 64  # of the device: its tokens are bare Firebase installation ids, whatever they were before


class Fields:
    """The state field by field, each with one number a device: Python reads and sets it in a quarter of NumPy's time.

    The memory is the array's: what is set here is set there.
    """

    __slots__ = ("flags", "installs", "owners", "slots", "states")

    def __init__(self, array: NDArray[np.void]) -> None:
        self.owners = array["owner"].data
        self.slots = tuple(array["slots"][:, slot].data for slot in range(2))
        self.installs = array["installs"].data
        self.states = array["state"].data
        self.flags = array["flags"].data


class DeviceFile:
    """The mapped file; `array` has one DEVICE record a device and is writable unless opened for reading only."""

    def __init__(self, path: Path, devices: int, *, writable: bool) -> None:
        with path.open("r+b" if writable else "rb") as file:
            offset = _checked(path, file, devices)
            access = mmap.ACCESS_WRITE if writable else mmap.ACCESS_READ
            self._map = mmap.mmap(file.fileno(), 0, access=access)
        # frombuffer and not np.memmap: that subclass makes taking one record several times slower.
        self.array: NDArray[np.void] = np.frombuffer(self._map, DEVICE, count=devices, offset=offset)

    def sync(self) -> None:
        """Wait until everything is on disk: a power cut loses nothing either."""
        self._map.flush()


def write_devices(path: Path, people: People, progress: Callable[[int], None]) -> None:
    """Write the state of a fleet that nobody has used, and wait until it is on disk; `progress` gets devices done."""
    records = np.zeros(min(_CHUNK, people.devices), DEVICE)
    with path.open("wb") as file:
        header = {"descr": npy.dtype_to_descr(DEVICE), "fortran_order": False, "shape": (people.devices,)}
        npy.write_array_header_1_0(file, header)
        for first in range(0, people.devices, _CHUNK):
            stop = min(first + _CHUNK, people.devices)
            records["owner"][: stop - first] = people.homes(first, stop)
            file.write(records[: stop - first].data)
            progress(stop)
        file.flush()
        os.fsync(file.fileno())


def latest_run(array: NDArray[np.void]) -> int:
    """Return the highest number of a run that any token of these devices was minted in, 0 if there is none."""
    chunks = range(0, len(array), _CHUNK)
    return max(int(array["slots"][first : first + _CHUNK].max()) for first in chunks) >> 20


def _checked(path: Path, file: IO[bytes], devices: int) -> int:
    """Return where the records begin; UsageError unless the file holds exactly `devices` of them."""
    try:
        version = npy.read_magic(file)
        shape, _, dtype = npy.read_array_header_1_0(file)
    except (ValueError, EOFError) as error:
        raise _damaged(path, f"its header is not NumPy's ({error})") from None
    if version != (1, 0) or dtype != DEVICE or shape != (devices,):
        raise _damaged(path, f"it holds {shape} of {dtype} and not {devices} devices")
    size, expected = os.fstat(file.fileno()).st_size, file.tell() + devices * DEVICE.itemsize
    if size != expected:
        raise _damaged(path, f"it has {size} bytes and not {expected}")
    return file.tell()


def _damaged(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} is damaged: {why}. Restore it from a backup, or create a new fleet.")
