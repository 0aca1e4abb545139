"""`--shape NAME` or `NAME:key=value,…`, checked whole."""

from typing import Final

from locustfiles._shapes import SHAPES, Curve, Shape
from simulator.errors import UsageError

USUAL_SECONDS: Final = 60  # of a load with a shape for which no time is given
SHORTEST: Final = 1.0  # seconds of a stage: Locust looks once a second what its shape says


def parse_shape(text: str, seconds: float, *, own: bool) -> Curve:
    """The curve that `text` asks for over a load of so many seconds; `own`: the run starts its target itself.

    Raises UsageError with a line for every mistake.
    """
    name, _, rest = text.partition(":")
    shape = SHAPES.get(name)
    if shape is None:
        raise UsageError(f"--shape {name} is unknown: choose from {', '.join(SHAPES)}.")
    parameters, mistakes = _parameters(shape, rest)
    if mistakes:
        raise UsageError("\n".join(mistakes))
    curve = Curve.of(shape, parameters, seconds, own=own)
    shortest = min(stage.share for stage in curve.stages)
    if shortest * seconds < SHORTEST:
        needed = int(SHORTEST / shortest) + 1
        raise UsageError(
            f"--shape {text} has a stage of {shortest * seconds:.2g} s in a load of {seconds:g} s, and Locust changes "
            f"the rate once a second: give --run-time {needed}s or more."
        )
    return curve


def _parameters(shape: Shape, text: str) -> tuple[dict[str, float], list[str]]:
    found, mistakes = dict[str, float](), list[str]()
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        limit = shape.parameters.get(name)
        if limit is None:
            known = ", ".join(shape.parameters) or "none"
            mistakes.append(f"--shape {shape.name} has no parameter {name}: it has {known}.")
            continue
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if name in found:
            mistakes.append(f"--shape {shape.name} is given {name} twice: once is enough.")
        elif not limit.least <= number <= limit.most or (limit.is_whole and number % 1):
            kind = "a whole number" if limit.is_whole else "a number"
            mistakes.append(
                f"--shape {shape.name}: {part} ({limit.meaning}) is not {kind} from {limit.least:g} to {limit.most:g}."
            )
        else:
            found[name] = number
    return found, mistakes
