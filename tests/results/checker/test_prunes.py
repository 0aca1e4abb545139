"""What a provider's word about a token excuses, and what it does not."""

from random import Random

import pytest

from results.checker import prunes
from results.checker.case import judge_case
from results.checker.doubt import Doubt
from results.checker.fact import Fact, facts_of
from results.checker.operation import DELETE, NEVER, READ, WRITE, Operation
from results.checker.projection import Frame, Projection
from results.checker.prunes import explained
from results.checker.register import Legality, judge_register
from results.checker.rule import MISSING
from results.journal.record import CONDEMNED, NOBODY, Call, Outcome
from tests.results.checker.exhaustive import REMOVAL, linearizable, random_history, with_removals
from tests.results.checker.journal import ANNE, BEGAN, BOB, DEVICE, RUN, Journal, shown, texts, unknown_for

DEAD = {"status": 410}


def held() -> Journal:
    """Token 7 was acknowledged, and a push's provider called it dead."""
    return Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, **DEAD)


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_token_may_be_gone_afterwards(status: int) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, status=status)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


@pytest.mark.parametrize("status", [0, 200, 400, 429, 503])
def test_a_token_that_no_provider_called_dead_may_not(status: int) -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, status=status)

    assert shown(journal.read_back(None, 12.0).judged()) == {"missing_device": 1}


def test_a_token_that_its_provider_never_knew_may_be_removed_too() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, status=400)
    journal.rows[-1] = (*journal.rows[-1][:6], CONDEMNED, *journal.rows[-1][7:])

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_what_is_said_of_a_token_in_somebody_elses_push_counts_and_is_no_push_of_ours() -> None:
    journal = (
        Journal().subscribe(7, 0.1, 0.2).push(7, -1000.0, 1.1, NOBODY, **DEAD).push(7, -1000.0, 1.2, NOBODY, **DEAD)
    )
    judged = journal.read_back(None, 12.0).judged()

    assert (judged.verdict, judged.coverage["pushes"]) == ("pass", 0)
    stale = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).push(7, -1000.0, 5.0, NOBODY, **DEAD)
    assert stale.read_back(8, 12.0).judged().verdict == "pass"


def test_where_a_provider_explains_an_absence_no_late_unsubscribe_is_needed() -> None:
    timed_out = Journal().unsubscribe(0.01, 0.05, outcome=Outcome.INFO).subscribe(7, 0.1, 0.2)
    assert unknown_for(timed_out.read_back(None, 12.0).judged(), Doubt.LATE)

    dead = Journal().unsubscribe(0.01, 0.05, outcome=Outcome.INFO).subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, **DEAD)
    assert dead.read_back(None, 12.0).judged().verdict == "pass"


def test_a_removed_token_may_be_missed_by_very_many_pushes() -> None:
    journal = held()
    for number in range(prunes._TRIES + 50):
        journal.push(None, 2.0 + number, 2.1 + number)

    assert journal.read_back(None, 999.0).judged().verdict == "pass"


def test_a_dead_token_may_stay() -> None:
    assert held().push(7, 2.0, 2.1, **DEAD).read_back(7, 12.0).judged().verdict == "pass"


def test_nothing_is_excused_before_the_provider_had_spoken() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(None, 0.5, 0.9).push(7, 1.0, 1.1, **DEAD).read_back(7, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}


def test_a_late_word_about_an_old_token_excuses_no_loss_of_the_new_one() -> None:
    journal = held().subscribe(8, 2.0, 2.1).read_back(None, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}
    (text,) = texts(journal.judged())
    assert text == (
        "MISSING DEVICE ios/dev-0042. Token g8 was acknowledged at 02.100 s. The read-back at 12.000 s found nothing. "
        "No unsubscribe had begun by then."
    )
    late = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 2.0, 2.1).push(7, 1.0, 3.0, **DEAD).read_back(None, 12.0)
    assert shown(late.judged()) == {"missing_device": 1}


def test_a_new_token_that_never_got_there_for_certain_may_have_found_the_old_one_removed() -> None:
    journal = held().subscribe(8, 2.0, 2.1, outcome=Outcome.INFO).read_back(None, 12.0)

    assert journal.judged().verdict == "pass"


def test_a_token_removed_and_registered_again_is_right_and_must_stay() -> None:
    journal = held().push(None, 2.0, 2.1).subscribe(7, 3.0, 3.1)

    assert journal.push(7, 4.0, 4.1).read_back(7, 12.0).judged().verdict == "pass"
    again = held().push(None, 2.0, 2.1).subscribe(7, 3.0, 3.1).push(7, 4.0, 4.1, **DEAD).read_back(None, 12.0)
    assert again.judged().verdict == "pass"


def test_a_removed_token_that_comes_back_by_itself_was_missing_in_between() -> None:
    journal = held().push(None, 2.0, 2.1).push(7, 3.0, 3.1).read_back(7, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}


def test_a_removed_token_and_an_unsubscribe_that_finds_nothing_and_all_that_follows() -> None:
    journal = held().push(None, 2.0, 2.1).unsubscribe(3.0, 3.1, rows=0).push(None, 4.0, 4.1).subscribe(8, 5.0, 5.1)

    assert journal.read_back(8, 12.0).judged().verdict == "pass"


def test_an_absence_after_a_real_unsubscribe_is_not_taken_for_a_removed_token() -> None:
    journal = held().push(None, 2.0, 2.1).subscribe(7, 3.0, 3.1).unsubscribe(4.0, 4.1, rows=1).read_back(None, 12.0)

    assert journal.judged().verdict == "pass"


def test_of_several_dead_tokens_the_one_that_fits_explains() -> None:
    stale_word = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).push(8, 2.0, 2.1, **DEAD)
    stale_word.push(7, 0.5, 6.0, **DEAD)  # sent to before it was replaced, and tried again until then

    assert stale_word.read_back(None, 12.0).judged().verdict == "pass"
    both = held().push(None, 2.0, 2.1).subscribe(8, 3.0, 3.1).push(8, 4.0, 4.1, **DEAD).read_back(None, 12.0)
    assert both.judged().verdict == "pass"


def test_a_token_of_an_earlier_run_may_be_called_dead_too() -> None:
    journal = Journal().read_back(3, 0.1, run=RUN - 1).subscribe(3, 1.0, 1.1, run=RUN - 1)
    journal.push(RUN - 1 << 20 | 3, 2.0, 2.1, **DEAD)
    journal.rows[-1] = (*journal.rows[-1][:9], (RUN - 1) << 20 | 3, *journal.rows[-1][10:])

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_each_owner_is_judged_for_himself() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).subscribe(7, 1.0, 1.1, BOB).push(7, 2.0, 2.1, BOB, **DEAD)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_another_owners_token_is_not_taken_for_a_removed_one() -> None:
    journal = held().subscribe(8, 2.0, 2.1, BOB).subscribe(9, 3.0, 3.1, ANNE).push(9, 4.0, 4.1, ANNE, **DEAD)

    assert shown(journal.read_back(8, 12.0, BOB).judged()) == {"lost_update": 1}


def test_one_unsubscribe_and_one_removed_token_explain_two_absences_and_not_three_tokens_missing() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.3, 0.4, **DEAD).unsubscribe(0.5, 9.0)
    journal.push(None, 0.6, 1.0).subscribe(8, 2.0, 2.1).read_back(None, 12.0)
    assert journal.judged().verdict == "pass"  # V5: the first by the provider's word, the second by the unsubscribe

    other = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.5, 9.0).push(None, 0.6, 1.0).subscribe(8, 2.0, 2.1)
    other.push(8, 2.2, 2.3, **DEAD).push(None, 3.0, 3.1)
    assert other.read_back(None, 12.0).judged().verdict == "pass"  # the other way round

    without = Journal().subscribe(7, 0.1, 0.2).push(7, 0.3, 0.4).unsubscribe(0.5, 9.0)
    without.push(None, 0.6, 1.0).subscribe(8, 2.0, 2.1).read_back(None, 12.0)
    assert shown(without.judged()) == {"missing_device": 1}


def test_one_unsubscribe_and_one_removed_token_do_not_explain_three_absences() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.3, 0.4, **DEAD).unsubscribe(0.5, 11.0).push(None, 0.6, 1.0)
    journal.subscribe(8, 2.0, 2.1).push(None, 3.0, 3.1).subscribe(9, 4.0, 4.1).read_back(None, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}
    assert journal.judged().unknown == 0  # the search came to its end


def test_an_absence_from_before_the_word_is_none_that_it_explains_when_one_unsubscribe_is_too_few() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.3, 1.0, **DEAD).unsubscribe(0.5, 11.0).push(None, 0.6, 0.7)
    journal.subscribe(8, 2.0, 2.1).read_back(None, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}


def test_of_two_dead_tokens_the_one_that_stood_last_explains_though_it_was_begun_first() -> None:
    journal = Journal().subscribe(7, 0.3, 0.8).subscribe(8, 0.5, 0.6)
    journal.push(8, 0.7, 0.8, **DEAD).push(7, 1.0, 1.1, **DEAD)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_a_search_that_does_not_end_makes_its_register_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = held().push(None, 2.0, 2.1).push(None, 3.0, 3.1).read_back(None, 12.0)
    assert journal.judged().verdict == "pass"

    monkeypatch.setattr(prunes, "_TRIES", 1)
    assert unknown_for(journal.judged(), Doubt.PRUNED)


def test_a_backend_that_removes_by_device_is_found_wherever_it_strikes() -> None:
    rng, found = Random(5), 0
    for _ in range(200):
        journal = Journal().subscribe(1, 0.1, 0.2)
        at, generation = 1.0, 1
        for _ in range(rng.randint(1, 4)):
            journal.push(generation, at, at + 0.1, **DEAD)
            generation += 1
            journal.subscribe(generation, at + 0.2, at + 0.3)
            at += 1
        journal.push(None, at, at + 0.1)  # the word about the old token has removed the new one
        rows = sorted(journal.records().tolist(), key=lambda row: row[12])
        case = judge_case(facts_of(rows), Frame(RUN, BEGAN, dead=False))
        found += any(one.rule in MISSING for one in case.evidence)
    assert found == 200


@pytest.mark.parametrize("seed", range(3))
def test_whatever_some_order_explains_is_legal_and_hardly_anything_else_is(seed: int) -> None:
    rng, missed, illegal = Random(seed), 0, 0
    for _ in range(1500):
        written = random_history(rng, size=rng.randint(4, 8), span=12, rewrites=rng.random() < 0.5)
        operations, dead = with_removals(rng, written)
        removals = [
            Operation(REMOVAL, operations[read].value, operations[read].ret, NEVER, ok=False, record=100 + read)
            for read in dead
        ]
        projection = explained(Projection(ANNE, operations, frozenset()), [as_fact(op, dead) for op in operations])
        found = judge_register(projection.operations).legality
        if linearizable([*operations, *removals]):
            assert found is not Legality.ILLEGAL, (operations, dead)
        else:
            illegal += 1
            missed += found is Legality.LEGAL
    assert illegal > 100
    assert missed < illegal / 50


def as_fact(op: Operation, dead: list[int]) -> Fact:
    call = {WRITE: Call.SUBSCRIBE, DELETE: Call.UNSUBSCRIBE, READ: Call.DELIVERY}[op.kind]
    status = 410 if op.record in dead else 200
    outcome = Outcome.OK if op.ok else Outcome.INFO
    return Fact(call, outcome, 0, 0, status, -1, -1, ANNE, DEVICE, op.value, DEVICE, op.inv, op.inv, op.ret)
