import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from results.stalls import longest, merged, overlap
from tests.results.recorded import BEGAN, MS, journal, operation, stall

moments = st.integers(0, 60)
intervals = st.tuples(moments, moments).map(lambda pair: (min(pair), max(pair)))


def ms(times: np.ndarray) -> list[list[int]]:
    return ((times - BEGAN) // MS).tolist()  # type: ignore[no-any-return]


def test_stalls_of_several_workers_that_overlap_are_one() -> None:
    records = journal(stall(50, 60), stall(10, 30), operation(0, 0, 1), stall(20, 25), stall(30, 40))

    assert ms(merged(records)) == [[10, 40], [50, 60]]


def test_a_run_without_stalls_has_none() -> None:
    none = merged(operation(0, 0, 1))

    assert none.shape == (0, 2)
    assert longest(none) == 0
    assert overlap(none, np.array([0]), np.array([9])).tolist() == [0]


def test_the_longest_stall_is_of_the_merged_ones() -> None:
    assert longest(merged(journal(stall(0, 10), stall(8, 25), stall(40, 50)))) == 25 * MS


@given(st.lists(intervals, max_size=6), st.lists(intervals, min_size=1, max_size=6))
def test_the_overlap_is_the_stalled_part_of_each_operation(
    stalls: list[tuple[int, int]], calls: list[tuple[int, int]]
) -> None:
    found = overlap(
        merged(journal(*(stall(*interval) for interval in stalls))),
        np.array([BEGAN + sent * MS for sent, _ in calls]),
        np.array([BEGAN + done * MS for _, done in calls]),
    )

    stalled = {moment for begin, end in stalls for moment in range(begin, end)}
    assert found.tolist() == [len(stalled & set(range(*call))) * MS for call in calls]
