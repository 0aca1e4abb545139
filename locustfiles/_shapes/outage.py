from collections.abc import Mapping

from locustfiles._shapes._curve import AWAY, Limit, Shape, Stage, steady


def draw(parameters: Mapping[str, float], own: bool) -> tuple[Stage, ...]:  # noqa: FBT001 - every shape is asked alike
    """Everyday arrivals; the target goes away; whoever was turned away comes back at once, on top of the others.

    Our own target really goes, and phones go on trying. Another one stays, so nobody may arrive instead.
    """
    base, at, away = parameters["base"], parameters["at"], parameters["away"]
    # A triangle on top of the base, as large as what was missed: half of its length times its height.
    surge = 2 * base * away / (1 - base)
    levels = tuple(max(base, 1 - (1 - base) * place / _FINE * (1 - at - away) / surge) for place in range(_FINE + 1))
    return (
        steady("before", at, base),
        steady(AWAY, away, base if own else 0.0),
        Stage("back", 1 - at - away, levels),
    )


_FINE = 200  # straight lines, in one of which the bend lies

SHAPE = Shape(
    name="outage",
    description="The target goes away, and everyone comes back at once; a --host stays, and nobody arrives instead.",
    draw=draw,
    parameters={
        "base": Limit(0.25, 0.01, 0.5, "share of the peak on a day without an outage"),
        "at": Limit(0.3, 0.01, 0.5, "share of the time before it"),
        "away": Limit(0.2, 0.01, 0.25, "share of the time for which the target is away"),
    },
    takes_target_away=True,
)
