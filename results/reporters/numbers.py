"""Numbers as people read them: thousands separated, no more digits than mean something, the unit always there."""

import math
from typing import Final

from results.wording import several

NONE: Final = "\N{EN DASH}"

_MS_UNITS: Final = ((3_600_000.0, "h"), (60_000.0, "min"), (1_000.0, "s"), (1.0, "ms"), (0.001, "µs"))


def count(number: float | None) -> str:
    """A whole number: 1,234,567."""
    return NONE if number is None else f"{number:,.0f}"


def figure(number: float | None) -> str:
    """Three significant digits or all before the point: 0.0123, 1.23, 12.3, 1,234."""
    if number is None or math.isnan(number):
        return NONE
    if number == 0:
        return "0"
    rounded = float(f"{number:.2e}")  # 9.999 is 10.0, and no 10.00
    digits = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return f"{number:,.{digits}f}"


def plain(number: float) -> str:
    """A round number without any digit it does not need: 0.5, 20, 1,000."""
    return f"{number:,.10f}".rstrip("0").rstrip(".")


def ms(number: float | None) -> str:
    """Milliseconds for a column of them: 0.12, 3.40, 12.3, 1,234."""
    if number is None or math.isnan(number):
        return NONE
    return f"{number:,.{2 if round(number, 2) < 10 else 1 if round(number, 1) < 100 else 0}f}"


def duration(milliseconds: float | None) -> str:
    """A duration in the unit that suits it: 480 µs, 3.2 ms, 2.15 s, 12 min."""
    if milliseconds is None or math.isnan(milliseconds):
        return NONE
    if milliseconds == 0:
        return "0 ms"
    size, unit = next(((size, unit) for size, unit in _MS_UNITS if milliseconds >= size), (0.001, "µs"))
    text = figure(milliseconds / size)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}"


def percent(part: float, whole: float) -> str:
    """A share of a whole: 0 %, 0.03 %, 12 %; a little of something is never 0 %."""
    if not whole:
        return NONE
    share = 100 * part / whole
    if share in {0, 100}:
        return f"{share:.0f} %"
    return "< 0.001 %" if share < 0.001 else f"{figure(share)} %" if share < 99 else f"{share:.2f} %"


def measured(number: float | None, unit: str) -> str:
    """A gate's figure with its unit."""
    if number is None:
        return NONE
    if unit == "anomalies":
        return several(round(number), "anomaly", unit)
    return f"{figure(number)}{unit}" if unit == "/s" else f"{figure(number)} {unit}"
