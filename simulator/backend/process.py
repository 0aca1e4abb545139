"""The embedded backend, started and ended by the process that loads it."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypedDict, Unpack
from urllib.parse import urlsplit

from simulator.backend.sqlite import Durability
from simulator.backend.stores import StoreSpec
from simulator.child import Child

_NAME: Final = "the embedded backend"
_MODULE: Final = "simulator.backend"
_KEYS: Final = {"client_key": 16, "api_key": 32, "jwt_secret": 32}  # and how many bytes are drawn for each
_ARGUMENTS: Final = ("host", "bug", "durability", "api_limit", "providers")


class Options(TypedDict, total=False):
    """How a backend may be started beyond its store; see `Settings` for what each means."""

    processes: int
    bug: str | None
    host: str
    port: int
    durability: Durability
    policy: Sequence[str]
    api_limit: int
    providers: Path | None
    client_key: str | None
    api_key: str | None
    jwt_secret: str | None


class Embedded:
    """A running backend in one or more processes of its own, which end with this one at the latest.

    Made by `start`; `url`, `pids`, `client_key` and `api_key` are what it serves under, `store` what it keeps all in.
    A context manager: leaving it stops the backend.
    """

    def __init__(self, children: Sequence[Child], store: StoreSpec, *, client_key: str, api_key: str) -> None:
        self._children = children
        self.store = store
        self.url: str = children[0].ready["url"]
        self.pids: list[int] = [child.pid for child in children]
        self.client_key = client_key
        self.api_key = api_key

    @classmethod
    def start(cls, store: Path | str, **options: Unpack[Options]) -> Self:
        """Start a backend over `store`, as --store takes it, and wait up to 30 seconds for each process to be ready.

        Several processes share the store and the port. Keys and secret are drawn where none is given. With the same
        `jwt_secret`, client tokens of an earlier backend stay good. Raises UsageError for an option it cannot be
        started with (an unknown bug, a port in use, a store that cannot be written), and CannotKnow if it dies or is
        not ready in time.
        """
        keys = {name: str(options.get(name) or secrets.token_urlsafe(length)) for name, length in _KEYS.items()}
        # A store's URL may hold a password, and every user of the machine can read a process's arguments.
        named = {f"PUSHFLEET_BACKEND_{name.upper()}": value for name, value in {**keys, "store": str(store)}.items()}
        children = _start(options.get("processes", 1), options.get("port", 0), list(_arguments(options)), named)
        return cls(children, StoreSpec.parse(str(store)), client_key=keys["client_key"], api_key=keys["api_key"])

    @property
    def pid(self) -> int:
        """Its process, the first where it has several."""
        return self.pids[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def alive(self) -> bool:
        """Whether all of its processes still run."""
        return all(child.alive() for child in self._children)

    def log(self) -> str:
        """The last lines of what the backend had to say on stderr; empty if all was well, and after `stop`."""
        return "\n".join(filter(None, (child.log() for child in self._children)))

    def stop(self) -> None:
        """End the backend: it finishes what is under way, and is killed if it does not. Can be called again."""
        for child in self._children:
            child.stop()


def _arguments(options: Options) -> Iterator[str]:
    """What each process is started with, but for its port."""
    yield from (f"--policy={answer}" for answer in options.get("policy", ()))
    for name in _ARGUMENTS:
        if (value := options.get(name)) is not None:
            yield f"--{name.replace('_', '-')}={value}"


def _start(processes: int, port: int, arguments: list[str], environment: Mapping[str, str]) -> list[Child]:
    """All of the processes, or none: the first finds the port, the others join it."""
    children = [Child.start(_NAME, _MODULE, [*arguments, f"--port={port}"], environment)]
    try:
        for _ in range(processes - 1):
            found = urlsplit(children[0].ready["url"]).port
            children.append(Child.start(_NAME, _MODULE, [*arguments, f"--port={found}", "--joins"], environment))
    except BaseException:
        for child in children:
            child.stop()
        raise
    return children
