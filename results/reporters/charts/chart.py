"""Line charts as HTML and SVG: crisp at any width, readable without a script, and with values under the pointer.

The lines are an SVG stretched over the plot; all text is HTML beside it, and so keeps its size on a phone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import orjson
from jinja2 import Environment
from markupsafe import Markup

from results.reporters.charts.scales import Scale

# The SVG's own units. Only ratios matter, but tenths of them are lost in rounding: hence not 100.
WIDTH: Final = 1000
HEIGHT: Final = 300

_HAIR: Final = 3.0
_FEW: Final = 40  # points; so few are shown each
_LEGIBLE: Final = 4.0  # percent of the width, in which a few letters of a mark's name have room


@dataclass(frozen=True, slots=True)
class Series:
    """A line: a value for each of the chart's x values, NaN where there is none. `said` are the values as text."""

    name: str
    values: Sequence[float]
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Axis:
    """A scale and what it measures, with the unit: "seconds since the load began"."""

    title: str
    scale: Scale


@dataclass(frozen=True, slots=True)
class Chart:
    """Series over common x values. Up to four have a look of their own: colour, dashes and width."""

    id: str
    title: str
    caption: str  # what the chart shows, in words: for those who cannot see it too
    x: Axis
    y: Axis
    at: Sequence[float]  # x values, ascending
    said: Sequence[str]  # the same as text
    series: Sequence[Series]
    bands: Sequence[tuple[float, float]] = ()  # stretches of x to shade
    band_name: str = ""
    marks: Sequence[tuple[float, str]] = ()  # x values, ascending, from which on something has a name


def draw(chart: Chart, environment: Environment) -> Markup:
    """Render `chart` as a figure; the page's style and script make it look and answer."""
    place = [round(chart.x.scale.at(x), 4) for x in chart.at]
    lines = [_line(place, _heights(series, chart.y.scale)) for series in chart.series]
    html = environment.get_template("chart.html").render(
        chart=chart,
        lines=lines,
        dots=len(chart.at) <= _FEW,
        bands=_bands(chart),
        marks=_marks(chart),
        x_ticks=_inside(chart.x.scale),
        y_ticks=_inside(chart.y.scale),
        points=orjson.dumps(_points(chart, place)).decode(),
        width=WIDTH,
        height=HEIGHT,
    )
    return Markup(html)  # noqa: S704 - it comes from an escaping template


def _heights(series: Series, scale: Scale) -> list[float | None]:
    return [None if math.isnan(value) else round(min(1.0, max(0.0, scale.at(value))), 4) for value in series.values]


def _line(place: Sequence[float], heights: Sequence[float | None]) -> str:
    """An SVG path; where a value is missing, so is the line, and a lone value becomes a short dash of its own."""
    parts: list[str] = []
    drawn = False
    for x, height in zip(place, heights, strict=True):
        if height is not None:
            parts.append(f"{'L' if drawn else 'M'}{x * WIDTH:.1f} {(1 - height) * HEIGHT:.1f}{'' if drawn else 'h.1'}")
        drawn = height is not None
    return "".join(parts)


def _bands(chart: Chart) -> list[tuple[float, float]]:
    """Left end and width of each band in SVG units; a stretch too short to see is widened, and neighbours merge.

    However many there are, there is thus a bounded number of them to draw.
    """
    merged: list[tuple[float, float]] = []
    for begin, end in sorted(chart.bands):
        left, right = (min(1.0, max(0.0, chart.x.scale.at(x))) * WIDTH for x in (begin, end))
        right = max(right, left + _HAIR)
        if merged and left <= merged[-1][1]:
            left, reach = merged.pop()
            right = max(right, reach)
        merged.append((left, right))
    return [(round(left, 1), round(right - left, 1)) for left, right in merged]


def _marks(chart: Chart) -> list[tuple[float, float, str]]:
    """Place of each mark and the room to the next, in percent, and its name: none where there is no room for it."""
    places = [round(100 * min(1.0, max(0.0, chart.x.scale.at(x))), 2) for x, _ in chart.marks]
    found = []
    for (place, after), (_, name) in zip(pairwise([*places, 100.0]), chart.marks, strict=True):
        wide = round(after - place, 2)
        found.append((place, wide, name if wide >= _LEGIBLE else ""))
    return found


def _inside(scale: Scale) -> list[tuple[float, str]]:
    return [(round(100 * place, 3), text) for place, text in scale.ticks()]


def _points(chart: Chart, place: Sequence[float]) -> list[list[Any]]:
    """What the pointer shows: for each x its place, its text, and for each series its height and its text."""
    heights = [_heights(series, chart.y.scale) for series in chart.series]
    said = [series.said for series in chart.series]
    return [
        [x, text, list(high), list(texts)]
        for x, text, high, texts in zip(
            place, chart.said, zip(*heights, strict=True), zip(*said, strict=True), strict=True
        )
    ]
