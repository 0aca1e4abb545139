"""The embedded backend, started and ended by the process that loads it."""

import secrets
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypedDict, Unpack
from urllib.parse import urlsplit

from simulator.backend.sqlite import Durability
from simulator.backend.stores import StoreSpec
from simulator.child import Child, Starting

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

    def __init__(self, recipe: "_Recipe", children: list[Child], store: StoreSpec, keys: Mapping[str, str]) -> None:
        self._recipe = recipe
        self._children = children
        self._held: socket.socket | None = None  # the port, while none of its processes holds it
        self._successors: list[Starting] = []
        self.store = store
        self.url: str = children[0].ready["url"]
        self.client_key = keys["client_key"]
        self.api_key = keys["api_key"]

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
        recipe = _Recipe(options.get("processes", 1), list(_arguments(options)), named)
        children = recipe.start(options.get("port", 0))
        return cls(recipe, children, StoreSpec.parse(str(store)), keys)

    @property
    def pids(self) -> list[int]:
        """Its processes; others after `start_again`."""
        return [child.pid for child in self._children]

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

    def stand_by(self) -> None:
        """Have the processes that `start_again` starts begin to load everything, so that it takes only moments then."""
        self._hold()
        self._successors = self._recipe.load(_port(self.url), joins=self._held is not None)

    def wait_for_successors(self) -> None:
        """Until those that stand by have loaded everything, up to 30 seconds each."""
        for successor in self._successors:
            successor.wait()

    def end(self) -> None:
        """End its processes as an operator does, so that `start_again` may follow: they finish what is under way."""
        self._hold()
        for child in self._children:
            child.stop()

    def kill(self) -> None:
        """Kill its processes (SIGKILL), so that `start_again` may follow: nothing is finished."""
        self._hold()
        for child in self._children:
            child.kill()

    def start_again(self) -> None:
        """Start it over the same store, on the same port and with the same keys, after `end` or `kill`.

        Whoever stands by must have been waited for.

        Raises CannotKnow if it dies or is not ready in time, and UsageError if it cannot use its store or port.
        """
        if not self._successors:
            self.stand_by()
            self.wait_for_successors()
        successors, self._successors = self._successors, []
        self._children = _ready(successors)

    def stop(self) -> None:
        """End the backend: it finishes what is under way, and is killed if it does not. Can be called again."""
        for child in self._children:
            child.stop()
        for successor in self._successors:
            successor.stop()
        self._successors = []
        if self._held is not None:
            self._held.close()
            self._held = None

    def _hold(self) -> None:
        """Keep the port: it is one of those that connections draw, and one to it would find itself at the other end."""
        if self._held is None and sys.platform == "linux":
            split = urlsplit(self.url)
            self._held = socket.socket(socket.AF_INET6 if ":" in (split.hostname or "") else socket.AF_INET)
            self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            self._held.bind((split.hostname, split.port))


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How many processes it has, and what each is started with but for its port."""

    processes: int
    arguments: list[str]
    environment: Mapping[str, str]

    def start(self, port: int) -> list[Child]:
        """All of the processes, or none: the first finds the port, the others join it."""
        children = [Child.start(_NAME, _MODULE, self._options(port, joins=False), self.environment)]
        found = self._options(_port(children[0].ready["url"]), joins=True)
        try:
            while len(children) < self.processes:
                children.append(Child.start(_NAME, _MODULE, found, self.environment))
        except BaseException:
            for child in children:
                child.stop()
            raise
        return children

    def load(self, port: int, *, joins: bool) -> list[Starting]:
        """All of the processes, standing by; the first `joins` whoever holds the port, the others join in any case."""
        environment = {**self.environment, "PUSHFLEET_BACKEND_STANDS_BY": "1"}
        numbers = range(self.processes)
        return [
            Starting(_NAME, _MODULE, self._options(port, joins=joins or number > 0), environment) for number in numbers
        ]

    def _options(self, port: int, *, joins: bool) -> list[str]:
        return [*self.arguments, f"--port={port}", *(["--joins"] if joins else [])]


def _ready(starting: Sequence[Starting]) -> list[Child]:
    """All of them, or none."""
    children: list[Child] = []
    try:
        for one in starting:
            one.go()
            children.append(one.ready())
    except BaseException:
        for child in children:
            child.stop()
        for other in starting[len(children) + 1 :]:
            other.stop()
        raise
    return children


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _arguments(options: Options) -> Iterator[str]:
    """What each process is started with, but for its port."""
    yield from (f"--policy={answer}" for answer in options.get("policy", ()))
    for name in _ARGUMENTS:
        if (value := options.get(name)) is not None:
            yield f"--{name.replace('_', '-')}={value}"
