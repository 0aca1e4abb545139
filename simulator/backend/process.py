"""The embedded backend, started and ended by the process that loads it."""

import secrets
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from simulator.backend.settings import LOOPBACK
from simulator.backend.sqlite import Durability
from simulator.child import Child

_NAME: Final = "the embedded backend"


class Embedded:
    """A running backend in a process of its own, which ends with this one at the latest.

    Made by `start`; `url`, `pid`, `database`, `client_key` and `api_key` are what it serves under. A context manager:
    leaving it stops the backend.
    """

    def __init__(self, child: Child, *, client_key: str, api_key: str) -> None:
        self._child = child
        self.url: str = child.ready["url"]
        self.pid: int = child.ready["pid"]
        self.database = Path(child.ready["database"])
        self.client_key = client_key
        self.api_key = api_key

    @classmethod
    def start(
        cls,
        database: Path,
        *,
        bug: str | None = None,
        host: str = LOOPBACK,
        port: int = 0,
        durability: Durability = Durability.POWER,
        client_key: str | None = None,
        api_key: str | None = None,
        jwt_secret: str | None = None,
    ) -> Self:
        """Start a backend on the SQLite file `database`, and wait up to 30 seconds for it to be ready.

        Keys and secret are drawn where none is given. With the same `jwt_secret`, client tokens of an earlier backend
        stay good. Raises UsageError for an option it cannot be started with (an unknown bug, a port in use, a
        database that cannot be written), and CannotKnow if it dies or is not ready in time.
        """
        keys = {
            "client_key": client_key or secrets.token_urlsafe(16),
            "api_key": api_key or secrets.token_urlsafe(32),
            "jwt_secret": jwt_secret or secrets.token_urlsafe(32),
        }
        options = [f"--database={database}", f"--host={host}", f"--port={port}", f"--durability={durability}"]
        if bug is not None:
            options.append(f"--bug={bug}")
        named = {f"PUSHFLEET_BACKEND_{name.upper()}": value for name, value in keys.items()}
        child = Child.start(_NAME, "simulator.backend", options, named)
        return cls(child, client_key=keys["client_key"], api_key=keys["api_key"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def alive(self) -> bool:
        """Whether the backend still runs."""
        return self._child.alive()

    def log(self) -> str:
        """The last lines of what the backend had to say on stderr; empty if all was well, and after `stop`."""
        return self._child.log()

    def stop(self) -> None:
        """End the backend: it finishes what is under way, and is killed if it does not. Can be called again."""
        self._child.stop()
