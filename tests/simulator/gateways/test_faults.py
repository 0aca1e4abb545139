"""Faults as they are typed and drawn."""

from collections import Counter

import pytest

from simulator.errors import UsageError
from simulator.gateways.faults import Fault, Faults

KNOWN = "goaway, reset, stall, slow, throttle, unavailable, shutdown, error"
FORM = "NAME=SHARE or NAME=SHARE:SECONDS, such as throttle=0.05:2"


def test_each_is_a_share_and_has_its_usual_seconds() -> None:
    typed = [f"{name}=0.1" for name in KNOWN.split(", ")]
    assert Faults.parse(typed, 1).kinds == (
        Fault("goaway", 0.1, 0.0),
        Fault("reset", 0.1, 0.0),
        Fault("stall", 0.1, 30.0),
        Fault("slow", 0.1, 0.5),
        Fault("throttle", 0.1, 1.0),
        Fault("unavailable", 0.1, 1.0),
        Fault("shutdown", 0.1, 0.0),
        Fault("error", 0.1, 0.0),
    )


def test_seconds_can_be_others() -> None:
    assert Faults.parse(["slow=.5:0.02", "throttle=0.5:7"], 1).kinds == (
        Fault("slow", 0.5, 0.02),
        Fault("throttle", 0.5, 7.0),
    )


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        Faults.parse(
            [
                "gremlins=1",
                "goaway",
                "reset=nan",
                "error=0.1:3",
                "slow=0.1:x",
                "throttle=0.1:0.5",
                "stall=.6",
                "stall=.6",
            ],
            1,
        )
    assert str(caught.value).splitlines() == [
        f"--fault gremlins=1 is unknown: choose from {KNOWN}, as {FORM}.",
        f"--fault goaway has no share of the pushes from 0 to 1: give {FORM}.",
        f"--fault reset=nan has no share of the pushes from 0 to 1: give {FORM}.",
        "--fault error=0.1:3 takes no seconds: give error=0.1.",
        f"--fault slow=0.1:x is out of range: give 0 to 3600 seconds, as {FORM}.",
        "--fault throttle=0.1:0.5 would be a broken Retry-After: give whole seconds.",
        "--fault stall is given twice: once is enough.",
        "the shares of --fault come to 1.2: a push meets one fault, so give at most 1 in all.",
    ]


def test_each_push_meets_at_most_one_fault_by_their_shares() -> None:
    faults = Faults.parse(["goaway=0.1", "slow=0.3"], 7)
    drawn = Counter("" if (fault := faults.draw()) is None else fault.name for _ in range(10_000))
    assert {name: round(count, -2) for name, count in drawn.items()} == {"": 6000, "slow": 3000, "goaway": 1000}


def test_all_or_none_of_the_pushes_can_meet_one() -> None:
    always, never = Faults.parse(["error=1"], 1), Faults.parse(["error=0"], 1)
    assert {always.draw() for _ in range(1000)} == {Fault("error", 1.0, 0.0)}
    assert {never.draw() for _ in range(1000)} == {None}
    assert Faults(()).draw() is None


def test_the_same_seed_draws_the_same() -> None:
    first, again, other = (Faults.parse(["error=0.5"], seed) for seed in (1, 1, 2))
    assert [first.draw() for _ in range(64)] == (drawn := [again.draw() for _ in range(64)])
    assert [other.draw() for _ in range(64)] != drawn
