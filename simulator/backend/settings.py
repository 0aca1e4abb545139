"""How a backend is to be run, checked whole before anything starts."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from simulator.backend.bugs import BUGS
from simulator.backend.policy import Policy
from simulator.backend.sqlite import Durability
from simulator.backend.stores import StoreSpec
from simulator.errors import UsageError

LOOPBACK: Final = "127.0.0.1"
MOST_PROCESSES: Final = 64
_HIGHEST_PORT: Final = 65535
_MOST_CALLS: Final = 10_000_000  # a minute

Parsed = TypeVar("Parsed")
Given = TypeVar("Given")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a process of a backend is started with. Keys and secret are drawn where they are left out."""

    store: StoreSpec
    host: str = LOOPBACK
    port: int = 0  # any free one
    processes: int = 1
    joins: bool = False  # other processes of this backend listen on the port already
    bug: str | None = None
    durability: Durability = Durability.POWER
    policy: Policy = field(default_factory=Policy)
    api_limit: int = 0  # calls a minute with the API key; 0: any number
    providers: Path | None = None  # the gateways.json of the providers to push to; None: it cannot push
    client_key: str = field(default_factory=lambda: secrets.token_urlsafe(16), repr=False)
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    jwt_secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @classmethod
    def parse(cls, options: Mapping[str, Any], given: Mapping[str, str | None]) -> Self:
        """Settings from a command line: `options` as typed, by the names of the fields.

        `given` holds keys and secret, missing or empty where they are to be drawn. Raises UsageError with every
        mistake, a line each.
        """
        check = _Check(options)
        settings: dict[str, Any] = {
            "store": check.parsed(StoreSpec.parse, str(options.get("store") or "")),
            "host": options.get("host") or LOOPBACK,
            "port": check.whole("port", _HIGHEST_PORT, "a number up to 65535, or 0 for any free one"),
            "processes": check.whole("processes", MOST_PROCESSES, f"1 to {MOST_PROCESSES} processes", least=1),
            "joins": bool(options.get("joins")),
            "bug": check.among("bug", BUGS),
            "durability": Durability(check.among("durability", list(Durability)) or Durability.POWER),
            "policy": check.parsed(Policy.read, list(options.get("policy") or ())),
            "api_limit": check.whole("api_limit", _MOST_CALLS, "calls a minute, or 0 for any number"),
            "providers": Path(options["providers"]) if options.get("providers") else None,
        }
        check.mistakes += _unusable_keys(given)
        if check.mistakes:
            raise UsageError("\n".join(check.mistakes))
        settings.update((name, value) for name, value in given.items() if value)
        return cls(**settings)


class _Check:
    """Reads one option at a time and gathers what is wrong."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self.mistakes: list[str] = []

    def parsed(self, parse: Callable[[Given], Parsed], given: Given) -> Parsed | None:
        """What `parse` makes of it; None if it complains."""
        try:
            return parse(given)
        except UsageError as error:
            self.mistakes += str(error).splitlines()
            return None

    def whole(self, name: str, most: int, remedy: str, *, least: int = 0) -> int:
        """A whole number from `least` to `most`; `least` if it is left out."""
        value = self._options.get(name)
        text = str(least if value is None else value)
        if text.isascii() and text.isdecimal() and least <= int(text) <= most:
            return int(text)
        self.mistakes.append(f"--{name.replace('_', '-')} {text} is out of range: give {remedy}.")
        return least

    def among(self, name: str, known: Iterable[str]) -> str | None:
        """One of several words; None if it is left out, or none of them."""
        word = self._options.get(name)
        if not word or word in known:
            return str(word) if word else None
        self.mistakes.append(f"--{name} {word} is unknown: choose from {', '.join(known)}.")
        return None


def _unusable_keys(given: Mapping[str, str | None]) -> list[str]:
    unusable = [name for name, value in given.items() if value and not (value.isascii() and value.isprintable())]
    return [f"{name} cannot be sent in a header: use printable ASCII characters." for name in unusable]
