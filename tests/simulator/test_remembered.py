from collections.abc import Callable

import pytest

from simulator.remembered import Remembered


def _noting(made: list[int]) -> Callable[[int], str]:
    def make(key: int) -> str:
        made.append(key)
        return str(key)

    return make


def test_what_is_asked_for_again_was_made_once() -> None:
    made: list[int] = []
    remembered = Remembered(_noting(made))
    assert [remembered[key] for key in (1, 2, 1, 2)] == ["1", "2", "1", "2"]
    assert made == [1, 2]


def test_where_there_are_too_many_the_last_is_forgotten_and_made_again() -> None:
    made: list[int] = []
    remembered = Remembered(_noting(made), 2)
    assert [remembered[key] for key in (1, 2, 3, 3, 1, 2)] == ["1", "2", "3", "3", "1", "2"]
    assert (made, len(remembered)) == ([1, 2, 3, 2], 2)


def test_what_cannot_be_made_is_not_remembered() -> None:
    remembered = Remembered[str, int](int)
    with pytest.raises(ValueError, match="invalid literal"):
        remembered["x"]
    assert not remembered
