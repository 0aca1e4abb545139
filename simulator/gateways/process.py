"""The gateways, started and ended by the process that has pushes sent to them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypedDict, Unpack

from simulator.child import Child
from simulator.gateways.addresses import option_of
from simulator.gateways.trust import Environment

FILE: Final = "gateways.json"
_NAME: Final = "the push gateways"
_MODULE: Final = "simulator.gateways"
_ARGUMENTS: Final = ("fleet", "front", "stale_seconds", "most_per_minute", "environment", "seed", "host")


class Options(TypedDict, total=False):
    """How they are started, where it is not by default; see `simulator.gateways.settings`."""

    fleet: Path | None  # whose tokens are current or superseded; None: every authentic token is current
    front: str
    faults: Sequence[str]
    stale_seconds: float
    most_per_minute: int
    environment: Environment
    seed: int
    host: str
    ports: Mapping[str, int]  # by the names of LISTENERS; those left out are any that are free


class Gateways:
    """The three providers in a process of their own, which ends with this one at the latest. Made by `start`.

    `ready` is what they said when they were: every URL, key and certificate path; the same stands in `file`. A context
    manager: leaving it stops them.
    """

    def __init__(self, child: Child, folder: Path) -> None:
        self._child = child
        self.ready: dict[str, Any] = child.ready
        self.file = folder / FILE

    @classmethod
    def start(cls, folder: Path, **options: Unpack[Options]) -> Self:
        """Start them with keys and journal in `folder`, and wait up to 30 seconds for them to be ready.

        Raises UsageError for options they cannot be started with, CannotKnow if they do not come up.
        """
        return cls(Child.start(_NAME, _MODULE, [f"--folder={folder}", *_arguments(options)], {}), folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Their process."""
        return self._child.pid

    def alive(self) -> bool:
        """Whether they still run."""
        return self._child.alive()

    def log(self) -> str:
        """The last lines of what they had to say on stderr; empty if all was well, and after `stop`."""
        return self._child.log()

    def stop(self) -> None:
        """End them: what is under way is answered first. Can be called again."""
        self._child.stop()


def _arguments(options: Options) -> Iterator[str]:
    for name in _ARGUMENTS:
        if (value := options.get(name)) is not None:
            yield f"--{name.replace('_', '-')}={value}"
    yield from (f"--fault={fault}" for fault in options.get("faults", ()))
    yield from (f"{option_of(name)}={port}" for name, port in options.get("ports", {}).items())
