from random import Random

import pytest

from results.anomalies.contract_breach import ANOMALY, worst_breaches
from results.checker.evidence import Evidence
from results.checker.fact import facts_of
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.checker.shown import Found, Worst
from results.journal.record import Outcome
from tests.results.checker.journal import BEGAN, RUN, Journal, shown, texts


def test_every_answer_that_the_contract_does_not_allow_counts() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, fault=64).subscribe(7, 0.3, 0.4, fault=64).read_back(7, 12.0)
    judged = journal.judged()

    assert (shown(judged), judged.verdict) == ({"contract_breach": 2}, "violated")
    assert judged.reasons == ["contract_breach was found in 2 of 2 answers."]
    assert texts(judged)[0] == (
        "CONTRACT BREACH ios/dev-0042. The subscribe of g7 begun at 00.100 s was answered with status 200: 200 without "
        "a body."
    )


def test_a_faults_own_full_stop_is_the_only_one() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2, fault=65).read_back(7, 12.0).judged()

    assert texts(judged)[0].endswith("was answered with status 200: The answer is no JSON.")


def test_a_fault_that_is_no_breach_is_none() -> None:
    journal = Journal().subscribe(6, 0.0, 0.05).subscribe(7, 0.1, 0.2, fault=63, outcome=Outcome.INFO, status=503)
    judged = journal.read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_refusals_that_were_due_are_chances_and_so_are_those_that_did_not_come() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.FAIL, status=400)  # wrong on purpose, and refused so
    journal.subscribe(8, 0.3, 0.4, fault=64)  # wrong on purpose, and accepted
    journal.subscribe(9, 0.5, 0.6, outcome=Outcome.FAIL, status=401, fault=34)  # refused, and not on purpose
    journal.subscribe(9, 0.7, 0.8, outcome=Outcome.FAIL, status=0)  # not sent
    judged = journal.read_back(8, 12.0).judged()

    assert (judged.coverage["refusals_due"], judged.coverage["refused_writes"]) == (2, 2)
    assert shown(judged) == {"contract_breach": 1}


@pytest.mark.parametrize("seed", range(20))
def test_the_worst_of_many_breaches_are_those_that_would_be_told_if_each_were_looked_at(seed: int) -> None:
    rng, journal = Random(seed), Journal()
    for number in range(200):
        began, took, status = rng.randint(1, 3), rng.randint(1, 3), rng.choice((0, 200, 201, 404, 500))
        outcome = rng.choice((Outcome.OK, Outcome.FAIL, Outcome.INFO))
        register = rng.randint(1, 20) << 24 | 257
        journal.subscribe(number, began, began + took, outcome=outcome, status=status, fault=64, register=register)
    records = journal.records()

    def told(some: list[tuple[int, ...]]) -> list[Found]:
        worst = Worst(ANOMALY.badness)
        for fact in facts_of(some):
            worst.add(Found(Evidence(Rule.BREACH, fact.register, (fact,)), (fact,), Frame(RUN, BEGAN, dead=False)))
        return [found for _, found in worst]

    for most in (1, 20, 300):
        some = worst_breaches(records, most)
        assert told(some.tolist())[:most] == told(records.tolist())[:most]
    assert len(worst_breaches(records, 1)) < len(records) // 2
