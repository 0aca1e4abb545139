"""What the numbers of removed records prove: each pair is what removed again, and what was there before; by start."""

import pytest

from results.checker.fact import facts_of
from results.checker.removals import removed_again
from results.checker.rule import Rule
from results.journal.record import Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, Journal

INFO = Outcome.INFO


def empty(sent: float = 0.1) -> Journal:
    """A register that a look at it, of half a second, found empty."""
    return Journal().read_back(None, sent)


FOUND: dict[str, tuple[Journal, list[tuple[float, float]]]] = {
    "one after the other": (Journal().subscribe(1, 1, 2).unsubscribe(3, 4, rows=1).unsubscribe(5, 6, rows=1), [(5, 3)]),
    "one after the other, and empty at first": (
        empty().subscribe(1, 1, 2).unsubscribe(3, 4, rows=1).unsubscribe(5, 6, rows=1),
        [(5, 3)],
    ),
    "the first was not answered": (
        Journal().subscribe(1, 1, 2).unsubscribe(3, 4, outcome=INFO).unsubscribe(5, 6, rows=1),
        [],
    ),
    "the second found none": (Journal().subscribe(1, 1, 2).unsubscribe(3, 4, rows=1).unsubscribe(5, 6, rows=0), []),
    "the second began as the first ended": (
        Journal().subscribe(1, 1, 2).unsubscribe(3, 5, rows=1).unsubscribe(5, 6, rows=1),
        [],
    ),
    "the second began as the first ended, and empty at first": (
        empty().subscribe(1, 1, 4).unsubscribe(3, 5, rows=1).unsubscribe(5, 6, rows=1),
        [(5, 3)],
    ),
    "at once": (empty().subscribe(1, 1, 2).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1), [(5, 4)]),
    "at once, the first of two rows": (
        empty().subscribe(1, 1, 2).unsubscribe(4, 6, rows=2).unsubscribe(5, 7, rows=1),
        [(5, 4)],
    ),
    "at once, and who knows what was there": (
        Journal().subscribe(1, 1, 2).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1),
        [],
    ),
    "at once, one found none": (empty().subscribe(1, 1, 2).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=0), []),
    "at once, of two people": (
        empty().subscribe(1, 1, 2).subscribe(1, 2.5, 3, BOB).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, BOB, rows=1),
        [],
    ),
    "at once, a second subscribe not answered": (
        empty(2.5)
        .subscribe(1, 1, 2, outcome=INFO)
        .subscribe(2, 3.1, 3.2)
        .unsubscribe(4, 6, rows=1)
        .unsubscribe(5, 7, rows=1),
        [],
    ),
    "at once, a second subscribe begun as the last ended": (
        empty().subscribe(1, 1, 2).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1).subscribe(2, 7, 8),
        [],
    ),
    "at once, a second subscribe begun later": (
        empty().subscribe(1, 1, 2).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1).subscribe(2, 7.1, 8),
        [(5, 4)],
    ),
    "at once, a subscribe that ended as it was looked at": (
        empty(2).subscribe(1, 1, 2).subscribe(2, 3, 3.5).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1),
        [],
    ),
    "at once, a subscribe that was over when it was looked at": (
        empty(2.1).subscribe(1, 1, 2).subscribe(2, 3, 3.5).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1),
        [(5, 4)],
    ),
    "at once, as another that found none ended": (
        Journal().subscribe(1, 1, 2).unsubscribe(2, 4, rows=0).unsubscribe(4, 6, rows=1).unsubscribe(5, 7, rows=1),
        [],
    ),
    "each as long as the next": (
        empty().subscribe(1, 1, 2).unsubscribe(4, 5, rows=1).unsubscribe(4.5, 8, rows=1).unsubscribe(7, 9, rows=1),
        [(7, 4), (4.5, 4), (7, 4.5)],
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_who_removed_again_what_cannot_have_been_there(name: str) -> None:
    journal, expected = FOUND[name]
    facts = sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent)

    found = list(removed_again(facts))

    assert [(one.rule, len(one.blamed), one.at.owner) for one in found] == [(Rule.AGAIN, 1, ANNE)] * len(expected)
    assert [(_seconds(one.at.sent), one.since and _seconds(one.since.sent)) for one in found] == expected


def _seconds(moment: int) -> float:
    return (moment - BEGAN) / 1e9
