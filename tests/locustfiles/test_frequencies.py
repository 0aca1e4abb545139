"""Scenarios are lived as often as was asked for, however few Locust users there are."""

from collections import Counter, defaultdict
from random import Random

import pytest

from locustfiles._frequencies import Frequencies
from scenarios import SCENARIOS
from scenarios.mixes import read_mix
from tests.chi_square import fits

ARRIVALS = 200_000
LAUNCH, ROTATION = SCENARIOS["app_launch"], SCENARIOS["token_rotation"]
MIXES = ("everyday", "morning", "release_day", "chat_heavy", "adversarial")


def lived(weights: dict[str, float]) -> "Counter[str]":
    drawn = Frequencies(weights, Random(2))
    return Counter(drawn.draw(LAUNCH).name for _ in range(ARRIVALS))


def shares(weights: dict[str, float]) -> dict[str, float]:
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def few_together(counts: "Counter[str]", of: dict[str, float]) -> tuple["Counter[str]", dict[str, float]]:
    """Those due fewer than ten times as one kind: of so few, no chi-square is worth anything."""
    counted, joined = Counter[str](), defaultdict[str, float](float)
    for name, share in of.items():
        kind = "rare" if share * ARRIVALS < 10 else name
        counted[kind] += counts[name]
        joined[kind] += share
    return counted, dict(joined)


@pytest.mark.parametrize("mix", MIXES)
def test_a_mixs_scenarios_are_lived_in_their_shares(mix: str) -> None:
    weights = read_mix(mix).weights
    assert fits(*few_together(lived(weights), shares(weights)))


def test_the_check_of_shares_fires_where_rare_scenarios_have_a_whole_user_each() -> None:
    """So Locust's users are dealt out: `everyday` at 300 arrivals a second would be far from what it says."""
    weights = read_mix("everyday").weights
    rounded = {name: float(max(1, round(share * 300))) for name, share in shares(weights).items()}
    assert not fits(*few_together(lived(rounded), shares(weights)))


def test_a_rare_scenario_is_lived_as_rarely_as_its_weight_has_it_and_no_more_rarely() -> None:
    found = lived({"app_launch": 999.0, "token_rotation": 1.0})
    assert fits(found, {"app_launch": 0.999, "token_rotation": 0.001})
    assert found["token_rotation"] > 0


def test_without_weights_a_user_lives_its_own() -> None:
    drawn = Frequencies({}, Random(2))
    assert [drawn.draw(each) for each in (ROTATION, LAUNCH)] == [ROTATION, LAUNCH]
