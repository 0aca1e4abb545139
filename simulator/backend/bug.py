"""What planting a fault means."""

import zlib
from dataclasses import dataclass
from typing import Final

from simulator.backend.app import App
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.push import Pipeline
from simulator.backend.store import Store

_HASHES: Final = 2**32


@dataclass(frozen=True, slots=True)
class Bug:
    """A fault that can be planted: parts of the backend, replaced by subclasses that are wrong in one way.

    `shows` names the anomalies that give it away in any run that lives long enough and is read back, by the ids of the
    summary's schema; it is empty where only a gate can catch it. Whoever loads or judges must not know it.
    """

    name: str  # as --bug takes it
    description: str  # one sentence
    shows: tuple[str, ...]
    store: type[Store] = Store
    app: type[App] = App
    push: type[Pipeline] = Pipeline
    tokens: type[ClientTokens] = ClientTokens
    options: tuple[str, ...] = ()  # of the run that gives it a chance, where everyday life gives none; in pairs
    scenario: str = ""  # that gives it a chance alone, with the other options; none where it takes a fault


class Share:
    """Hits a fixed share (0 to 1) of the calls, spread irregularly and the same in every run.

    The nth call is hit if the CRC-32 of the name and n falls into the share: no two bugs hit the same calls.
    """

    def __init__(self, name: str, share: float) -> None:
        self._name = name
        self._below = share * _HASHES
        self._calls = 0

    def hit(self) -> bool:
        """Whether this call is one of the share."""
        self._calls += 1
        return zlib.crc32(f"{self._name} {self._calls}".encode()) < self._below
