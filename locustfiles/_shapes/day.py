from collections.abc import Mapping
from typing import Final

from locustfiles._shapes._curve import Shape, Stage

# How many phones register at each full hour, of the most at any: an assumption, to be replaced by what a deployment's
# own access log shows. It has what chat apps' days have in common: the least at four in the morning, a rise with the
# alarm clocks, a bump at noon, and the most in the evening.
HOURS: Final = (
    *(0.40, 0.22, 0.13, 0.09, 0.07, 0.10),
    *(0.24, 0.48, 0.66, 0.70),
    *(0.69, 0.72, 0.80, 0.76),
    *(0.71, 0.70, 0.73, 0.79),
    *(0.86, 0.93, 0.99, 1.00),
    *(0.88, 0.64),
)

_STAGES: Final = (("night", 0, 6), ("morning", 6, 10), ("midday", 10, 14), ("afternoon", 14, 18), ("evening", 18, 22))


def draw(_parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """From midnight to midnight."""
    around = (*HOURS, HOURS[0])
    parts = (*_STAGES, ("late", 22, 24))
    return tuple(Stage(name, (end - begin) / 24, around[begin : end + 1]) for name, begin, end in parts)


SHAPE = Shape(
    name="day",
    description="A whole day from midnight to midnight, compressed to the time of the load.",
    draw=draw,
)
