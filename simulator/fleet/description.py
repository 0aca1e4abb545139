"""What a fleet says of itself: `fleet.json`. Written once, never changed, and checked against itself when read."""

from dataclasses import asdict, dataclass, field
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import orjson

from simulator.errors import UsageError
from simulator.fleet.mixing import derive
from simulator.fleet.people import People
from simulator.sdks import NONE, read_mixture

SCHEMA: Final = 5  # raised whenever the same seed and size make other people, phones or ids than before
FILE: Final = "fleet.json"
MAX_DEVICES: Final = 2**32 - 2
"""The largest fleet: a register has 32 bits for the device, and the journal keeps person 2**32 - 1 for nobody."""
MAX_SEED: Final = 2**53 - 1
"""The largest seed: the summary is JSON, and many of its readers keep no larger whole number exactly."""


@dataclass(frozen=True, slots=True)
class Description:
    """A fleet in a few words; `people` and `number` follow from the others and are there to be read."""

    seed: int
    devices: int
    people: int
    number: int  # u32, inside every token that the fleet mints
    created_by: str
    sdk: str = NONE  # that its devices' apps call by, or a mixture
    schema: int = field(default=SCHEMA)

    @classmethod
    def of(cls, seed: int, devices: int, sdk: str = NONE) -> "Description":
        """Describe the fleet of this seed, size and SDK; UsageError, with all there is to say, if there can be none."""
        wrong = []
        if not 1 <= devices <= MAX_DEVICES:
            wrong.append(f"--devices is {devices}: give a number from 1 to {MAX_DEVICES}")
        if not 0 <= seed <= MAX_SEED:
            wrong.append(f"--seed is {seed}: give a number from 0 to {MAX_SEED}")
        if wrong:
            raise UsageError("; ".join(wrong) + ".")
        # An earlier schema's fleet of this seed and size is another one: its ids and tokens must not pass for ours.
        # So is one whose devices register other types, or keep other ids: also after a change of an SDK's file.
        apps = f", {read_mixture(sdk).fingerprint}" if sdk != NONE else ""
        number = derive(seed, f"fleet of {devices} devices, schema {SCHEMA}{apps}", 4)
        return cls(seed, devices, People(seed, devices).count, number, f"pushfleet {_version()}", sdk)

    def write(self, folder: Path) -> None:
        """Write `fleet.json` into a folder that has none."""
        said = asdict(self)
        if self.sdk == NONE:  # as it was before there were any, so that an earlier pushfleet reads it
            del said["sdk"]
        with (folder / FILE).open("xb") as file:
            file.write(orjson.dumps({**said, "checksum": _checksum(said)}, option=orjson.OPT_INDENT_2) + b"\n")

    @classmethod
    def read(cls, folder: Path) -> "Description":
        """Read `fleet.json`; UsageError if it is missing, unreadable, damaged, or of another schema."""
        path = folder / FILE
        try:
            said = orjson.loads(path.read_bytes())
            checksum = said.pop("checksum")
            schema = said["schema"]
        except OSError as error:
            raise _unreadable(folder, error) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise _damaged(path, "it is no JSON object with a schema and a checksum") from None
        if schema != SCHEMA:
            raise UsageError(
                f"{path} has schema {schema!r}, and this pushfleet reads schema {SCHEMA}: "
                f"use the version that made it ({said.get('created_by')}), or create a new fleet."
            )
        if checksum != _checksum(said):
            raise _damaged(path, "its checksum does not fit what it says")
        try:
            return cls(**said)
        except TypeError as error:
            raise _damaged(path, str(error)) from None


def _checksum(said: dict[str, object]) -> str:
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _version() -> str:
    try:
        return version("pushfleet")
    except PackageNotFoundError:  # run from a work tree that was never installed
        return "unknown"


def _unreadable(folder: Path, error: OSError) -> UsageError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UsageError(
            f"{folder} is no fleet: it has no {FILE}. Name the directory of a fleet, "
            f"or make one with `pushfleet fleet create {folder} --devices N`."
        )
    return UsageError(f"{folder / FILE} cannot be read: {error.strerror}. Make it readable, or name another directory.")


def _damaged(path: Path, why: str) -> UsageError:
    return UsageError(f"{path} is damaged: {why}. Restore it from a backup, or create a new fleet.")
