from dataclasses import replace

import pytest

from simulator.errors import UsageError
from simulator.tokens import Provenance, PushType

WRITE = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.FCM, generation=3)


def test_register_and_value_are_the_numbers_of_the_journal() -> None:
    assert WRITE.register == 7 << 24 | 1 << 8 | 4
    assert WRITE.value == 2 << 20 | 3
    assert Provenance.of(9, 7 << 24 | 1 << 8 | 4, 2 << 20 | 3) == WRITE


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("fleet", 0, 2**32 - 1),
        ("run", 1, 4095),
        ("device", 0, 2**32 - 1),
        ("install", 0, 65535),
        ("generation", 1, 2**20 - 1),
    ],
)
def test_each_field_takes_its_bounds_and_nothing_beyond(field: str, low: int, high: int) -> None:
    for number in (low, high):
        assert getattr(replace(WRITE, **{field: number}), field) == number  # type: ignore[arg-type]  # all are int fields
    for number in (low - 1, high + 1):
        with pytest.raises(
            UsageError, match=f"{field} {number} does not fit into a token, which holds {low} to {high}"
        ):
            replace(WRITE, **{field: number})  # type: ignore[arg-type]  # as above


def test_a_register_that_has_used_up_a_run_is_told_what_to_do() -> None:
    with pytest.raises(UsageError, match="start another run"):
        replace(WRITE, generation=2**20)
