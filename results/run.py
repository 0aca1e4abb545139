"""What a run says of itself: `run.json`, written when it starts and completed when its load ends."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import orjson

from results.errors import UsageError

SCHEMA: Final = 1


@dataclass(slots=True)
class Names:
    """The words behind the journal's numbers."""

    types: dict[int, str] = field(default_factory=dict)  # push type code → "ios"
    scenarios: list[str] = field(default_factory=list)  # by the record's `scenario`
    faults: dict[int, str] = field(default_factory=dict)  # by the record's `fault`


@dataclass(slots=True)
class Load:
    """How the load went; absent when the process was killed before it could say so."""

    began: int  # monotonic ns
    ended: int
    offered: int  # arrivals that were due, sent or not
    workers: int
    workers_lost: int
    cpu_percent: float  # of one core, the busiest worker
    broken: list[str] = field(
        default_factory=list
    )  # scenarios that failed in ways none may: what came of them is unknown


@dataclass(slots=True)
class Run:
    """One run: options without secrets, seeds, versions, machine, and how its load went."""

    id: str
    started: str  # ISO 8601, UTC
    began: int  # monotonic ns, before the first operation
    target: str  # URL
    embedded: bool
    fleet: str  # directory
    fleet_number: int
    run_number: int  # of this fleet; part of every token
    devices: int
    seed: int
    model: str  # "open" or "closed"
    options: dict[str, Any] = field(default_factory=dict)
    gates: list[str] = field(default_factory=list)
    readback: list[str] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    load: Load | None = None
    schema: int = SCHEMA

    def write(self, folder: Path) -> None:
        """Write `run.json` whole or not at all."""
        draft = folder / "run.json.new"
        draft.write_bytes(orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS))
        draft.replace(folder / "run.json")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `folder`'s `run.json`; UsageError if it is not a run's folder."""
        path = folder / "run.json"
        try:
            said = orjson.loads(path.read_bytes())
            names = said.pop("names")
            types = {int(code): name for code, name in names["types"].items()}
            faults = {int(code): name for code, name in names["faults"].items()}
            load = said.pop("load")
            return cls(
                **said, names=Names(types, names["scenarios"], faults), load=Load(**load) if load is not None else None
            )
        except FileNotFoundError:
            raise UsageError(
                f"{folder} is no run's folder: it has no run.json. Name a folder that a run left behind."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path} cannot be read as a run of schema {SCHEMA}: {error}.") from error
