"""The judge of a run: every register of its journal, and what that makes of its correctness.

A run is judged whole, or shard by shard: a shard has all registers of some installations. What a register is judged by
that stands elsewhere in the journal is the same for every shard, see `Whole`, and what belongs to no register is looked
at with the first. So the shards' verdicts, merged, are the verdict on the whole.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.anomalies.contract_breach import worst_breaches
from results.checker import pushes
from results.checker.by_register import ByRegister, Registers, Screened
from results.checker.case import judge_case
from results.checker.clocks import widened
from results.checker.coverage import chances
from results.checker.doubt import Doubt
from results.checker.evidence import Evidence
from results.checker.fact import facts_of
from results.checker.partial import Partial
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.checker.shown import SHOWN, Found
from results.checker.story import Names, Story
from results.checker.tally import Tally
from results.checker.whole import Whole, answers, chances_of_all
from results.journal.record import FIRST_BREACH, Call
from results.judgement import Judgement
from results.shard import WHOLE, Shard


@dataclass(frozen=True, slots=True)
class Store:
    """What is known of the backend's store, besides what was read in it."""

    read_back: bool = True  # some read-back ran to its end
    fresh: bool = True  # it was made for this run: nothing in it is anybody else's


_OWN: Final = Store()
_UNNAMED: Final = Names()
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits have no pattern: the golden ratio's


@dataclass(frozen=True, slots=True)
class Docket:
    """What a run is judged by besides its records."""

    run: int  # its number
    began: int  # monotonic ns
    label: Callable[[int], str]  # names a register as people write it
    names: Names = _UNNAMED  # what other numbers stand for
    dead: Registers | None = None  # which registers were workers' that died, and so lack operations in the journal
    pending: Registers | None = None  # which registers an earlier run called without an answer
    fresh: bool = True  # as in Store
    clock_bound: int = 0  # ns that the times of records may be wrong by, between machines


def judge(
    records: NDArray[np.void],
    run: int,
    *,
    began: int,
    label: Callable[[int], str],
    dead: Registers | None = None,
    pending: Registers | None = None,
    store: Store = _OWN,
    names: Names = _UNNAMED,
) -> Judgement:
    """Judge a run's correctness from its journal, whole.

    `records` is an array of RECORD, in any order; for the others see `Docket`. If no read-back of `store` ran to its
    end the verdict is never a pass, nor is it if nothing was acknowledged.
    """
    docket = Docket(run, began, label, names, dead, pending, store.fresh)
    found = judge_shard(records, Whole.of(lambda: (records,), run), docket)
    return found.judgement(began=began, read_back=store.read_back, ended=lambda moment: ended(records, moment))


def in_shard(records: NDArray[np.void], shard: Shard) -> NDArray[np.bool_]:
    """Which records are a shard's: all that an installation's registers have, and with the first those of none."""
    if shard == WHOLE:
        return np.ones(len(records), np.bool_)
    # Installations are numbered in the lower bits, most with 1: mixed, lest a shard get them all. 0 stays 0.
    return shard.has((records["register"] >> np.uint64(8)) * _MIX >> np.uint64(32))


def ended(records: NDArray[np.void], moment: int) -> int:
    """How many API calls had ended by a moment (monotonic ns)."""
    return int(np.count_nonzero(records["done"][records["call"] < Call.READBACK] <= moment))


def judge_shard(records: NDArray[np.void], whole: Whole, docket: Docket, shard: Shard = WHOLE) -> Partial:
    """Judge the registers of a shard, whose records these are, all of them and no others."""
    tally = Tally()
    records = widened(records, docket.clock_bound)
    absent = pushes.absences(records, whole.of_pushes)
    records = np.concatenate([records, absent]) if len(absent) else records  # of a large journal no copy for nothing
    frame = Frame(
        docket.run,
        docket.began,
        dead=False,
        later=whole.later,
        written=whole.written,
        unclosed=whole.unclosed,
        clock_bound=docket.clock_bound,
    )
    by_register = ByRegister.of(records, docket.dead, docket.pending)
    _judge_registers(by_register, frame, tally, _too_close(by_register, frame))
    _count_breaches(records, frame, tally)
    tally.coverage.update({**chances_of_all(records), "push_absences": len(absent)})
    if shard.index == 1:
        _count_ghosts(pushes.ghosts(whole.of_pushes, fresh=docket.fresh), frame, tally)
        tally.coverage.update(pushes.chances(whole.of_pushes, whole.unanswered))
    return tally.told(Story(docket.run, docket.began, docket.label, docket.names), whole)


def _judge_registers(all_of_them: ByRegister, frame: Frame, tally: Tally, close: AbstractSet[int]) -> None:
    """Judge each register, in Python where the kernel is not sure of it; `close` are the places of some, as below."""
    screened = all_of_them.screened(frame)
    screened[list(close)] = Screened.UNSURE
    counted = screened == Screened.RIGHT
    tally.total += int(np.count_nonzero(counted))
    for place in np.flatnonzero(screened == Screened.UNSURE).tolist():
        facts, its_own = all_of_them.facts(place), _its_own(frame, all_of_them, place)
        case = judge_case(facts, its_own)
        if place in close:
            case.doubts.add(Doubt.CLOSE)
        counted[place] = tally.add(case, facts, its_own)
    tally.coverage.update(chances(all_of_them.records_of(counted)))


def _too_close(all_of_them: ByRegister, frame: Frame) -> AbstractSet[int]:
    """The places of registers that are wrong if times are as they were recorded: they may be, and may be otherwise."""
    bound = frame.clock_bound
    if not bound:
        return frozenset()
    recorded = replace(all_of_them, records=widened(all_of_them.records, -bound))
    exactly = replace(
        frame,
        clock_bound=0,
        unclosed={person: until + 2 * bound for person, until in frame.unclosed.items()},
    )
    return {
        place
        for place in np.flatnonzero(recorded.screened(exactly) == Screened.UNSURE).tolist()
        if judge_case(recorded.facts(place), _its_own(exactly, recorded, place)).violated
    }


def _its_own(frame: Frame, all_of_them: ByRegister, place: int) -> Frame:
    return replace(frame, dead=bool(all_of_them.dead[place]), pending=bool(all_of_them.pending[place]))


def _count_ghosts(ghosts: Iterator[Evidence], frame: Frame, tally: Tally) -> None:
    """Tokens in no known register: each person's are counted as one register's."""
    for evidence in ghosts:
        tally.violated += 1
        tally.show("ghost_token", Found(evidence, evidence.blamed, frame))


def _count_breaches(records: NDArray[np.void], frame: Frame, tally: Tally) -> None:
    """Breaches of the contract: each is an operation, and makes the run violated."""
    found = answers(records[records["fault"] >= FIRST_BREACH])
    if not len(found):
        return
    tally.count("contract_breach", len(found), (int(found["done"].min()), int(found["done"].max())))
    for fact in facts_of(worst_breaches(found, SHOWN).tolist()):  # of all: there may be as many as operations
        tally.keep("contract_breach", Found(Evidence(Rule.BREACH, fact.register, (fact,)), (fact,), frame))
