"""From rows to sightings: what each row says of which register, told by its deviceId and by its token."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from simulator.errors import CannotKnow
from simulator.fleet import Fleet
from simulator.fleet.identity import ascii_of
from simulator.readback.source import Row
from simulator.tokens import PushType, decode_many
from simulator.tokens.errors import Status

ABSENT: Final = -1
NOBODY: Final = 2**32 - 1
STRANGER: Final = 2**32 - 2
_CHUNK: Final = 65_536
_TYPES: Final = {kind.wire: int(kind) for kind in PushType}

SIGHTING: Final = np.dtype(
    [
        ("register", "<u8"),  # whose slot was looked at
        ("value", "<i8"),  # run << 20 | generation; -1 absent, -2 ghost, -3 truncated, -4 folded
        ("origin", "<u8"),  # the register the token found was minted for, as far as it tells
        ("owner", "<u4"),  # the person the row names; STRANGER: none of the fleet; NOBODY: it names none
    ]
)


@dataclass(frozen=True, slots=True)
class Sightings:
    """What a read-back shows of this fleet's registers, rows as SIGHTING, and how many rows were other people's."""

    rows: NDArray[np.void]
    strangers: int


def identify(fleet: Fleet, rows: Iterable[Row], registers: NDArray[np.uint64]) -> Sightings:
    """What `rows` show of the devices behind `registers`, with an absence for every register that no row is about.

    A row belongs to the fleet by its deviceId; rows of other devices are counted and left alone, for a deployment has
    users of its own. CannotKnow if the rows name people and not one of them is the fleet's: then their clientId is
    none, and to call every row somebody else's would accuse the backend of what the query did.
    """
    chunks, strangers = [np.empty(0, SIGHTING)], 0
    remaining = iter(rows)
    while chunk := list(islice(remaining, _CHUNK)):
        sighted = _sight(fleet, chunk)
        chunks.append(sighted)
        strangers += len(chunk) - len(sighted)
    seen = np.concatenate(chunks)
    _refuse_strangers(seen["owner"])
    return Sightings(np.concatenate([seen, _absent(np.setdiff1d(registers, seen["register"]))]), strangers)


def _sight(fleet: Fleet, rows: list[Row]) -> NDArray[np.void]:
    devices, installs = fleet.installations_of([row.device_id for row in rows])
    types = np.array([_TYPES.get(row.type, 0) for row in rows], np.uint64)
    ours = (devices >= 0) & (types > 0)
    decoded = decode_many([row.token for row in rows])
    elsewhere = (decoded.status == Status.MINTED) & (decoded.fleet != fleet.number)
    named = np.array([row.client_id is not None for row in rows])
    owners = fleet.persons_of([ascii_of(row.client_id or "") for row in rows])
    seen = np.empty(len(rows), SIGHTING)
    seen["register"] = devices.astype(np.uint64) << np.uint64(24) | installs.astype(np.uint64) << np.uint64(8) | types
    seen["value"] = np.where(elsewhere, int(Status.GHOST), decoded.value)
    seen["origin"] = np.where(decoded.register == 0, seen["register"], decoded.register)
    seen["owner"] = np.where(owners >= 0, owners, np.where(named, STRANGER, NOBODY))
    return seen[ours]


def _refuse_strangers(owners: NDArray[np.uint32]) -> None:
    if len(owners) and (owners == STRANGER).any() and (owners >= STRANGER).all():
        raise CannotKnow(
            f"the store's {len(owners)} rows of this fleet's devices name nobody of this fleet: have the query return "
            "as clientId the id that people log in with."
        )


def _absent(registers: NDArray[np.uint64]) -> NDArray[np.void]:
    seen = np.empty(len(registers), SIGHTING)
    seen["register"] = seen["origin"] = registers
    seen["value"] = ABSENT
    seen["owner"] = NOBODY
    return seen
