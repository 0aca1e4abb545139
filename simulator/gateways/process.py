"""The gateways, started and ended by the process that has pushes sent to them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from simulator.child import Child
from simulator.gateways.addresses import option_of

FILE: Final = "gateways.json"
_NAME: Final = "the push gateways"
_MODULE: Final = "simulator.gateways"
_ANY_PORTS: Final[Mapping[str, int]] = {}


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
    def start(
        cls,
        folder: Path,
        *,
        fleet: Path | None = None,
        front: str = "fast",
        faults: Sequence[str] = (),
        stale_seconds: float = 2.0,
        seed: int = 0,
        host: str = "127.0.0.1",
        ports: Mapping[str, int] = _ANY_PORTS,
    ) -> Self:
        """Start them with keys and journal in `folder`, and wait up to 30 seconds for them to be ready.

        `fleet` is the directory of the fleet whose tokens are current or superseded; without it every authentic token
        is current. `ports` are by the names of LISTENERS; those left out are any that are free. Raises UsageError for
        options they cannot be started with, CannotKnow if they do not come up.
        """
        options = [f"--folder={folder}", f"--front={front}", f"--stale-seconds={stale_seconds}", f"--seed={seed}"]
        options += [f"--fault={fault}" for fault in faults]
        options += [f"--host={host}", *(f"{option_of(name)}={port}" for name, port in ports.items())]
        options += [f"--fleet={fleet}"] if fleet is not None else []
        return cls(Child.start(_NAME, _MODULE, options, {}), folder)

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
