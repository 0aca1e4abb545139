"""What only the whole journal tells, written out."""

from results.checker.whole import Whole, answers, chances_of_all
from results.journal.record import ABSENT, NOBODY, Call, Outcome
from tests.results.checker.journal import BEGAN, BOB, DEVICE, OTHER, RUN, VOIP, Journal, token


def everything() -> Journal:
    """Subscribes of every outcome, those of other registers, a token in another one's slot, and pushes."""
    journal = Journal().subscribe(4, 4.0, 4.1, outcome=Outcome.INFO, status=0)
    journal.subscribe(1, 1.0, 1.1).subscribe(2, 2.0, 2.1, outcome=Outcome.FAIL, status=0)
    journal.subscribe(3, 3.0, 3.1, outcome=Outcome.FAIL, status=400).subscribe(1, 1.0, 1.1, register=OTHER)
    journal.unsubscribe(5.0, 5.1).add(Call.SUBSCRIBE, 6.0, 6.1, token(5), outcome=Outcome.NOT_SENT, status=0)
    journal.read_back(1, 12.0, register=OTHER, origin=DEVICE).read_back(1, 12.0)
    return journal


def of(journal: Journal, bound: int = 0) -> Whole:
    records = journal.records()
    return Whole.of(lambda: (records[:3], records[3:]), RUN, bound)


def found(whole: Whole, *generations: int) -> list[tuple[int, int]]:
    rows = whole.subscribes_of({(DEVICE, token(each)) for each in generations})
    return [(value - token(0), sent - BEGAN) for value, sent in rows[["value", "sent"]].tolist()]


def test_subscribes_are_found_again_by_register_and_token_if_they_were_sent() -> None:
    whole, second = of(everything()), 1_000_000_000

    assert found(whole, 1, 2, 3, 4, 5, ABSENT) == [(1, second), (3, 3 * second), (4, 4 * second)]
    assert (found(whole, 1), found(whole)) == ([(1, second)], [])
    assert found(of(everything(), 7), 3) == [(3, 3 * second - 7)]


def test_what_may_have_brought_a_token_elsewhere_is_known_for_those_that_were_read_elsewhere() -> None:
    astray = frozenset((DEVICE, token(each)) for each in (1, 3, 4))
    nothing_astray = Journal(everything().rows[:-2]).read_back(1, 12.0)

    assert (of(everything()).written, of(nothing_astray).written) == (astray, frozenset[tuple[int, int]]())


def test_a_later_run_is_known_by_its_tokens_alone() -> None:
    assert not of(everything()).later
    assert of(everything().read_back(1, 13.0, run=RUN + 1)).later
    assert not of(everything().read_back(ABSENT, 13.0)).later


def test_a_call_without_an_answer_and_an_open_push_last_as_long_as_clocks_may_be_wrong() -> None:
    journal = everything().pushed(7.0, BOB).closed(7.0, 9.0, 0, BOB, outcome=Outcome.INFO)
    unanswered = [BEGAN + 4_000_000_000, BEGAN + 4_100_000_000]

    assert (of(journal).unanswered.tolist(), of(journal).unclosed) == ([unanswered], {BOB: BEGAN + 9_000_000_000})
    assert of(journal, 7).unanswered.tolist() == [[unanswered[0] - 7, unanswered[1] + 7]]
    assert of(journal, 7).unclosed == {BOB: BEGAN + 9_000_000_000 + 7 - 14}


def test_answers_are_of_calls_and_have_a_status() -> None:
    rows = answers(everything().push(1, 8.0, 8.1, NOBODY).records())

    assert rows[["value", "status"]].tolist() == [(token(1), 200), (token(3), 400), (token(1), 200), (ABSENT, 200)]


def test_chances_that_are_no_registers_own() -> None:
    third = OTHER + (1 << 24)
    journal = everything().subscribe(1, 1.0, 1.1, register=VOIP).read_back(1, 12.0, register=VOIP)
    for status, fault in ((200, 64), (500, 64), (500, 64), (200, 65)):
        journal.subscribe(9, 7.0, 7.1, outcome=Outcome.INFO, status=status, fault=fault)
    for fault in (3, 4):
        journal.subscribe(9, 7.0, 7.1, outcome=Outcome.FAIL, status=400, fault=fault)
    # Of these installations the second type was read or refused, and never written.
    journal.read_back(1, 12.0, register=OTHER + 1).read_back(1, 12.0, register=third).subscribe(
        1, 1.0, 1.1, register=third
    )
    journal.subscribe(1, 1.0, 1.1, register=third + 1, outcome=Outcome.FAIL, status=0).read_back(None, 12.0)

    assert chances_of_all(journal.records()) == {
        "answers": 12,
        "refusals_due": 2,
        "reads": 6,
        "two_type_tokens_read": 2,
    }


def test_what_pushes_are_judged_by_is_kept_and_widened() -> None:
    journal = everything().pushed(7.0, BOB).closed(7.0, 9.0, 0, BOB)
    calls, sent = (of(journal, 7).of_pushes[name].tolist() for name in ("call", "sent"))

    assert (calls, sent) == ([Call.PUSH, Call.CLOSED], [BEGAN + 7_000_000_000 - 7] * 2)
