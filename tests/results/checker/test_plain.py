"""What the kernel says of a register at first sight, see `at_first_sight` for the registers."""

from types import ModuleType

import numpy as np
import pytest

from results.checker.by_register import Screened
from results.checker.case import judge_case
from results.checker.fact import facts_of
from results.checker.kernel import plain, run_screen, screen
from results.checker.kernel.run_screen import screen_run
from results.checker.projection import Frame
from results.journal.record import Outcome
from tests.results.checker.at_first_sight import NOTHING, RIGHT, UNSURE, subscribed
from tests.results.checker.journal import BEGAN, RUN, Journal
from tests.results.checker.test_kernel import legal_by_kernel
from tests.results.checker.test_sweep import write


def many(refusals: int) -> Journal:
    """A right register with so many records, and three more that count."""
    journal = subscribed()
    for number in range(refusals):
        journal.subscribe(2, 2 + number / 1e4, 3, outcome=Outcome.FAIL)
    return journal.unsubscribe(4, 5, rows=1).read_back(None, 6)


def test_a_register_with_very_many_records_is_left_to_the_judge() -> None:
    assert screened(many(plain._LONGEST - 3)) is Screened.RIGHT
    assert screened(many(plain._LONGEST - 2)) is Screened.UNSURE


@pytest.mark.parametrize("screen", [screen, run_screen])
def test_a_screening_that_fails_is_no_answer(screen: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(screen, "_screen", fails)
    with pytest.raises(MemoryError):
        legal_by_kernel([[write(1, 0, 1)]]) if screen.__name__.endswith(".screen") else screened(subscribed())


def screened(journal: Journal, number: int = RUN) -> Screened:
    """What the kernel says of a register by these records."""
    records = journal.records()
    records = records[np.argsort(records["sent"], kind="stable")]
    (found,) = screen_run(records, np.array([0, len(records)]), number).tolist()
    return Screened(found)


@pytest.mark.parametrize("name", NOTHING)
def test_what_an_earlier_run_left_alone_says_nothing(name: str) -> None:
    assert screened(NOTHING[name]) is Screened.NOTHING


@pytest.mark.parametrize("name", RIGHT)
def test_the_kernel_knows_what_is_right(name: str) -> None:
    journal = RIGHT[name]
    facts = sorted(facts_of(journal.records().tolist()), key=lambda fact: fact.sent)
    case = judge_case(facts, Frame(RUN, BEGAN, dead=False))

    assert (case.evidence, case.doubts) == ([], set())
    assert screened(journal) is Screened.RIGHT


@pytest.mark.parametrize("name", UNSURE)
def test_the_kernel_leaves_to_the_judge_what_is_wrong_or_not_plain(name: str) -> None:
    assert screened(UNSURE[name]) is Screened.UNSURE


def test_every_register_of_a_run_is_screened_by_its_own_records() -> None:
    journals = [*RIGHT.values(), *UNSURE.values(), *NOTHING.values()]
    parts = [np.sort(journal.records(), order="sent", kind="stable") for journal in journals]
    first = np.cumsum([0, *map(len, parts)])

    found = screen_run(np.concatenate(parts), first, RUN)

    assert found.tolist() == [Screened.RIGHT] * len(RIGHT) + [Screened.UNSURE] * len(UNSURE) + [Screened.NOTHING] * len(
        NOTHING
    )
