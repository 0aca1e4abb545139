"""What single reads prove, by the smallest registers; times are those of the records in question, in seconds."""

import pytest

from results.checker.doubt import Doubt
from results.checker.evidence import Evidence
from results.checker.fact import Fact, facts_of
from results.checker.projection import Frame
from results.checker.provenance import repeats, strays
from results.checker.rule import Rule
from results.journal.record import GHOST, Call, Outcome
from tests.results.checker.at_first_sight import CAROL
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, VOIP, Journal, token

FAIL, INFO = Outcome.FAIL, Outcome.INFO

Told = tuple[Rule, list[float], float | None, float | None]  # what, blamed, held, since


def facts(journal: Journal) -> list[Fact]:
    return sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent)


def _at(fact: Fact | None) -> float | None:
    return None if fact is None else (fact.sent - BEGAN) / 1e9


def subscribed() -> Journal:
    return Journal().subscribe(1, 1, 2)


STRAY: dict[str, tuple[Journal, list[Doubt | Told]]] = {
    "unwritten": (subscribed().read_back(9, 2.1), [(Rule.UNWRITTEN, [2.1], None, None)]),
    "unwritten, and read as the first was acknowledged": (subscribed().read_back(9, 2), [Doubt.BEFORE]),
    "elsewhere": (subscribed().read_back(9, 2.1, origin=VOIP), [(Rule.ELSEWHERE, [2.1], None, None)]),
    "elsewhere, and read as the first was acknowledged": (subscribed().read_back(9, 2, origin=VOIP), [Doubt.BEFORE]),
    "refused": (
        subscribed().subscribe(2, 3, 4, outcome=FAIL).read_back(2, 5, ANNE),
        [(Rule.REFUSED, [5], None, 3)],
    ),
    "refused to another": (
        subscribed().subscribe(2, 3, 4, BOB, outcome=FAIL).read_back(2, 5, ANNE),
        [(Rule.UNWRITTEN, [5], None, None)],
    ),
    "another's": (subscribed().subscribe(2, 3, 4, BOB).read_back(2, 5, ANNE), [(Rule.OWNER, [5], 1, 3)]),
    "another's, of somebody who never had one": (
        subscribed().subscribe(2, 3, 4, BOB).read_back(2, 5, CAROL),
        [(Rule.OWNER, [5], None, 3)],
    ),
    "another's, of somebody who was refused": (
        Journal().subscribe(1, 1, 2, outcome=FAIL).subscribe(2, 3, 4, BOB).read_back(2, 5, ANNE),
        [(Rule.OWNER, [5], None, 3)],
    ),
    "another's, of somebody who began at the same time": (
        Journal().subscribe(1, 3, 4).subscribe(2, 3, 4, BOB).read_back(2, 5, ANNE),
        [(Rule.OWNER, [5], None, 3)],
    ),
}


def taken() -> Journal:
    """Token 1 of Anne, then token 2 of Bob, and a row of each; the former owner's is one too many."""
    return subscribed().subscribe(2, 3, 4, BOB).read_back(1, 5, ANNE).read_back(2, 5, BOB)


ROWS: Told = (Rule.ROWS, [5, 5], None, None)

AGAIN: dict[str, tuple[Journal, list[Told]]] = {
    "two rows, one of a former owner": (taken(), [ROWS, (Rule.FORMER_ROW, [5], 1, 3)]),
    "one row that was not answered": (
        subscribed().read_back(1, 5).add(Call.READBACK, 5, 6, token(2), outcome=INFO),
        [],
    ),
    "a row and none": (subscribed().read_back(1, 5).read_back(None, 5), []),
    "the same row twice": (subscribed().read_back(1, 5, ANNE).read_back(1, 5, ANNE), [ROWS]),
    "a refused unsubscribe": (subscribed().unsubscribe(3, 4, outcome=FAIL, rows=2), []),
    "two removed": (subscribed().unsubscribe(3, 4, rows=2), [(Rule.ROWS, [3], None, None)]),
    "the former owner may act late": (taken().subscribe(3, 2.5, 2.6, outcome=INFO), [ROWS]),
    "the former owner was under way": (taken().subscribe(3, 2.5, 4.5), [ROWS]),
    "the takeover was not answered": (
        subscribed().subscribe(2, 3, 4, BOB, outcome=INFO).read_back(1, 5, ANNE).read_back(2, 5, BOB),
        [ROWS],
    ),
    "the takeover was under way": (
        subscribed().subscribe(2, 3, 5, BOB).read_back(1, 5, ANNE).read_back(2, 5, BOB),
        [ROWS],
    ),
    "the takeover began as the former owner's ended": (
        subscribed().subscribe(2, 2, 4, BOB).read_back(1, 5, ANNE).read_back(2, 5, BOB),
        [ROWS],
    ),
    "somebody else's row before": (
        subscribed().subscribe(2, 3, 4, BOB).read_back(9, 5, CAROL).read_back(1, 5, ANNE),
        [ROWS, (Rule.FORMER_ROW, [5], 1, 3)],
    ),
    "delivered twice": (subscribed().push(1, 3, 4).push(1, 3, 5), [(Rule.TWICE, [3, 3], None, None)]),
    "delivered as the first was answered": (subscribed().push(1, 3, 4, answered=4.5).push(1, 3, 4.5), []),
    "delivered again unseen": (
        subscribed().push(1, 3, 4).add(Call.DELIVERY, 3, 5, token(1), outcome=INFO),
        [],
    ),
    "a ghost delivered twice": (subscribed().push(GHOST, 3, 4).push(GHOST, 3, 5), []),
    "redirected at first": (subscribed().push(1, 3, 4, status=300).push(1, 3, 5, status=503), []),
    "one busy, another twice": (
        subscribed().push(1, 3, 4, status=503).push(1, 6, 7).push(1, 6, 8),
        [(Rule.TWICE, [6, 6], None, None)],
    ),
}


def told(found: Evidence) -> Told:
    return found.rule, [(one.sent - BEGAN) / 1e9 for one in found.blamed], _at(found.held), _at(found.since)


@pytest.mark.parametrize("name", STRAY)
def test_a_token_testifies_who_wrote_it(name: str) -> None:
    journal, expected = STRAY[name]
    found = [one for _, one in strays(facts(journal), Frame(RUN, BEGAN, dead=False))]

    assert [one if isinstance(one, Doubt) else told(one) for one in found] == expected


@pytest.mark.parametrize("name", AGAIN)
def test_what_is_there_more_than_once(name: str) -> None:
    journal, expected = AGAIN[name]

    assert [told(one) for one in repeats(facts(journal))] == expected


def test_of_a_token_delivered_three_times_the_repeats_are_told_in_their_order() -> None:
    journal = subscribed().push(1, 3, 4).push(1, 3, 9, status=200).push(1, 3, 6, status=503)
    (found,) = repeats(facts(journal))

    assert [(one.done - BEGAN) / 1e9 for one in found.blamed] == [4, 6, 9]
