"""A mix in TOML: how often a device lives each scenario, and where that figure comes from.

    summary = "An ordinary day."
    push_share = 0.05              # of the people, who are pushed to after a scenario; left out: nobody

    [scenarios.app_launch]
    per_day = 4                    # or per_hour, per_week, per_month, per_year; every_days, … every_years; or weight
    share = 0.5                    # of the devices, that it is about; left out: all
    source = "…"                   # or assumption = "…"

The weights of scenarios follow from the rates. A mix that claims nothing of how often things happen gives each scenario
a `weight`, and no rates.
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from scenarios.registry import SCENARIOS
from simulator.errors import UsageError

_HERE: Final = Path(__file__).parent
MIXES: Final = tuple(sorted(path.stem for path in _HERE.glob("*.toml")))

_DAYS: Final = {"hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
_RATES: Final = {
    **{f"per_{unit}": 1 / days for unit, days in _DAYS.items()},
    **{f"every_{unit}s": days for unit, days in _DAYS.items()},
}
_WEIGHT: Final = "weight"
_MOST: Final = 1e12  # of anything, and its inverse the least: sums and quotients of such numbers are finite
_LONGEST: Final = 40  # characters of a value that is quoted
_OF_A_MIX: Final = ("summary", "push_share", "scenarios")
_OF_A_SCENARIO: Final = (_WEIGHT, *_RATES, "share", "source", "assumption")


class MixError(UsageError):
    """A mix that cannot be used; a sentence a line for everything that is wrong with it."""


@dataclass(frozen=True, slots=True)
class Lived:
    """How often a scenario is lived."""

    weight: float  # against the others'; in a mix of rates: how often a device of the population does so a day
    said: str  # as the file has it, such as "per_day = 4, of 0.5"
    source: str = ""  # whose figure that is
    assumption: str = ""  # why it is assumed, where nobody has said


@dataclass(frozen=True, slots=True)
class Mix:
    """How often each scenario is lived, by its name."""

    name: str
    summary: str
    scenarios: Mapping[str, Lived]
    by_rates: bool  # the weights are lives of a device a day, and no mere proportions
    push_share: float | None = None  # of the people, who are pushed to after a scenario of theirs; None: nobody

    @property
    def weights(self) -> dict[str, float]:
        """The scenarios that are lived at all, and their weights."""
        return {name: lived.weight for name, lived in self.scenarios.items() if lived.weight}

    @property
    def a_day(self) -> float | None:
        """How often a device lives a scenario a day, any of them; None if the mix does not say."""
        return sum(self.weights.values()) if self.by_rates else None


def read_mix(which: str) -> Mix:
    """The mix of this name, or else in this file. Raises MixError with a sentence for each mistake."""
    if which in MIXES:
        return _parse(which, (_HERE / f"{which}.toml").read_text("utf-8"), SCENARIOS)
    path = Path(which)
    if path.suffix != ".toml":
        raise MixError(f"--mix {which} is unknown: choose from {', '.join(MIXES)}, or name a file that ends in .toml.")
    try:
        return _parse(which, path.read_text("utf-8-sig"), SCENARIOS)
    except OSError as error:
        raise MixError(f"--mix {which} cannot be read ({error.strerror}): name another file.") from None
    except UnicodeDecodeError:
        raise MixError(f"--mix {which} is no text in UTF-8.") from None


def _parse(name: str, text: str, known: Collection[str]) -> Mix:
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise MixError(f"--mix {name} has arrays or tables nested too deep to be read.") from None
    except ValueError as error:  # TOMLDecodeError is one, and so is a number of more digits than Python converts
        raise MixError(f"--mix {name} is no TOML: {error}.") from None
    reading = _Reading(name, known)
    mix = reading.mix(document)
    if reading.errors:
        raise MixError("\n".join(f"--mix {name}: {error}" for error in reading.errors))
    return mix


@dataclass(slots=True)
class _Reading:
    """Reads one file and gathers what is wrong with it."""

    name: str
    known: Collection[str]
    errors: list[str] = field(default_factory=list)

    def mix(self, document: Mapping[str, Any]) -> Mix:
        self._keys("", document, _OF_A_MIX)
        share = document.get("push_share")
        if share is not None and not _is_share(share, zero=True):
            self.errors.append(f"push_share = {_shown(share)} is no share of the people: give 0 to 1.")
        tables = document.get("scenarios")
        if not isinstance(tables, dict) or not tables:
            self.errors.append("it has no scenarios: add a table such as [scenarios.app_launch] with per_day = 4.")
            tables = {}
        lived = {name: self._lived(name, table) for name, table in tables.items()}
        if tables and not self.errors and not any(each.weight for each in lived.values()):
            self.errors.append("nothing is lived: give at least one scenario more than 0.")
        by_weight = [name for name, table in tables.items() if isinstance(table, dict) and _WEIGHT in table]
        if by_weight and len(by_weight) < len(tables):
            self.errors.append(
                f"{', '.join(by_weight)} {'has' if len(by_weight) == 1 else 'have'} a weight and the others a rate, "
                "which cannot be compared: give all of them the one or all the other."
            )
        summary = document.get("summary", "")
        if not isinstance(summary, str):
            self.errors.append(f"summary = {_shown(summary)} is no text.")
        return Mix(self.name, str(summary), lived, by_rates=not by_weight, push_share=share)

    def _lived(self, name: str, table: Any) -> Lived:  # noqa: ANN401 - whatever TOML holds
        if name not in self.known:
            self.errors.append(f"scenario {name} is unknown: choose from {', '.join(sorted(self.known))}.")
        if not isinstance(table, dict):
            self.errors.append(f"scenario {name} is no table: write [scenarios.{name}] and its rate below.")
            return Lived(0, "")
        self._keys(f"scenario {name}: ", table, _OF_A_SCENARIO)
        share = table.get("share", 1)
        if not _is_share(share):
            self.errors.append(
                f"scenario {name}: share = {_shown(share)} is no share of the devices: give more than 0, to 1."
            )
            share = 1
        for key in ("source", "assumption"):
            if not isinstance(table.get(key, ""), str):
                self.errors.append(f"scenario {name}: {key} = {_shown(table[key])} is no text.")
        said, weight = self._rate(name, table)
        return Lived(
            weight * share,
            said + (f", of {share:g}" if "share" in table else ""),
            str(table.get("source", "")),
            str(table.get("assumption", "")),
        )

    def _rate(self, name: str, table: Mapping[str, Any]) -> tuple[str, float]:
        """What was said of how often, and that as a weight."""
        given = [key for key in table if key == _WEIGHT or key in _RATES]
        if len(given) != 1:
            much = f"has {' and '.join(given)}" if given else "has no weight and no rate"
            self.errors.append(f"scenario {name} {much}: give one, such as per_day = 4 or every_years = 3.")
            return "", 0
        key = given[0]
        number = table[key]
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= _MOST:
            self.errors.append(f"scenario {name}: {key} = {_shown(number)} is not a number from 0 to {_MOST:g}.")
            return "", 0
        if key.startswith("every_"):
            if number < 1 / _MOST:
                self.errors.append(f"scenario {name}: {key} = {number:g} would be all the time: give more.")
                return "", 0
            return f"{key} = {number:g}", 1 / (number * _RATES[key])
        return f"{key} = {number:g}", number * _RATES.get(key, 1)

    def _keys(self, where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        self.errors.extend(
            f"{where}{key} is no key of a mix: choose from {', '.join(known)}." for key in table if key not in known
        )


def _shown(value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    """As Python writes it, but nothing that fills the screen."""
    try:
        text = repr(value)
    except ValueError:  # TOML reads hexadecimal numbers of any length, and Python writes none of them in decimal
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_share(value: Any, *, zero: bool = False) -> bool:  # noqa: ANN401 - whatever TOML holds
    return type(value) in {int, float} and (0 < value <= 1 or (zero and value == 0))
