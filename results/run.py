"""What a run says of itself: `run.json`, written when it starts and completed when its load ends."""

import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Self, get_origin, get_type_hints

import orjson

from results.errors import CannotKnow, UsageError

SCHEMA: Final = 1
_OF_PARTS: Final = ("load", "stages")  # whose own fields are looked at
_SUM: Final = "checksum"  # a flipped digit of a limit or of a time would make another verdict


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
    deaths: list[str] = field(default_factory=list)  # a sentence for each part of the system that did not last
    backend_faults: dict[str, int] = field(default_factory=dict)  # how often the backend was ended, by how
    awaited: int = 0  # devices that a release was to reach
    reached: int = 0  # those that it did while the load lasted
    networks: dict[str, dict[str, int]] = field(default_factory=dict)  # simulated network → what it did
    sdks: dict[str, dict[str, int]] = field(default_factory=dict)  # SDK → what its apps did
    begun: int = -1  # arrivals, of those offered; the others were not sent. -1: an older run, which did not tell
    nobody: int = 0  # arrivals, of those not sent: nobody was free who could live their scenario
    given: float = 0.0  # seconds from Locust's start of the test to its end; workers may have begun later
    # Of each worker that has another clock than the master: how far the master's is ahead, and how wrong that is; ns.
    clocks: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Stage:
    """A part of a load's shape, as it came about."""

    name: str
    began: int  # monotonic ns
    asked: float = -1.0  # arrivals that were asked for in it; -1: closed model, or not known before the load ends


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
    sdk: str = "none"  # that the devices' apps called by, or a mixture
    planned: int = 0  # seconds that the load was to last; 0: until somebody stops it
    options: dict[str, Any] = field(default_factory=dict)
    gates: list[str] = field(default_factory=list)
    require: list[str] = field(default_factory=list)  # anomalies that must have a chance to show
    readback: list[str] = field(default_factory=list)
    push: str = ""  # the spec of a read-back by pushing; empty: nobody was pushed to
    store: str = ""  # of the embedded backend, without its password; empty: a file in the run's folder
    names: Names = field(default_factory=Names)
    versions: dict[str, str] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    clock: str = ""  # which one all times here are by: the master's
    mark: str = ""  # drawn, and said in every file of its journal: a run elsewhere may bear the same id
    pending: str = ""  # the checksum of what earlier runs had left open; empty: nobody was asked
    stages: list[Stage] = field(default_factory=list)  # those that had begun; none: the load had no shape
    load: Load | None = None
    schema: int = SCHEMA

    @property
    def fresh(self) -> bool:
        """Whether the store was made for this run: nothing in it is anybody else's."""
        return self.embedded and not self.store

    def write(self, folder: Path) -> None:
        """Write `run.json` whole or not at all."""
        draft = folder / "run.json.new"
        plain = orjson.loads(orjson.dumps(asdict(self), option=orjson.OPT_NON_STR_KEYS))
        draft.write_bytes(orjson.dumps({**plain, _SUM: _checksum(plain)}, option=orjson.OPT_INDENT_2))
        draft.replace(folder / "run.json")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read `run.json`; UsageError if `folder` is no run's, CannotKnow if it is not what was written."""
        path = folder / "run.json"
        try:
            said = orjson.loads(path.read_bytes())
            if not isinstance(said, dict):
                raise TypeError("it is no JSON object")  # noqa: TRY301 - told below, with the path
            wanted = said.pop(_SUM, None)
            is_now = _checksum(said)
            if (schema := said["schema"]) != SCHEMA:
                raise ValueError(f"its schema is {schema!r}")  # noqa: TRY301 - told below, with the path
            names = said.pop("names")
            types = {int(code): name for code, name in names["types"].items()}
            faults = {int(code): name for code, name in names["faults"].items()}
            load = said.pop("load")
            stages = [Stage(**stage) for stage in said.pop("stages", [])]
            run = cls(
                **said,
                names=Names(types, names["scenarios"], faults),
                stages=stages,
                load=Load(**load) if load is not None else None,
            )
            _require_types(run, run.load, *run.stages)
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(
                f"{folder} is no run's folder: it has no run.json. Name a folder that a run left behind."
            ) from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}. Make it readable.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"{path} cannot be read as a run of schema {SCHEMA}: {error}.") from error
        if wanted not in (None, is_now):
            raise CannotKnow(f"{path} is damaged: it is not what the run wrote, and nothing can be judged by it.")
        return run


def _checksum(plain: dict[str, Any]) -> str:
    return f"{zlib.crc32(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)):08x}"


def _require_types(*told: Run | Load | Stage | None) -> None:
    """TypeError unless fields are what they are declared to be: a damaged file must not fail later, somewhere else."""
    for part in filter(None, told):
        for name, kind in get_type_hints(type(part)).items():
            if name not in _OF_PARTS and not _fits(getattr(part, name), kind):
                raise TypeError(f"{name} is {getattr(part, name)!r}")


def _fits(value: object, kind: Any) -> bool:  # noqa: ANN401 - a type, or a generic one
    plain = get_origin(kind) or kind
    if kind == dict[str, list[int]]:
        return isinstance(value, dict) and all(_are_two_numbers(each) for each in value.values())
    if kind == dict[str, dict[str, int]]:
        return isinstance(value, dict) and all(map(_are_counts, value.values()))
    if plain is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if plain in (int, float):
        return isinstance(value, int if plain is int else int | float) and not isinstance(value, bool)
    return isinstance(value, plain)


def _are_two_numbers(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value)


def _are_counts(value: object) -> bool:
    return isinstance(value, dict) and all(type(each) is int for each in value.values())
