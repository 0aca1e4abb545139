"""A platform never calls more often than its key allows, however many people arrive."""

from collections import deque
from collections.abc import Callable

import pytest

from simulator.phones.pace import Pace

SECOND = 10**9


class Clock:
    now = 0

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def calls(pace: Pace, clock: Clock, seconds: int, every: int) -> list[int]:
    """When, in ns, those who come `every` so many ns may call."""
    found = []
    for now in range(clock.now, clock.now + seconds * SECOND, every):
        clock.now = now
        if pace.take():
            found.append(now)
    return found


@pytest.mark.parametrize("every", [SECOND // 300, SECOND // 17, SECOND // 10])
@pytest.mark.parametrize("a_minute", [1000, 250])
def test_no_minute_has_more_calls_than_the_limit(clock: Clock, every: int, a_minute: int) -> None:
    window: deque[int] = deque()
    for at in calls(Pace(a_minute, clock), clock, 300, every):
        window.append(at)
        while window[0] <= at - 60 * SECOND:
            window.popleft()
        assert len(window) <= a_minute


def test_a_bulk_may_come_at_once_and_the_rest_of_a_minutes_calls_over_the_minute(clock: Clock) -> None:
    pace = Pace(1000, clock)
    assert [pace.take() for _ in range(402)] == [True] * 400 + [False] * 2
    assert len(calls(pace, clock, 60, SECOND // 100)) == 599


def test_after_a_refusal_there_is_none_for_as_long_as_the_server_said(clock: Clock) -> None:
    pace = Pace(1000, clock)
    pace.pause(5)
    found = calls(pace, clock, 6, SECOND // 100)
    assert 5 * SECOND < found[0] < 5.2 * SECOND
    assert len(found) < 11


_: Callable[[], int] = Clock()
