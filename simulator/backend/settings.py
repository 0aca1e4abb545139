"""How a backend is to be run, checked whole before anything starts."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from simulator.backend.bugs import BUGS
from simulator.backend.sqlite import Durability
from simulator.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one backend is started with. Keys and secret are drawn where they are left out."""

    database: Path
    host: str = LOOPBACK
    port: int = 0  # any free one
    bug: str | None = None
    durability: Durability = Durability.POWER
    client_key: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    jwt_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @classmethod
    def parse(
        cls,
        *,
        database: Path,
        host: str,
        port: str,
        bug: str | None,
        durability: str,
        given: Mapping[str, str | None],
    ) -> "Settings":
        """Settings from a command line; `given` holds keys and secret, missing or empty where they are to be drawn.

        Raises UsageError with every mistake, a line each.
        """
        mistakes = [
            *_database_mistakes(database),
            *_port_mistakes(port),
            *_bug_mistakes(bug),
            *_durability_mistakes(durability),
            *_key_mistakes(given),
        ]
        if mistakes:
            raise UsageError("\n".join(mistakes))
        known = {name: value for name, value in given.items() if value}
        return cls(database=database, host=host, port=int(port), bug=bug, durability=Durability(durability), **known)


def _database_mistakes(database: Path) -> list[str]:
    folder = database.absolute().parent
    if database.is_dir():
        return [f"--database {database} is a folder: name a file in it."]
    if not folder.is_dir():
        return [f"--database {database} cannot be made: there is no folder {folder}. Make it, or name another."]
    if not os.access(database if database.exists() else folder, os.W_OK):
        return [f"--database {database} cannot be written to: change its permissions, or name another."]
    return []


def _port_mistakes(port: str) -> list[str]:
    if port.isascii() and port.isdecimal() and int(port) <= _HIGHEST_PORT:
        return []
    return [f"--port {port} is no port: give a number up to {_HIGHEST_PORT}, or 0 for any free one."]


def _bug_mistakes(bug: str | None) -> list[str]:
    if bug is None or bug in BUGS:
        return []
    return [f"--bug {bug} is unknown: choose from {', '.join(BUGS)}."]


def _durability_mistakes(durability: str) -> list[str]:
    if durability in list(Durability):
        return []
    return [f"--durability {durability} is unknown: choose from {', '.join(Durability)}."]


def _key_mistakes(given: Mapping[str, str | None]) -> list[str]:
    unusable = [name for name, value in given.items() if value and not (value.isascii() and value.isprintable())]
    return [f"{name} cannot be sent in a header: use printable ASCII characters." for name in unusable]
