"""A network in TOML: how far away the server is by it, and how often it fails; one network a file in this folder.

    summary = "4G in a town."

    [round_trip]
    median_ms = 70
    p95_ms = 250
    source = "…"                # or assumption = "…"; every table says one of the two

    [lost]                      # of the calls: no byte leaves the phone
    share = 0.005
    after_s = 0                 # how soon the app is told; left out: it waits for its own time-out

    [cut]                       # of the calls: the connection ends in mid-request
    share = 0.001

    [unanswered]                # of the calls: the connection ends when all was sent and nothing was read
    share = 0.003

    [hand_over]                 # between two calls of one scenario: the connection is lost
    share = 0.03
    to = "wifi"                 # what the phone is on then; left out: any network of the run's, by its share

A mixture of networks is a file with shares that add up to 1:

    summary = "People with their phones, all day."

    [shares.wifi]
    share = 0.55
    assumption = "…"
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite, log
from pathlib import Path
from typing import Any, Final

from simulator.errors import UsageError
from simulator.sourced import WHOSE, misshared, unknown, unsourced

NONE: Final = "none"  # the name of having no simulated network
LONGEST: Final = 4.0  # times the p95: no way takes longer, so that a run's end can be waited for
_HERE: Final = Path(__file__).parent
NETWORKS: Final = tuple(sorted(path.stem for path in _HERE.glob("*.toml")))

_Z95: Final = 1.6449  # the 95th percentile of the normal distribution
_MS: Final = 1000.0
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "round_trip": ("median_ms", "p95_ms"),
    "lost": ("share", "after_s"),
    "cut": ("share",),
    "unanswered": ("share",),
    "hand_over": ("share", "to"),
}
_OPTIONAL: Final = frozenset({"after_s", "to"})


class NetworkError(UsageError):
    """A network that cannot be used; a sentence a line for everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Network:
    """What one network does to calls. Shares are 0 to 1, of the calls, and of those between two of them."""

    name: str
    summary: str
    median: float  # seconds, of a round trip
    p95: float  # seconds
    lost: float
    lost_after: float | None  # seconds; None: the app's own time-out
    cut: float
    unanswered: float
    hand_over: float
    to: str | None  # the network after a hand-over; None: any of the run's, by its share

    @property
    def sigma(self) -> float:
        """The standard deviation of a round trip's logarithm: round trips are log-normal."""
        return log(self.p95 / self.median) / _Z95

    @property
    def longest(self) -> float:
        """Seconds that a round trip takes at the most."""
        return LONGEST * self.p95


@dataclass(frozen=True, slots=True)
class Mixture:
    """The networks that people are on, each by its share."""

    name: str
    summary: str
    shares: Mapping[Network, float]
    known: Mapping[str, Network] = field(compare=False)  # these, and those that a hand-over leads to


def read_mixture(name: str) -> Mixture:
    """The mixture of this name; one network alone is a mixture too. Raises NetworkError."""
    if name not in NETWORKS:
        raise NetworkError(f"--network {name} is unknown: choose from {', '.join((NONE, *NETWORKS))}.")
    document = _document(name)
    tables = document.get("shares")
    whole = _shares(name, document, tables) if isinstance(tables, dict) else {name: 1.0}
    known: dict[str, Network] = {}
    wanted = [*whole]
    while wanted:
        if (each := wanted.pop()) not in known:
            network = known[each] = _network(each, _document(each))
            wanted.extend([network.to] if network.to is not None else [])
    return Mixture(name, document["summary"], {known[each]: share for each, share in whole.items()}, known)


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads((_HERE / f"{name}.toml").read_text("utf-8"))


def _network(name: str, document: Mapping[str, Any]) -> Network:
    if errors := list(mistakes(document, NETWORKS)):
        raise NetworkError("\n".join(f"network {name}: {error}" for error in errors))
    round_trip = document["round_trip"]
    return Network(
        name=name,
        summary=document["summary"],
        median=round_trip["median_ms"] / _MS,
        p95=round_trip["p95_ms"] / _MS,
        lost=float(document["lost"]["share"]),
        lost_after=document["lost"].get("after_s"),
        cut=float(document["cut"]["share"]),
        unanswered=float(document["unanswered"]["share"]),
        hand_over=float(document["hand_over"]["share"]),
        to=document["hand_over"].get("to"),
    )


def _shares(name: str, document: Mapping[str, Any], tables: Mapping[str, Any]) -> dict[str, float]:
    if errors := list(mistakes_of_mixture(document, NETWORKS)):
        raise NetworkError("\n".join(f"network {name}: {error}" for error in errors))
    return {each: float(table["share"]) for each, table in tables.items()}


def mistakes(document: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    """A sentence for each thing that is wrong with a network's file; `names` are those that a hand-over may lead to."""
    yield from unknown("", document, ("summary", *_KEYS))
    if not isinstance(document.get("summary"), str):
        yield "it has no summary: tell the network in a sentence."
    for name, keys in _KEYS.items():
        table = document.get(name)
        if not isinstance(table, dict):
            yield f"it has no table [{name}]."
            continue
        yield from unknown(f"{name}: ", table, (*keys, *WHOSE))
        yield from unsourced(name, table)
        for key in keys:
            if key in table or key not in _OPTIONAL:
                yield from _value(name, key, table.get(key), names)
    yield from _together(document)


def mistakes_of_mixture(document: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    """A sentence for each thing that is wrong with a mixture's file; `names` are the networks that there are."""
    yield from unknown("", document, ("summary", "shares"))
    if not isinstance(document.get("summary"), str):
        yield "it has no summary: tell the mixture in a sentence."
    for name in document["shares"]:
        if name not in names:
            yield f"shares.{name} is no network: choose from {', '.join(names)}."
    yield from misshared("shares", document["shares"])


def _value(where: str, key: str, value: object, names: Collection[str]) -> Iterator[str]:
    if key == "to":
        if value not in names:
            yield f"{where}: to = {value!r} is no network: choose from {', '.join(names)}."
    elif isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
        yield f"{where}: {key} = {value!r} is not a number from 0 on."
    elif key == "share" and value > 1:
        yield f"{where}: share = {value!r} is no share: give 0 to 1."
    elif key.endswith("_ms") and value == 0:
        yield f"{where}: {key} = 0: no answer comes before it was asked for."


def _together(document: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with figures that are each right."""
    tables = [document.get(name) for name in ("round_trip", "lost", "cut", "unanswered")]
    if not all(isinstance(table, dict) for table in tables):
        return
    round_trip, *ends = (table for table in tables if table is not None)
    numbers = [round_trip.get("median_ms"), round_trip.get("p95_ms"), *(end.get("share") for end in ends)]
    if not all(isinstance(number, int | float) for number in numbers):
        return
    median, p95, *shares = numbers
    if p95 < median:
        yield f"round_trip: p95_ms = {p95:g} is below median_ms = {median:g}."
    if sum(shares) > 1:
        yield f"lost, cut and unanswered add up to {sum(shares):g}: no more than all calls can fail."
