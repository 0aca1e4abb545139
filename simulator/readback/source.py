"""The ways of reading a backend's store, found by the scheme of their spec."""

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Final, NamedTuple, Protocol

from simulator.errors import UsageError


class Row(NamedTuple):
    """One subscription as the store has it."""

    type: str
    device_id: str
    client_id: str | None
    token: str


class Source(Protocol):
    """Something that holds subscriptions; `str()` of it is its spec without a password."""

    def rows(self) -> Iterator[Row]:
        """Every subscription it holds now; CannotKnow when it cannot be read."""
        ...


OPENERS: Final[dict[str, Callable[[str], Source]]] = {}


def source(scheme: str) -> Callable[[Callable[[str], Source]], Callable[[str], Source]]:
    """Register an opener, which gets the spec without its scheme, and raises UsageError if it makes no sense."""

    def register(opener: Callable[[str], Source]) -> Callable[[str], Source]:
        OPENERS[scheme] = opener
        return opener

    return register


def parse_spec(spec: str) -> Source:
    """The source a spec names, not opened yet; UsageError when the scheme is unknown or the rest makes no sense."""
    _load_all()
    scheme, colon, rest = spec.partition(":")
    if not colon or scheme not in OPENERS:
        # Only its first word is shown: what follows may hold a password.
        known = ", ".join(f"{name}:" for name in OPENERS)
        raise UsageError(f"--readback {scheme} names no way of reading: begin it with {known}.")
    return OPENERS[scheme](rest)


def _load_all() -> None:
    package = import_module("simulator.readback")
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
