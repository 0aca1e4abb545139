"""A shape: how many people arrive at any moment of a load, as a pure function of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, NamedTuple


class Stage(NamedTuple):
    """A part of a shape with a name of its own."""

    name: str
    share: float  # of the whole time
    levels: tuple[float, ...]  # of the peak, equally far apart in time, joined by straight lines; two at the least


class Limit(NamedTuple):
    """What a parameter of a shape is, unless it is given, and what it may be."""

    usual: float
    least: float
    most: float
    meaning: str
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of curve. `draw` makes its stages of its parameters; `own`: the run starts its target itself."""

    name: str
    description: str
    draw: Callable[[Mapping[str, float], bool], tuple[Stage, ...]]
    parameters: Mapping[str, Limit] = field(default_factory=dict)
    takes_target_away: bool = False  # in the stage AWAY
    # When a new version reaches the fleet, as shares of the time: from when on, and how long that takes.
    release: Callable[[Mapping[str, float]], tuple[float, float]] | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A shape over a given time. Moments are seconds since the load began."""

    shape: Shape
    stages: tuple[Stage, ...]  # their shares add up to 1
    seconds: float
    release: tuple[float, float] | None = None  # when a new version comes out, and over how many seconds it spreads

    @classmethod
    def of(cls, shape: Shape, parameters: Mapping[str, float], seconds: float, *, own: bool) -> "Curve":
        """Draw `shape` with some of its parameters, the others being as usual."""
        chosen = {**{name: limit.usual for name, limit in shape.parameters.items()}, **parameters}
        release = None
        if shape.release is not None:
            at, lasts = shape.release(chosen)
            release = (at * seconds, lasts * seconds)
        return cls(shape, shape.draw(chosen, own), seconds, release)

    @property
    def begins(self) -> list[float]:
        """When each stage begins."""
        ends = accumulate(stage.share for stage in self.stages)
        return [0.0, *(end * self.seconds for end in ends)][: len(self.stages)]

    def stage(self, moment: float) -> int:
        """Which stage a moment is in; the last one has no end."""
        return max(place for place, begin in enumerate(self.begins) if begin <= max(moment, 0.0))

    def at(self, moment: float) -> float:
        """The level, 0 to 1: a share of the peak."""
        place = self.stage(moment)
        stage = self.stages[place]
        length = stage.share * self.seconds
        into = min(max((moment - self.begins[place]) / length, 0.0), 1.0) * (len(stage.levels) - 1)
        left = min(int(into), len(stage.levels) - 2)
        before, after = stage.levels[left : left + 2]
        return before + (after - before) * (into - left)


def steady(name: str, share: float, level: float) -> Stage:
    """A stage of one level."""
    return Stage(name, share, (level, level))


AWAY: Final = "away"  # the stage in which the target is
