from collections.abc import Mapping

from locustfiles._shapes._curve import Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], _own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """Everyday arrivals all the time; the devices that update come on top, and are the rush and the tail."""
    at, lasts = parameters["at"], parameters["lasts"]
    rush = lasts * _RUSH
    return (
        steady("before", at, 1.0),
        steady("rush", rush, 1.0),
        steady("tail", lasts - rush, 1.0),
        steady("after", 1 - at - lasts, 1.0),
    )


_RUSH = 0.3  # of the time that the release takes, in which most of the fleet updates; see `spread`

SHAPE = Shape(
    name="release_day",
    description="A new version reaches the fleet: every device registers a new token, once, beside everyday arrivals.",
    draw=draw,
    parameters={
        "at": Limit(0.1, 0.01, 0.19, "share of the time before the release"),
        "lasts": Limit(0.6, 0.01, 0.8, "share of the time in which the fleet updates"),
    },
    release=lambda parameters: (parameters["at"], parameters["lasts"]),
)
