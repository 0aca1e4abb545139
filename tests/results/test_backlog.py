"""How many operations waited for their answer, and when."""

from results.backlog import Backlog, Waiting
from results.operations import Operations
from tests.results.recorded import BEGAN, MS, journal, operation


def waiting(*calls: tuple[int, int]) -> Waiting:
    """Of calls that were due and answered at these moments, ms since the load began."""
    return Waiting.of(Operations.of(journal(*(operation(due, due, done) for due, done in calls))))


def test_the_backlog_is_counted_whenever_somebody_becomes_due() -> None:
    found = waiting((0, 30), (10, 20), (20, 50), (25, 26), (60, 70))

    assert found.counts.tolist() == [1, 2, 2, 3, 1]
    assert found.most(BEGAN, BEGAN, BEGAN + 100 * MS) == Backlog(3, 0.025)
    assert found.most(BEGAN, BEGAN, BEGAN + 25 * MS) == Backlog(2, 0.01)
    assert found.most(BEGAN, BEGAN + 26 * MS, BEGAN + 100 * MS) == Backlog(1, 0.06)


def test_where_nobody_is_due_nobody_waits() -> None:
    assert waiting().most(BEGAN, BEGAN + 5 * MS, BEGAN + 9 * MS) == Backlog(0, 0.005)
    assert waiting((0, 30)).most(BEGAN, BEGAN + 5 * MS, BEGAN + 9 * MS) == Backlog(0, 0.005)
