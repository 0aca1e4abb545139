import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.counting import count_below


def test_each_question_is_answered_for_its_own_stretch() -> None:
    found = count_below(
        np.array([5, 0, 3, 3, 9]), np.array([0, 0, 2, 4]), np.array([5, 3, 4, 4]), np.array([5, 4, 3, 9])
    )

    assert found.tolist() == [3, 2, 0, 0]


def test_no_values_and_no_questions_are_no_mistake() -> None:
    none, zero = np.empty(0, np.int64), np.zeros(1, np.int64)

    assert count_below(none, zero, zero, zero + 7).tolist() == [0]
    assert count_below(zero, none, none, none).tolist() == []


@given(st.lists(st.integers(0, 40), max_size=30), st.data())
def test_it_counts_what_a_loop_counts(values: list[int], data: st.DataObject) -> None:
    places = st.integers(0, len(values))
    questions = data.draw(st.lists(st.tuples(places, places, st.integers(0, 50)), min_size=1, max_size=10))
    begin, end, limit = np.array([(min(a, b), max(a, b), below) for a, b, below in questions]).T

    found = count_below(np.array(values, np.int64), begin, end, limit)

    naive = [sum(value < at for value in values[a:b]) for a, b, at in zip(begin, end, limit, strict=True)]
    assert found.tolist() == naive
