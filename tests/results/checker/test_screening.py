"""What the kernel calls right, the judge in Python finds nothing in; and a run's judgement is the same without it."""

from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from results.checker.by_register import Screened
from results.checker.case import judge_case
from results.checker.fact import Fact
from results.checker.judge import judge
from results.checker.kernel import plain
from results.checker.kernel.run_screen import screen_run
from results.checker.projection import Frame
from results.journal.record import ABSENT, GHOST, NOBODY, RECORD, Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, label, token
from tests.results.checker.test_no_false_alarm import Act, looked_at, plan, recorded, take_effect

SPOILS: Final[list[dict[str, int]]] = [
    {"value": ABSENT},
    {"value": GHOST},
    *({"value": token(generation)} for generation in (1, 2, 3)),
    {"value": token(1, RUN - 1)},
    {"value": token(1, RUN + 1)},
    {"owner": ANNE},
    {"owner": BOB},
    {"owner": NOBODY},
    {"rows": 2},
    {"rows": 1},
    {"rows": 0},
    {"origin": 99},
    {"status": 410},
    {"rc": 1},
    {"outcome": Outcome.FAIL},
    {"outcome": Outcome.INFO},
    {"call": Call.DELIVERY},
    {"call": Call.READBACK},
]


def answered(act: Act) -> Act:
    """The same, had the network been better."""
    if act.outcome != Outcome.INFO:
        return act
    return replace(act, outcome=Outcome.OK, moment=(act.sent + act.done) / 2)


def a_register(rng: Random) -> list[Fact]:
    """A register's records by `sent`: mostly plain and right, now and then neither."""
    acts = plan(rng, rng.randint(1, 14), dead=rng.choice([0.0, 0.0, 0.2]))
    if rng.random() < 0.8:
        acts = [answered(act) for act in acts]
    before = (ANNE, token(3, RUN - 1)) if rng.random() < 0.1 else None
    facts = recorded(take_effect(looked_at(acts), before))
    for _ in range(rng.choice([0, 0, 1, 2])):
        at = rng.randrange(len(facts))
        facts[at] = facts[at]._replace(**rng.choice(SPOILS))
    if rng.random() < 0.1:
        facts.append(rng.choice(facts))
    if rng.random() < 0.05:
        facts = [facts[0]]
    return sorted(facts, key=lambda fact: fact.sent)


def records_of(registers: list[list[Fact]]) -> NDArray[np.void]:
    """As they are in a journal, under numbers of their own, and their tokens with them."""
    rows = [
        fact._replace(register=number << 24 | 257, origin=fact.origin - fact.register + (number << 24 | 257))
        for number, facts in enumerate(registers, start=1)
        for fact in facts
        if fact.origin >= fact.register
    ]
    return np.array([tuple(row) for row in rows], RECORD)


@pytest.mark.parametrize("seed", range(4))
def test_what_the_kernel_calls_right_the_judge_does_too(seed: int) -> None:
    rng = Random(seed)
    registers = [a_register(rng) for _ in range(2000)]
    first = np.cumsum([0, *map(len, registers)])
    found = screen_run(np.array([tuple(fact) for facts in registers for fact in facts], RECORD), first, RUN)
    right = 0
    for facts, screened in zip(registers, found.tolist(), strict=True):
        case = judge_case(facts, Frame(RUN, BEGAN, dead=False))
        clean = not case.evidence and not case.doubts
        assert clean or screened == Screened.UNSURE, facts
        assert screened != Screened.NOTHING or not any(fact.went_out for fact in facts), facts
        right += clean
    # It is of use: most of what is right it knows to be, and there is much that is not.
    assert np.count_nonzero(found == Screened.RIGHT) > 0.3 * right
    assert right < 0.9 * len(registers)
    assert (found == Screened.NOTHING).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("unclosed", [0, 1])
def test_a_run_is_judged_the_same_with_the_kernel_and_without(
    seed: int, unclosed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = Random(100 + seed)
    records = records_of([a_register(rng) for _ in range(400)])
    if unclosed:
        push = np.zeros(unclosed, RECORD)
        push["call"], push["owner"], push["value"], push["sent"] = Call.PUSH, BOB, BEGAN + 4_000_000_000, BEGAN
        records = np.concatenate([records, push])

    def judged(few: int) -> object:
        monkeypatch.setattr("results.checker.by_register.FEW", few)
        return judge(
            records,
            RUN,
            began=BEGAN,
            label=label,
            dead=lambda registers: registers % np.uint64(7 << 24) == 257,
            pending=lambda registers: registers % np.uint64(11 << 24) == 257,
        )

    assert judged(0) == judged(10**9)


def test_the_words_of_the_kernel_are_those_of_the_judge() -> None:
    assert (plain.UNSURE, plain.RIGHT, plain.NOTHING) == (Screened.UNSURE, Screened.RIGHT, Screened.NOTHING)
