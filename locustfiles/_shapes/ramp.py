from collections.abc import Mapping

from locustfiles._shapes._curve import Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """Up in a straight line, then level."""
    up = parameters["up"]
    return Stage("up", up, (parameters["from"], 1.0)), steady("hold", 1 - up, 1.0)


SHAPE = Shape(
    name="ramp",
    description="Arrivals rise steadily to the peak, and stay there.",
    draw=draw,
    parameters={
        "up": Limit(0.7, 0.01, 0.99, "share of the time in which they rise"),
        "from": Limit(0.0, 0.0, 1.0, "share of the peak that they rise from"),
    },
)
