"""A witness drawn: time from left to right, a lane for each operation, and the stretch in which they contradict.

An operation of a millisecond and a wait of a minute stand side by side in one witness, so the time axis is not to
scale: every moment keeps its order and gets room of its own, and a longer time gets more, by its logarithm.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from results.judgement import Example, Step

WIDTH: Final = 1000  # the SVG's own units, of a lane
_MARGIN: Final = 0.02  # left of the first moment and right of the last, as a share of all
_DECADE: Final = 0.7  # how much more room a tenfold time gets, in rooms of the shortest
_BETWEEN: Final = 0.22  # of the width: marks closer than this would touch on a phone


@dataclass(frozen=True, slots=True)
class Lane:
    """One operation: what it was, and its bar in SVG units."""

    name: str
    text: str
    time: str
    part: str  # wrong, proof, excuse
    left: float
    right: float
    is_open: bool  # it may act later still


@dataclass(frozen=True, slots=True)
class Lanes:
    """A drawing. `band` is (left, width) in SVG units; `ticks` are places in percent and their texts."""

    lanes: list[Lane]
    band: tuple[float, float] | None
    band_text: str
    ticks: list[tuple[float, str]]


def lanes(example: Example) -> Lanes:
    """Draw an example's witness."""
    steps, must = example.witness, example.must
    claimed = () if must is None else (must.began, must.ended)
    place = _places([*claimed, *(moment for step in steps for moment in (step.began, step.ended))])
    people = {step.person for step in steps if step.person is not None}
    drawn = [_lane(step, place, example.register, several=len(people) > 1) for step in steps]
    if must is None:
        return Lanes(drawn, None, "", _ticks([steps[0].began, steps[-1].ended] if steps else [], place))
    left, right = (WIDTH * place[moment] for moment in claimed)
    text = f"{must.text}: {_seconds(must.ended - must.began)}"
    return Lanes(drawn, (round(left, 1), round(right - left, 1)), text, _ticks(claimed, place))


def _lane(step: Step, place: dict[float, float], register: str, *, several: bool) -> Lane:
    who = f" by person {step.person}" if several and step.person is not None and step.call.endswith("subscribe") else ""
    whom = f" of person {step.person}" if several and step.person is not None and not who else ""
    where = "" if step.register in ("", register) else f" for {step.register}"
    token = f" {step.token}" if step.token and step.call == "subscribe" else ""
    return Lane(
        name=f"{step.call}{token}",
        text=f"{step.text}{who or whom}{where}",
        time=f"{_moment(step.began)} to {_moment(step.ended)} s",
        part=step.part,
        left=round(WIDTH * place[step.began], 1),
        right=round(WIDTH * place[step.ended], 1),
        is_open=step.outcome == "info",
    )


def _places(moments: Sequence[float]) -> dict[float, float]:
    """Moment → its place, 0 to 1."""
    ordered = sorted(set(moments))
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    least = min(gaps, default=1.0)
    rooms = [1 + _DECADE * math.log10(gap / least) for gap in gaps]
    scale = (1 - 2 * _MARGIN) / sum(rooms) if rooms else 0.0
    places, at = {}, _MARGIN
    for moment, room in zip(ordered, [*rooms, 0.0], strict=True):
        places[moment] = at
        at += room * scale
    return places


def _ticks(moments: Sequence[float], place: dict[float, float]) -> list[tuple[float, str]]:
    """Marks for these moments, the later ones of such as lie too close left out."""
    kept: list[float] = []
    for moment in moments:
        if all(abs(place[moment] - place[other]) >= _BETWEEN for other in kept):
            kept.append(moment)
    return [(round(100 * place[moment], 2), f"{_moment(moment)} s") for moment in kept]


def _moment(seconds: float) -> str:
    return f"{seconds:06.3f}"


def _seconds(seconds: float) -> str:
    return f"{seconds:,.3f} s" if seconds < 1 else f"{seconds:,.2f} s"
