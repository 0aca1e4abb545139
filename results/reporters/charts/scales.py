"""From values to places on an axis: 0 is its beginning, 1 its end."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from results.reporters.numbers import plain

_STEPS: Final = (1, 2, 5, 10)
_LEAST_TICKS: Final = 4

# Beyond this ratio of the greatest to the least value a linear axis presses the small ones flat.
_WIDE: Final = 30

_MOST_DECADES: Final = 1e5  # a logarithmic axis over more has no room for what matters


class Scale(Protocol):
    """An axis without its looks."""

    @property
    def note(self) -> str:
        """What readers must know of the scale; empty if it is the usual one."""

    def at(self, value: float) -> float:
        """The place of `value`, 0 to 1."""

    def ticks(self) -> list[tuple[float, str]]:
        """Places and texts of the marks, ascending."""


@dataclass(frozen=True, slots=True)
class Linear:
    """Equal differences are equally far apart."""

    low: float
    high: float
    note: str = ""

    @classmethod
    def over(cls, values: Iterable[float]) -> "Linear":
        """From 0 to a round number that no value exceeds."""
        greatest = max(values, default=0.0)
        step = _step(greatest or 1.0)
        return cls(0.0, math.ceil((greatest or 1.0) / step - 1e-9) * step)

    def at(self, value: float) -> float:
        """The place of `value`; beyond 0 and 1 if it lies outside the axis."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0

    def ticks(self) -> list[tuple[float, str]]:
        """Round numbers at equal distances."""
        step = _step(self.high - self.low)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(self.at(index * step), plain(index * step)) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Log:
    """Equal ratios are equally far apart; values at or below `low` lie at its beginning."""

    low: float
    high: float
    note: str = "logarithmic"

    @classmethod
    def over(cls, values: Iterable[float]) -> "Log":
        """Between steps of 1, 2, 5 around the positive `values`, but no more than five decades."""
        positive = [value for value in values if value > 0] or [1.0]
        high = _up(max(positive))
        low = _down(max(min(positive), high / _MOST_DECADES))
        return cls(low, high if high > low else low * 10)

    def at(self, value: float) -> float:
        """The place of `value`, 0 for all up to `low`."""
        return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[tuple[float, str]]:
        """Powers of ten, and steps between them while there is room."""
        first, last = math.floor(math.log10(self.low) + 1e-9), math.ceil(math.log10(self.high) - 1e-9)
        steps = (1, 2, 5) if last - first < 3 else (1, 3) if last - first < 4 else (1,)
        marks = [step * 10.0**power for power in range(first, last + 1) for step in steps]
        inside = [mark for mark in marks if self.low * (1 - 1e-9) <= mark <= self.high * (1 + 1e-9)]
        return [(self.at(mark), plain(mark)) for mark in inside]


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Each nine takes as much room as the one before it, as in HdrHistogram's plots: 0 %, 90 %, 99 %, 99.9 %."""

    nines: float  # up to 1 - 10 ** -nines
    note: str = ""

    def at(self, value: float) -> float:
        """The place of quantile `value`, 0 to 1 and not 1 itself."""
        return min(1.0, -math.log10(max(1 - value, 1e-300)) / self.nines)

    def ticks(self) -> list[tuple[float, str]]:
        """50 %, then nine by nine."""
        whole = [1 - 10.0**-nines for nines in range(1, math.floor(self.nines + 1e-9) + 1)]
        return [(self.at(q), f"{100 * q:.10g} %") for q in [0.5, *whole]]


def suited(values: Iterable[float]) -> Scale:
    """A linear scale, or a logarithmic one where a linear one would press the smaller values flat."""
    known = [value for value in values if not math.isnan(value)]
    positive = [value for value in known if value > 0]
    if positive and max(positive) / min(positive) > _WIDE:
        return Log.over(known)
    return Linear.over(known)


def _step(span: float) -> float:
    """The roundest step that gives at least a few ticks over `span`."""
    power = 10.0 ** math.floor(math.log10(span / _LEAST_TICKS))
    return next(step * power for step in reversed(_STEPS) if span / (step * power) >= _LEAST_TICKS - 1e-9)


def _down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5, 2, 1) if step * power <= value * (1 + 1e-9))


def _up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _STEPS if step * power >= value * (1 - 1e-9))
