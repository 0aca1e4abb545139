"""Of each class the worst come first: what is worse, in two registers a class that differ in nothing else."""

from collections.abc import Callable

import pytest

from results.anomalies import ANOMALIES
from results.journal.record import Call, Outcome
from tests.results.checker.journal import ANNE, BOB, VOIP, Journal

LESS, MORE = 50 << 24 | 1 << 8 | 1, 51 << 24 | 1 << 8 | 1

Life = Callable[..., None]


def stale(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7, 8).push(7, 9.0 if worse else 5.0, 10.0, register=register)
    journal.push(8, 11.0, 11.1, register=register).read_back(8, 20.0, register=register)


def lost(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7, *((8, 9, 10) if worse else (8, 9))).read_back(7, 20.0, register=register)


def resurrected(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7).add(Call.UNSUBSCRIBE, 3.0, 3.1, register=register, rows=1)
    journal.push(7, 9.0 if worse else 5.0, 10.0, register=register).read_back(None, 20.0, register=register)


def missing(journal: Journal, register: int, *, worse: bool) -> None:
    journal.subscribe(7, 1.0 if worse else 3.0, 1.1 if worse else 3.1, register=register)
    journal.read_back(None, 20.0, register=register)


def duplicated(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7, 8, 9)
    for generation in (7, 8, 9)[: 3 if worse else 2]:
        journal.read_back(generation, 20.0, register=register)


def delivered_again(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7).read_back(7, 20.0, register=register)
    for done in (5.1, 5.2, 5.3)[: 3 if worse else 2]:
        journal.push(7, 5.0, done, register=register)


def ghost(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7).read_back(-2 if worse else -3, 20.0, register=register)


def leaked(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7).read_back(7, 30.0, register=register)
    if worse:
        journal.push(7, 20.0, 20.5, register=register, origin=VOIP)
    else:
        journal.read_back(7, 20.0, register=register, origin=VOIP)


def taken_over(journal: Journal, register: int, *, worse: bool) -> None:
    journal.subscribe(7, 1.0, 1.1, ANNE, register=register).subscribe(8, 2.0, 2.1, BOB, register=register)
    journal.push(7, 9.0 if worse else 5.0, 10.0, ANNE, register=register).read_back(8, 20.0, BOB, register=register)


def misdirected(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7).read_back(7, 30.0, register=register)
    if worse:
        journal.push(7, 20.0, 20.5, register=register, origin=register + 1)
    else:
        journal.read_back(7, 20.0, register=register, origin=register + 1)


def came_late(journal: Journal, register: int, *, worse: bool) -> None:
    journal.subscribe(7, 0.1, 0.2, register=register, outcome=Outcome.INFO, status=0)
    writes(journal, register, 8).read_back(8, 3.0, register=register)
    journal.read_back(7, 30.0 if worse else 20.0, register=register)


def flapped(journal: Journal, register: int, *, worse: bool) -> None:
    writes(journal, register, 7, 8).push(7, 1.5, 1.6, register=register).push(8, 4.0, 4.1, register=register)
    journal.push(7, 9.0 if worse else 5.0, 10.0, register=register).read_back(8, 20.0, register=register)


def refused(journal: Journal, register: int, *, worse: bool) -> None:
    journal.subscribe(7, 1.0, 1.1, register=register, outcome=Outcome.FAIL, status=400)
    journal.read_back(7, 20.0 if worse else 10.0, register=register)


def breached(journal: Journal, register: int, *, worse: bool) -> None:
    status = 200 if worse else 404
    outcome = Outcome.OK if worse else Outcome.FAIL
    journal.subscribe(7, 1.0, 1.1, register=register, outcome=outcome, status=status, fault=64)
    journal.read_back(7 if worse else None, 20.0, register=register)


def writes(journal: Journal, register: int, *generations: int) -> Journal:
    for at, generation in enumerate(generations, start=1):
        journal.subscribe(generation, at, at + 0.1, register=register)
    return journal


LIVES: dict[str, Life] = {
    "stale_push": stale,
    "lost_update": lost,
    "resurrected_token": resurrected,
    "missing_device": missing,
    "duplicate_subscription": duplicated,
    "duplicate_delivery": delivered_again,
    "ghost_token": ghost,
    "cross_user_leak": leaked,
    "old_owner_push": taken_over,
    "wrong_type_delivery": misdirected,
    "zombie_write": came_late,
    "flapping": flapped,
    "rejected_write_applied": refused,
    "contract_breach": breached,
}


@pytest.mark.parametrize("name", sorted(ANOMALIES))
def test_the_worse_of_two_is_told_first(name: str) -> None:
    journal = Journal()
    LIVES[name](journal, LESS, worse=False)
    LIVES[name](journal, MORE, worse=True)

    told = [example.register for example in journal.judged().examples if example.anomaly == name]

    assert told == ["ios/dev-0051", "ios/dev-0050"]
