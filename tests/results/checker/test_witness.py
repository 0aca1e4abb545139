"""The witness: what proves a violation, and nothing that does not."""

import os
from collections import Counter
from random import Random
from typing import Final

from results.anomalies import classify
from results.checker.case import judge_case
from results.checker.fact import facts_of
from results.checker.projection import Frame, projections
from results.checker.register import Legality, judge_register
from results.checker.rule import MISSING, Rule
from results.checker.shown import Found
from results.checker.witness import blames, without, witness_of, wrong
from results.journal.record import GHOST, Call, Outcome
from results.judgement import Stretch
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, VOIP, Journal
from tests.results.checker.owners import Mix, random_facts

_FEWEST: Final = 400  # among fewer there is not every rule
_HISTORIES: Final = max(_FEWEST, int(os.environ.get("PUSHFLEET_HISTORIES", "20000")) // 10)
FRAME: Final = Frame(RUN, BEGAN, dead=False)
_MOST: Final = 12  # operations of a random register: enough for every rule


def random_register(rng: Random) -> Journal:
    """A register's life, with a store that now and then does what it should not."""
    journal, clock, generation, held = Journal(), 0.0, 0, None
    for _ in range(rng.randint(2, _MOST)):
        sent = clock + rng.choice((0.0, 0.1, 1.0))
        done = sent + rng.choice((0.1, 0.3, 2.0))
        clock = rng.choice((sent, done, done))
        owner = rng.choice((ANNE, ANNE, ANNE, BOB))
        outcome = rng.choices((Outcome.OK, Outcome.INFO, Outcome.FAIL), (8, 2, 1))[0]
        status = {Outcome.OK: 200, Outcome.INFO: 0, Outcome.FAIL: 400}[outcome]
        seen = held if rng.random() < 0.6 else rng.choice((None, *range(1, generation + 2)))
        what = rng.random()
        if what < 0.4:
            generation += rng.random() < 0.8 or not generation
            journal.subscribe(generation, sent, done, owner, outcome=outcome, status=status)
            held = generation if outcome is Outcome.OK or rng.random() < 0.4 else held
        elif what < 0.55:
            rows = rng.choice((-1, 0, 1, 1, 2))
            journal.unsubscribe(sent, done, owner, outcome=outcome, status=status, rows=rows)
            held = None if outcome is Outcome.OK else held
        elif what < 0.8:
            for _ in range(rng.choices((1, 2), (9, 1))[0]):
                journal.push(seen, sent, done, owner, status=rng.choice((200, 200, 410)))
        else:
            journal.read_back(seen, sent, owner)
    return journal


def found_in(journal: Journal) -> list[Found]:
    facts = sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent)
    return [Found(one, facts, FRAME) for one in judge_case(facts, FRAME).evidence if classify(one) is not None]


def test_without_any_one_of_its_operations_nothing_is_wrong() -> None:
    rng, told = Random(11), Counter[Rule]()
    for number in range(_HISTORIES):
        everything = found_in(random_register(rng))
        for found in everything:
            told[found.evidence.rule] += 1
            facts, excuses = witness = witness_of(found)
            assert blames(found, facts), number
            assert not any(found.evidence.at is one for one in excuses), number
            for fact in facts:
                left = without(facts, [fact])
                assert blames(found, left) == witness.is_excuse(fact), (number, fact)
                alone = len(everything) == 1 and found.evidence.rule is not Rule.ROWS  # rows hide what else is wrong
                if alone and not witness.is_excuse(fact):
                    assert wrong(left, found) == [], (number, fact)
    assert {Rule.V1, Rule.V2, Rule.V3, Rule.V4, Rule.AGAIN, Rule.REFUSED, Rule.OWNER, Rule.ROWS} <= set(told)
    assert {Rule.LATE_WRITE, Rule.TWICE, Rule.UNWRITTEN} <= set(told)


def test_a_register_that_changes_hands_has_a_witness_that_none_of_its_operations_can_be_taken_from() -> None:
    rng, taken_at_once = Random(5), 0
    for number in range(_HISTORIES):
        facts = random_facts(rng, rng.randint(2, 8), Mix())
        everything = [Found(one, facts, FRAME) for one in judge_case(facts, FRAME).evidence if classify(one)]
        taken_at_once += any(_between_people(found) for found in everything)
        for found in everything:
            witness = witness_of(found)
            assert blames(found, witness.facts), number
            for fact in witness.facts:
                left = without(witness.facts, [fact])
                assert blames(found, left) == witness.is_excuse(fact), (number, fact)
                if len(everything) == 1 and not witness.is_excuse(fact):
                    assert wrong(left, found) == [], (number, fact)
    assert taken_at_once > 0


def _between_people(found: Found) -> bool:
    """Whether no single person's view of the register shows it."""
    seen_by = projections(found.facts, FRAME, set())
    each = (judge_register(seen.operations, seen.unsure).legality for seen in seen_by)
    return found.evidence.rule in MISSING and all(one is Legality.LEGAL for one in each)


def test_what_two_people_together_prove_is_told_by_whoever_was_acknowledged_last() -> None:
    journal = Journal().subscribe(7, 0.1, 1.0, ANNE).subscribe(8, 0.2, 1.1, BOB).read_back(None, 12.0)

    assert told(journal) == [
        ("proof", "subscribe", "g8", "was acknowledged"),
        ("wrong", "read-back", None, "found nothing"),
    ]


def told(journal: Journal) -> list[tuple[str, str, str | None, str]]:
    """The witness of a journal's only example, step by step."""
    (example,) = journal.judged().examples
    return [(step.part, step.call, step.token, step.text) for step in example.witness]


def test_a_stale_push_is_proven_by_two_acknowledgements_and_the_push() -> None:
    journal = Journal().subscribe(6, 0.01, 0.02).subscribe(7, 0.1, 0.2).push(7, 0.3, 0.4).subscribe(8, 0.9, 0.95)
    journal.push(8, 1.0, 1.1).subscribe(9, 2.0, 2.1).push(7, 3.1, 3.2).push(9, 4.0, 4.1).read_back(9, 12.0)

    assert told(journal) == [
        ("proof", "subscribe", "g7", "was acknowledged"),
        ("proof", "subscribe", "g8", "was acknowledged"),
        ("wrong", "push", "g7", "delivered g7"),
    ]


def test_of_many_registrations_of_a_token_the_last_one_proves() -> None:
    journal = Journal()
    for at in range(40):
        journal.subscribe(7, at, at + 0.1)
    (example,) = journal.subscribe(8, 50.0, 50.1).read_back(7, 60.0).judged().examples

    assert [(step.token, step.began) for step in example.witness] == [("g7", 39.0), ("g8", 50.0), ("g7", 60.0)]
    assert example.must == Stretch(50.1, 60.0, "g8 or a newer one must stand here")


def test_a_missing_device_is_proven_without_the_unsubscribes_that_came_before_it() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.5, 0.6).subscribe(8, 1.0, 1.1).read_back(None, 12.0)

    assert told(journal) == [
        ("proof", "subscribe", "g8", "was acknowledged"),
        ("wrong", "read-back", None, "found nothing"),
    ]


def test_an_unsubscribe_that_explains_one_of_two_absences_is_told_as_an_excuse() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(0.3, 0.4, outcome=Outcome.INFO, status=0)
    journal.push(None, 1.0, 1.1).subscribe(8, 2.0, 2.1).push(None, 3.0, 3.1).subscribe(9, 4.0, 4.1).read_back(9, 12.0)

    assert told(journal) == [
        ("proof", "subscribe", "g7", "was acknowledged"),
        ("excuse", "unsubscribe", None, "was never answered, and may act at any time"),
        ("proof", "push", None, "did not reach it"),
        ("proof", "subscribe", "g8", "was acknowledged"),
        ("wrong", "push", None, "did not reach it"),
    ]


def test_a_token_of_another_slot_is_told_with_the_subscribe_that_brought_it() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(1, 0.3, 0.4, register=VOIP).read_back(1, 12.0, origin=VOIP)
    (example,) = journal.read_back(1, 12.0, register=VOIP).judged().examples

    assert [(step.register, step.token) for step in example.witness] == [
        ("ios-voip/dev-0042", "g1"),
        ("ios/dev-0042", "g1"),
    ]


def test_a_breach_and_a_ghost_of_nobody_are_proven_by_themselves() -> None:
    breach = Journal().subscribe(7, 0.1, 0.2, fault=64).read_back(7, 12.0)
    ghost = Journal().subscribe(7, 0.1, 0.2).add(Call.DELIVERY, 1.0, 1.1, GHOST, register=0).read_back(7, 12.0)

    assert told(breach) == [("wrong", "subscribe", "g7", "was acknowledged")]
    assert [part for part, *_ in told(ghost)] == ["wrong"]


def test_two_rows_are_proven_by_two_rows() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95).subscribe(9, 1.0, 1.1)
    journal.read_back(7, 12.0).read_back(8, 12.0).read_back(9, 12.0)

    assert [(part, call) for part, call, *_ in told(journal)] == [
        ("proof", "subscribe"),
        ("proof", "subscribe"),
        ("wrong", "read-back"),
        ("wrong", "read-back"),
    ]


def test_a_register_with_thousands_of_operations_has_a_witness_of_a_few() -> None:
    journal = Journal()
    for at in range(1, 3000):
        journal.subscribe(at, at, at + 0.1)
    (example,) = journal.push(2500, 3500.0, 3500.1).read_back(2999, 4000.0).judged().examples

    assert [step.token for step in example.witness] == ["g2500", "g2501", "g2500"]


def test_what_the_sentence_cites_is_in_the_drawing() -> None:
    journal = Journal().subscribe(1, 0.1, 0.2, ANNE).subscribe(2, 1.0, 1.1, BOB).subscribe(3, 2.0, 2.1, BOB)
    (example, *_) = journal.read_back(1, 12.0, ANNE).read_back(3, 12.0, BOB).judged().examples

    assert (example.anomaly, [step.token for step in example.witness]) == ("old_owner_push", ["g1", "g3", "g1", "g3"])
    assert "Person 8 took the device over: Token g3 was acknowledged at 02.100 s." in example.text
    assert example.must == Stretch(2.1, 12.0, "it is person 8's here")
