from collections.abc import Mapping

from locustfiles._shapes._curve import Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """Low, at once the peak, and low again, so that it shows how long the target takes to recover."""
    base, at, lasts = parameters["base"], parameters["at"], parameters["lasts"]
    return steady("before", at, base), steady("spike", lasts, 1.0), steady("after", 1 - at - lasts, base)


SHAPE = Shape(
    name="spike",
    description="Few arrivals, all at once the peak, and few again.",
    draw=draw,
    parameters={
        "base": Limit(0.2, 0.0, 1.0, "share of the peak before and after"),
        "at": Limit(0.4, 0.01, 0.49, "share of the time before the spike"),
        "lasts": Limit(0.2, 0.01, 0.5, "share of the time that it lasts"),
    },
)
