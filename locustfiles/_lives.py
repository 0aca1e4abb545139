"""Which scenarios a run lives, and how often each: a mix's weights, but for those that were given."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from scenarios import SCENARIOS
from scenarios.mixes import Mix, read_mix
from simulator.fleet import makes
from simulator.phones import Wants
from simulator.sdks import read_mixture

USUAL: Final = "everyday"


def mix_of(options: Mapping[str, Any]) -> Mix | None:
    """The mix that a run lives; None if only single scenarios were asked for. Raises UsageError."""
    asked = options.get("mix")
    if not asked and options.get("scenario"):
        return None
    return read_mix(str(asked or USUAL))


def weigh_up(asked: Sequence[str], mix: Mix | None, *, pushes: bool) -> tuple[dict[str, float], list[str]]:
    """Weights by scenario, of those that are lived, and a sentence for each mistake in what was asked for.

    `asked` is NAME[=WEIGHT], each in place of the mix's weight. Scenarios of a mix that push are left out where nobody
    sees the pushes; one that was asked for by name is a mistake there.
    """
    weights = {} if mix is None else dict(mix.weights)
    if not pushes:
        weights = {name: weight for name, weight in weights.items() if not SCENARIOS[name].pushes}
    errors: list[str] = []
    for text in map(str, asked):
        name, _, weight = text.partition("=")
        if name not in SCENARIOS:
            errors.append(f"--scenario {name} is unknown: choose from {', '.join(sorted(SCENARIOS))}.")
            continue
        # A scenario's own weight is no rate: a mix knows better, or it is lived once where the mix has a 1.
        usual = (SCENARIOS[name].weight if mix is None else mix.weights.get(name)) or 1
        number = _number(weight) if weight else usual
        if number is None:
            errors.append(f"--scenario {text}: the weight {weight} is not a number above 0, as in app_launch=3.")
            continue
        weights[name] = number
        if SCENARIOS[name].pushes and not pushes:
            errors.append(
                f"--scenario {name} pushes and waits for what that reaches, and this run has no gateways to see "
                "it: add --readback push (push?share=0 if nobody else is to be pushed to)."
            )
    if not weights and not errors and mix is not None:
        errors.append(f"--mix {mix.name} only pushes, and this run has no gateways to see it: add --readback push.")
    return weights, errors


def nobody_lives(weights: Mapping[str, float], sdk: str) -> dict[str, str]:
    """Why nobody can live a scenario where apps call by this SDK or mixture, by its name, of those that nobody can."""
    there_are = makes(read_mixture(sdk))
    wanted = {name: SCENARIOS[name].wants for name in weights}
    return {
        name: f"{name} is about devices {_about(wants)}, and with --sdk {sdk} there are none"
        for name, wants in wanted.items()
        if not any(map(wants.fit, there_are))
    }


def _about(wants: Wants) -> str:
    kept = " or ".join(keeper.name.lower() for keeper in wants.keepers)
    said = [
        f"that run {wants.platform.label}" if wants.platform is not None else "",
        f"of the type {wants.type.wire}" if wants.type is not None else "",
        f"with a deviceId in {kept}" if kept else "",
    ]
    return " and ".join(filter(None, said))


def _number(weight: str) -> float | None:
    try:
        number = float(weight)
    except ValueError:
        return None
    return number if 0 < number < float("inf") else None
