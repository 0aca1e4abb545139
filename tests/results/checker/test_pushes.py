from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from results.checker.doubt import Doubt
from results.checker.fact import Fact, facts_of
from results.checker.pushes import absences, chances, ghosts, kept, unanswered, unclosed
from results.journal.record import ABSENT, CONDEMNED, GHOST, NO_RC, NO_ROWS, TRUNCATED, Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, DEVICE, OTHER, VOIP, Journal, shown, texts, unknown_for

NOWHERE = {"register": 0, "origin": 0}


def two_types() -> Journal:
    """A phone with a token for alerts and one for calls."""
    return Journal().subscribe(7, 0.1, 0.2).subscribe(3, 0.1, 0.2, register=VOIP)


def absent(journal: Journal) -> NDArray[np.void]:
    return absences(journal.records(), kept(journal.records()))


def missed(journal: Journal) -> list[int]:
    return [int(register) for register in absent(journal)["register"]]


def test_what_a_closed_push_did_not_reach_is_an_absent_read_over_all_its_time() -> None:
    journal = two_types().pushed(1.0).push(7, 1.0, 1.2).closed(1.0, 1.5, 1)

    begin, end = BEGAN + 1_000_000_000, BEGAN + 1_500_000_000
    assert absent(journal).tolist() == [
        (Call.DELIVERY, Outcome.OK, 0, 0, 0, NO_ROWS, NO_RC, ANNE, VOIP, ABSENT, VOIP, begin, begin, end)
    ]
    journal.read_back(7, 12.0).read_back(3, 12.0, register=VOIP)
    assert shown(journal.judged()) == {"missing_device": 1}
    (text,) = texts(journal.judged())
    assert text == (
        "MISSING DEVICE ios-voip/dev-0042. Token g3 was acknowledged at 00.200 s. A push begun at 01.000 s did not "
        "reach it. The read-back at 12.000 s found g3 all the same."
    )


def test_a_push_that_reached_everything_shows_that_everything_is_there() -> None:
    journal = two_types().pushed(1.0).push(7, 1.0, 1.2).push(3, 1.0, 1.3, register=VOIP).closed(1.0, 1.5, 2)
    judged = journal.judged()

    assert (judged.verdict, judged.coverage["closed_pushes"], judged.coverage["push_absences"]) == ("pass", 1, 0)


def test_a_push_of_which_the_gateways_saw_less_than_was_sent_proves_no_absence() -> None:
    seen_once = two_types().pushed(1.0).push(7, 1.0, 1.2).closed(1.0, 1.5, 2)
    seen_twice = two_types().pushed(1.0).push(7, 1.0, 1.2, status=503).push(7, 1.0, 1.4).closed(1.0, 1.5, 2)
    not_said = two_types().pushed(1.0).push(7, 1.0, 1.2).closed(1.0, 1.5, NO_ROWS)

    assert [missed(journal) for journal in (seen_once, seen_twice, not_said)] == [[], [], []]


def test_a_push_that_is_not_closed_proves_no_absence() -> None:
    journal = two_types().pushed(1.0).push(7, 1.0, 1.2)
    assert missed(journal) == []

    assert missed(journal.closed(1.0, 1.5, 1, outcome=Outcome.INFO)) == []
    assert missed(journal.closed(1.0, 1.5, 1)) == [VOIP]


def test_each_push_is_told_by_its_person_and_its_moment() -> None:
    journal = two_types().subscribe(5, 0.1, 0.2, BOB, register=OTHER)
    journal.pushed(1.0).push(7, 1.0, 1.2).push(3, 1.0, 1.2, register=VOIP).closed(1.0, 1.5, 2)
    journal.pushed(1.0, BOB).closed(1.0, 1.5, 0, BOB)
    journal.pushed(2.0).push(7, 2.0, 2.2).closed(2.0, 2.5, 1)

    found = [(int(row["owner"]), int(row["register"]), int(row["sent"]) - BEGAN) for row in absent(journal)]
    assert sorted(found) == [(ANNE, VOIP, 2_000_000_000), (BOB, OTHER, 1_000_000_000)]


def test_an_unsubscribed_device_that_no_push_reaches_is_right() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.3, 0.4, rows=1).pushed(1.0).closed(1.0, 1.5, 0)

    assert (missed(journal), journal.judged().verdict) == ([DEVICE], "pass")


def test_the_devices_of_others_are_none_that_a_push_must_reach() -> None:
    journal = two_types().pushed(1.0, BOB).closed(1.0, 1.5, 0, BOB)

    assert missed(journal) == []


def test_a_device_whose_token_arrived_in_another_slot_is_not_also_missing() -> None:
    journal = two_types().pushed(1.0).push(7, 1.0, 1.2).push(3, 1.0, 1.2, origin=VOIP, status=400).closed(1.0, 1.5, 2)

    assert missed(journal) == []
    assert shown(journal.read_back(7, 12.0).read_back(3, 12.0, register=VOIP).judged()) == {"wrong_type_delivery": 1}


def test_a_token_that_nobody_can_place_may_be_the_one_that_seems_to_be_missing() -> None:
    journal = two_types().pushed(1.0).push(7, 1.0, 1.2).push(TRUNCATED, 1.0, 1.2, **NOWHERE).closed(1.0, 1.5, 2)

    assert missed(journal) == []
    journal.read_back(7, 12.0).read_back(3, 12.0, register=VOIP)
    assert shown(journal.judged()) == {"ghost_token": 1}
    (text,) = texts(journal.judged())
    assert text == (
        "GHOST TOKEN. A push begun at 01.000 s for person 7 delivered a token that is only the beginning of a minted "
        "one (truncated)."
    )
    assert journal.judged().examples[0].register == "person 7"


def test_a_ghost_is_held_against_a_store_only_if_it_is_new_or_the_token_is_visibly_garbled() -> None:
    right = Journal().subscribe(7, 0.1, 0.2).pushed(1.0).push(7, 1.0, 1.2).read_back(7, 12.0)
    right.push(GHOST, 1.0, 1.2, **NOWHERE).closed(1.0, 1.5, 2)

    assert shown(right.judged(fresh=True)) == {"ghost_token": 1}
    assert right.judged(fresh=True).verdict == "violated"
    assert (shown(right.judged(fresh=False)), right.judged(fresh=False).verdict) == ({}, "pass")
    right.push(TRUNCATED, 1.0, 1.3, **NOWHERE)
    assert shown(right.judged(fresh=False)) == {"ghost_token": 1}


def test_an_absence_that_a_provider_may_have_caused_unseen_is_unknown() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).pushed(1.0).closed(1.0, 5.0, NO_ROWS, outcome=Outcome.INFO)
    journal.read_back(None, 12.0)

    assert unclosed(journal.records()) == {ANNE: BEGAN + 5_000_000_000}
    assert unknown_for(journal.judged(), Doubt.UNCLOSED)


def test_what_a_provider_said_of_a_token_explains_its_absence_though_another_push_is_not_closed() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).push(7, 0.5, 0.6, status=410)
    journal.pushed(1.0).closed(1.0, 5.0, NO_ROWS, outcome=Outcome.INFO).read_back(None, 12.0)

    assert journal.judged().verdict == "pass"


def test_what_was_found_missing_while_deliveries_were_watched_is_a_violation() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).pushed(1.0).closed(1.0, 5.0, NO_ROWS, outcome=Outcome.INFO)
    journal.pushed(2.0).closed(2.0, 2.5, 0).read_back(7, 12.0)

    assert shown(journal.judged()) == {"missing_device": 1}


def test_a_push_without_an_end_is_known_from_its_beginning_on_to_nobody() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).pushed(1.0, outcome=Outcome.INFO, status=0).read_back(None, 12.0)

    assert unclosed(journal.records()) == {ANNE: BEGAN + 1_000_000_000}
    assert unknown_for(journal.judged(), Doubt.UNCLOSED)


def test_a_push_that_was_refused_excuses_nothing() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).pushed(1.0, outcome=Outcome.FAIL, status=429).read_back(None, 12.0)

    assert unclosed(journal.records()) == {}
    assert shown(journal.judged()) == {"missing_device": 1}


def test_an_unclosed_push_excuses_no_stale_token_and_no_absence_of_others() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).subscribe(5, 0.1, 0.2, BOB, register=OTHER)
    journal.pushed(1.0).closed(1.0, 5.0, NO_ROWS, outcome=Outcome.INFO)
    journal.read_back(7, 12.0).read_back(None, 12.0, register=OTHER)

    assert shown(journal.judged()) == {"lost_update": 1, "missing_device": 1}


def test_a_breach_of_the_contract_by_the_answer_to_a_push_is_told_without_a_register() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).pushed(1.0, fault=64)

    assert texts(journal.judged()) == [
        "CONTRACT BREACH. The push to person 7 begun at 01.000 s was answered with status 200: 200 without a body."
    ]


@pytest.mark.parametrize("seed", range(5))
def test_absences_of_many_pushes_are_those_of_each_by_itself(seed: int) -> None:
    rng, journal = Random(seed), Journal()
    for _ in range(40):
        register, owner = rng.choice((DEVICE, VOIP, OTHER)), rng.choice((ANNE, BOB))
        journal.subscribe(rng.randint(1, 3), 0.1, 0.2, owner, register=register)
    for number in range(60):
        owner, sent = rng.choice((ANNE, BOB)), float(rng.randint(1, 90))
        seen = rng.sample([DEVICE, VOIP, OTHER, 0], rng.randint(0, 3))
        for register in seen:
            journal.push(number % 3 + 1 if register else GHOST, sent, sent + 0.1, owner, register=register)
        journal.closed(sent, sent + 0.5, rng.randint(0, 2), owner, outcome=rng.choice((Outcome.OK, Outcome.INFO)))
    facts = facts_of(journal.records().tolist())

    found = sorted((fact.owner, fact.sent, fact.register) for fact in facts_of(absent(journal).tolist()))
    assert found == sorted(each for fact in first_ends(facts) for each in missed_by(fact, facts))
    assert found


def test_a_push_counts_as_one_during_faults_if_a_call_went_unanswered_then_or_a_provider_did_not_take_it() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 5.0, 9.0, outcome=Outcome.INFO, status=0)
    journal.push(7, 1.0, 1.1).closed(1.0, 4.9, 1).push(7, 4.0, 4.1).closed(4.0, 5.0, 1)
    journal.push(7, 9.0, 9.1).closed(9.0, 9.5, 1).push(7, 20.0, 20.1).closed(20.0, 20.5, 1)
    journal.push(7, 30.0, 30.1, status=503).push(7, 30.0, 31.0).closed(30.0, 31.5, 1)
    journal.push(7, 40.0, 40.1, status=410).closed(40.0, 41.5, 1)

    # those of 4, 9 and 30 s
    assert journal.judged().coverage["pushes_during_faults"] == 3


def first_ends(facts: list[Fact]) -> list[Fact]:
    """Of each closed push what is known of it, once: the test may make two of the same person and moment."""
    ends: dict[tuple[int, int], Fact] = {}
    for fact in facts:
        if fact.call == Call.CLOSED and fact.ok:
            ends.setdefault((fact.owner, fact.sent), fact)
    return list(ends.values())


def missed_by(closed: Fact, facts: list[Fact]) -> list[tuple[int, int, int]]:
    seen = [f for f in facts if f.call == Call.DELIVERY and (f.owner, f.sent) == (closed.owner, closed.sent)]
    if any(not fact.register for fact in seen) or len({(f.origin, f.value) for f in seen}) < closed.rows:
        return []
    touched = {fact.register for fact in facts if fact.call == Call.SUBSCRIBE and fact.owner == closed.owner}
    return [(closed.owner, closed.sent, register) for register in touched - {fact.register for fact in seen}]


def test_of_several_pushes_not_known_to_be_closed_the_first_counts() -> None:
    journal = Journal().pushed(3.0).pushed(1.0).pushed(2.0).pushed(4.0, BOB).closed(4.0, 5.0, 0, BOB)

    assert unclosed(journal.records()) == {ANNE: BEGAN + 1_000_000_000}


def test_only_what_a_push_delivered_that_is_of_no_known_register_is_a_ghost_of_a_person() -> None:
    journal = Journal().read_back(GHOST, 1.0, register=0).push(GHOST, 2.0, 2.1)
    told = Journal().push(GHOST, 1.0, 1.1, BOB, register=0, origin=0)

    assert list(ghosts(journal.records(), fresh=True)) == []
    assert [one.at.owner for one in ghosts(told.records(), fresh=True)] == [BOB]
    assert list(ghosts(told.records(), fresh=False)) == []


def test_a_token_that_a_later_push_delivered_twice_is_one_of_those_it_was_sent_to() -> None:
    first = two_types().pushed(1.0).push(7, 1.0, 1.2).push(3, 1.0, 1.3, register=VOIP).closed(1.0, 1.5, 2)
    later = first.pushed(2.0).push(3, 2.0, 2.2, register=VOIP).push(3, 2.0, 2.3, register=VOIP).closed(2.0, 2.5, 2)

    assert missed(later) == []


def test_only_tokens_called_dead_are_counted_as_dead() -> None:
    journal = (
        Journal()
        .pushed(0.5)
        .push(7, 0.8, 0.9)
        .push(7, 1.0, 1.1)
        .push(7, 2.0, 2.1, status=410)
        .push(7, 3.0, 3.1, status=400)
    )
    journal.rows[-1] = (*journal.rows[-1][:6], CONDEMNED, *journal.rows[-1][7:])

    records = journal.records()
    assert chances(records, unanswered(records)) == {
        "pushes": 4,
        "closed_pushes": 0,
        "dead_tokens_pushed": 2,
        "pushes_during_faults": 0,
    }


def test_a_push_met_a_fault_if_a_provider_put_it_off_and_not_if_a_row_could_not_be_read() -> None:
    def during_faults(journal: Journal) -> int:
        return chances(journal.records(), unanswered(journal.records()))["pushes_during_faults"]

    not_read = Journal().push(7, 1.0, 1.1).closed(1.0, 1.5, 1).add(Call.READBACK, 1.0, 1.5, outcome=Outcome.INFO)
    put_off = Journal().push(7, 1.0, 1.1, status=500).closed(1.0, 1.5, 1)

    assert [during_faults(not_read), during_faults(put_off)] == [0, 1]


def test_a_push_is_no_snapshot_of_a_persons_devices() -> None:
    journal = Journal().subscribe(1, 0.1, 0.2).subscribe(1, 0.3, 0.4, register=OTHER).pushed(1.0)
    journal.subscribe(2, 1.1, 1.2).subscribe(2, 1.3, 1.4, register=OTHER)  # one after the other
    journal.push(2, 1.0, 1.5, register=OTHER).push(1, 1.0, 1.6).closed(1.0, 2.0, 2)  # the other way round

    judged = journal.read_back(2, 12.0).read_back(2, 12.0, register=OTHER).judged()
    assert (shown(judged), judged.verdict) == ({}, "pass")
