from results.checker.case import Case, judge_case
from results.checker.doubt import Doubt
from results.checker.fact import facts_of
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.journal.record import ABSENT, NOBODY, Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, OTHER, RUN, Journal, token


def judged(journal: Journal) -> Case:
    rows = sorted(journal.records().tolist(), key=lambda row: row[12])
    return judge_case(facts_of(rows), Frame(RUN, BEGAN, dead=False))


def rules(journal: Journal) -> list[Rule]:
    return [evidence.rule for evidence in judged(journal).evidence]


def test_one_stale_read_is_one_piece_of_evidence_however_many_writes_it_skips() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).subscribe(9, 0.5, 0.6).read_back(7, 12.0)

    assert rules(journal) == [Rule.V2]
    assert judged(journal).evidence[0].skipped == 2


def test_a_register_shown_wrong_is_not_also_told_to_be_late() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).subscribe(8, 1.0, 1.1).read_back(7, 12.0)
    assert rules(journal) == [Rule.LATE_WRITE]

    journal.read_back(7, 14.0, origin=OTHER)
    assert rules(journal) == [Rule.ELSEWHERE]


def test_every_independent_violation_of_a_register_is_found() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(None, 1.0).unsubscribe(2.0, 2.1).read_back(7, 3.0)
    journal.subscribe(8, 4.0, 4.1).subscribe(9, 5.0, 5.1).read_back(8, 6.0).read_back(None, 12.0)

    assert sorted(rules(journal)) == sorted([Rule.V3, Rule.V2, Rule.V4, Rule.V4])


def test_a_token_that_names_nobody_condemns_neither_of_its_owners() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 5.0, BOB).read_back(7, 2.0, NOBODY)
    journal.read_back(7, 3.0, ANNE).read_back(7, 12.0, BOB)

    assert (rules(journal), judged(journal).doubts) == ([], {Doubt.REWRITTEN})


def test_a_refused_subscribe_explains_no_second_removal() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1)
    journal.subscribe(8, 2.0, 2.1, outcome=Outcome.FAIL, status=400).unsubscribe(3.0, 3.1, rows=1).read_back(None, 12.0)

    assert rules(journal) == [Rule.AGAIN]


def test_a_register_is_read_at_last_only_by_a_read_after_every_acknowledgement() -> None:
    again = Journal().subscribe(7, 0.1, 0.2).read_back(7, 1.0).subscribe(8, 2.0, 3.0)
    refused_later = Journal().subscribe(7, 0.1, 0.2).read_back(7, 1.0).subscribe(8, 2.0, 3.0, outcome=Outcome.FAIL)
    not_read = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 2.0, outcome=Outcome.FAIL)

    assert [judged(one).doubts for one in (again, refused_later, not_read)] == [
        {Doubt.NEVER_READ},
        set(),
        {Doubt.NEVER_READ},
    ]


def test_only_a_refused_unsubscribe_and_only_of_what_is_missing_is_told_as_applied() -> None:
    def refused(journal: Journal, call: Call) -> Journal:
        return journal.add(call, 1.0, 1.1, token(8) if call == Call.SUBSCRIBE else ABSENT, outcome=Outcome.FAIL)

    held = Journal().subscribe(7, 0.1, 0.2)
    stale = Journal().subscribe(6, 0.1, 0.2).subscribe(7, 0.3, 0.4).read_back(6, 12.0)
    late = Journal().subscribe(7, 0.1, 0.2).read_back(None, 0.3).read_back(7, 12.0)

    assert rules(refused(Journal([*held.rows]), Call.UNSUBSCRIBE).read_back(None, 12.0)) == [Rule.REFUSED]
    assert rules(refused(Journal([*held.rows]), Call.SUBSCRIBE).read_back(None, 12.0)) == [Rule.V4]
    assert rules(refused(stale, Call.UNSUBSCRIBE)) == [Rule.V2]
    assert rules(refused(late, Call.UNSUBSCRIBE)) == [Rule.V4]  # it came too late to explain that


def test_of_several_refused_unsubscribes_one_alone_may_have_been_applied() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.FAIL, status=400)
    journal.read_back(7, 2.0).unsubscribe(3.0, 3.1, outcome=Outcome.FAIL, status=400).read_back(None, 12.0)

    assert rules(journal) == [Rule.REFUSED]


def test_a_token_that_was_itself_begun_before_the_late_one_does_not_make_that_late() -> None:
    journal = Journal().subscribe(8, 0.05, 0.06, outcome=Outcome.INFO).subscribe(7, 0.1, 0.2, outcome=Outcome.INFO)
    journal.subscribe(8, 1.0, 1.1).read_back(7, 12.0)

    assert (rules(journal), judged(journal).doubts) == ([], set())
