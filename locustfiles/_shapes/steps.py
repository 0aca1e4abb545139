from collections.abc import Mapping

from locustfiles._shapes._curve import Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """Steps of equal height and length."""
    count = round(parameters["count"])
    return tuple(steady(f"step {step}", 1 / count, step / count) for step in range(1, count + 1))


SHAPE = Shape(
    name="steps",
    description="Arrivals rise to the peak in steps of equal height and length.",
    draw=draw,
    parameters={"count": Limit(5, 2, 100, "how many steps", is_whole=True)},
)
