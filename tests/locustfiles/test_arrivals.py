"""People are due on their own schedule, and none of them is forgotten."""

from random import Random

from locustfiles._arrivals import Arrivals
from scenarios import SCENARIOS


def arrivals(seed: int) -> Arrivals:
    return Arrivals(SCENARIOS["app_launch"], Random(seed), 1e-9, 0.0)


def test_those_who_were_overdue_are_those_who_would_have_arrived() -> None:
    kept_up, fell_behind = arrivals(3), arrivals(3)
    due = []
    while kept_up.due <= 50_000_000_000:
        due.append(int(kept_up.due))
        kept_up.advance()
    assert list(fell_behind.overdue(50_000_000_000)) == due
    assert fell_behind.due == kept_up.due > 50_000_000_000
    assert 25 < len(due) < 80


def test_nobody_is_overdue_twice() -> None:
    late = arrivals(4)
    assert list(late.overdue(10_000_000_000))
    assert list(late.overdue(10_000_000_000)) == []
