"""How the gateways are to be run, checked whole before anything starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self, TypeVar, get_args

from simulator.errors import UsageError
from simulator.fleet.description import Description
from simulator.gateways.addresses import LISTENERS
from simulator.gateways.faults import Faults
from simulator.gateways.standing import require_seconds
from simulator.gateways.trust import Environment

FAULTY: Final = "faulty"
FRONTS: Final = ("fast", FAULTY)
LOOPBACK: Final = "127.0.0.1"
_HIGHEST_PORT: Final = 65535
_MOST_PUSHES: Final = 1_000_000
_HIGHEST_SEED: Final = 2**64 - 1

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the gateways are started with."""

    folder: Path  # of credentials and journal
    fleet: Path | None = None  # whose tokens are current or superseded; None: every authentic one is current
    front: str = "fast"
    faults: Faults = field(default_factory=lambda: Faults(()))
    stale_seconds: float = 2.0
    most_per_minute: int = 0  # pushes that each provider takes for one device; 0: any number
    environment: Environment = "production"  # of APNs, whose the fleet's tokens are
    seed: int = 0
    host: str = LOOPBACK
    ports: Mapping[str, int] = field(default_factory=dict)  # by listener; a missing one is any that is free

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> Self:
        """Settings from a command line: `options` as typed, by the names of the options.

        Raises UsageError with every mistake, a line each.
        """
        check = _Check(options)
        faults = [str(fault) for fault in options.get("fault") or ()]
        seed = check.whole("seed", _HIGHEST_SEED, "a whole number below 2**64")
        settings: dict[str, Any] = {
            "folder": check.read("folder", _folder, Path()),
            "fleet": check.read("fleet", _fleet, None),
            "front": check.read("front", _front, FRONTS[0]),
            "faults": check.read("fault", lambda _: Faults.parse(faults, seed), Faults(())),
            "stale_seconds": check.read("stale_seconds", require_seconds, 2.0),
            "most_per_minute": check.whole("most_per_minute", _MOST_PUSHES, "pushes a minute, or 0 for any number"),
            "environment": check.read("environment", _environment, "production"),
            "seed": seed,
            "host": check.read("host", _host, LOOPBACK),
            "ports": {name: check.whole(f"{name}_port", _HIGHEST_PORT, "a port, or 0") for name in LISTENERS},
        }
        if faults and settings["front"] != FAULTY:
            check.mistakes.append(f"--fault {faults[0]} needs the front end that has faults: add --front faulty.")
        if not options.get("folder"):
            check.mistakes.append("--folder is missing: name a directory for credentials and journal.")
        if check.mistakes:
            raise UsageError("\n".join(check.mistakes))
        return cls(**settings)


class _Check:
    """Reads one option at a time and gathers what is wrong."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self.mistakes: list[str] = []

    def read(self, name: str, parse: Callable[[str], Parsed], otherwise: Parsed) -> Parsed:
        """What `parse` makes of an option; `otherwise` if it is left out or cannot be used."""
        if self._options.get(name) in (None, "", ()):
            return otherwise
        try:
            return parse(str(self._options[name]))
        except UsageError as error:
            self.mistakes += str(error).splitlines()
            return otherwise

    def whole(self, name: str, most: int, remedy: str) -> int:
        """A whole number from 0 to `most`; 0 if it is left out."""

        def parse(text: str) -> int:
            if text.isascii() and text.isdecimal() and len(text) <= 20 and int(text) <= most:
                return int(text)
            raise UsageError(f"--{name.replace('_', '-')} {text} is out of range: give {remedy}.")

        return self.read(name, parse, 0)


def _folder(text: str) -> Path:
    folder = Path(text).absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--folder {text} cannot be made ({error.strerror}): name another.") from None
    return folder


def _fleet(text: str) -> Path:
    Description.read(Path(text))  # so that what is wrong with it is told with all the rest
    return Path(text)


def _front(text: str) -> str:
    if text not in FRONTS:
        raise UsageError(f"--front {text} is unknown: choose from {', '.join(FRONTS)}.")
    return text


def _environment(text: str) -> str:
    if text not in get_args(Environment):
        raise UsageError(f"--environment {text} is unknown: choose from {', '.join(get_args(Environment))}.")
    return text


def _host(text: str) -> str:
    """An address that clients can be told, and that a certificate can be made out to; names are not looked up."""
    try:
        address = ip_address(text)
    except ValueError:
        raise UsageError(f"--host {text} is no IP address: give one of this machine's, such as 127.0.0.1.") from None
    if address.is_unspecified or address.is_multicast:
        raise UsageError(f"--host {text} is no address to reach the gateways at: give the one that clients will use.")
    return str(address)
