from collections.abc import Mapping

from locustfiles._shapes._curve import Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """The peak in four quarters, which ought to be alike: what leaks or fills up makes the last one slower."""
    up = parameters["up"]
    quarters = (steady(f"quarter {number}", (1 - up) / 4, 1.0) for number in range(1, 5))
    return Stage("up", up, (0.0, 1.0)), *quarters


SHAPE = Shape(
    name="soak",
    description="Arrivals rise soon to the peak and stay there; its quarters are told apart.",
    draw=draw,
    parameters={"up": Limit(0.1, 0.001, 0.5, "share of the time in which they rise")},
)
