"""Registrations at the same moment: what is sent, and what is registered afterwards."""

import pytest

from simulator.tokens import PushType
from tests.scenarios.lives import device_with, lived, overlap
from tests.stage import Stage

NEW, TWO, KNOWN = 0.3, 0.7, 0.9
AGAIN, NOT_AGAIN = 0.4, 0.6


def test_the_second_token_of_a_race_is_handed_out_while_the_first_is_being_sent(stage: Stage) -> None:
    overlap(stage)
    phone = device_with(stage, PushType.IOS)
    assert lived(stage, "rotation_race", NOT_AGAIN, device=phone) == ["subscribe ios 2", "subscribe ios 1"]
    assert lived(stage, "rotation_race", AGAIN, device=phone) == [
        "subscribe ios 4",
        "subscribe ios 3",
        "subscribe ios 5",  # after a race nobody knows which is held, and neither is written again
    ]


def test_where_the_first_was_answered_before_the_second_was_there_the_second_may_be_registered_again(
    stage: Stage,
) -> None:
    phone = device_with(stage, PushType.IOS)
    assert lived(stage, "rotation_race", AGAIN, device=phone) == [
        "subscribe ios 1",
        "subscribe ios 2",
        "subscribe ios 2",
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_double_post_is_of_one_new_token_or_of_two_or_of_the_one_that_is_known(
    stage: Stage, *, at_once: bool
) -> None:
    if at_once:
        overlap(stage)
    phone = device_with(stage, PushType.IOS)
    assert lived(stage, "double_post", NEW, device=phone) == ["subscribe ios 1", "subscribe ios 1"]
    assert lived(stage, "double_post", KNOWN, device=phone) == ["subscribe ios 1", "subscribe ios 1"]
    both = ["subscribe ios 2", "subscribe ios 3"]
    assert lived(stage, "double_post", TWO, device=phone) == (both[::-1] if at_once else both)
    again = 4 if at_once else 3
    assert lived(stage, "double_post", KNOWN, device=phone) == [f"subscribe ios {again}"] * 2
