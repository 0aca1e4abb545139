"""The judge of a run: every register of its journal, and what that makes of its correctness."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.anomalies import ANOMALIES, classify
from results.checker import pushes
from results.checker.by_register import ByRegister, Registers, Screened
from results.checker.case import Case, judge_case
from results.checker.coverage import chances
from results.checker.doubt import Doubt
from results.checker.evidence import Evidence
from results.checker.fact import Fact, facts_of
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.checker.shown import Found, Worst
from results.checker.story import Names, Story
from results.checker.telling import examples
from results.checker.whole import answers, chances_of_all, later_run_read, sent_of_elsewhere
from results.journal.record import FIRST_BREACH, Call
from results.judgement import Judgement, Sighting
from results.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Store:
    """What is known of the backend's store, besides what was read in it."""

    read_back: bool = True  # some read-back ran to its end
    fresh: bool = True  # it was made for this run: nothing in it is anybody else's


_OWN: Final = Store()
_UNNAMED: Final = Names()


@dataclass(slots=True)
class _Tally:
    """What the registers looked at so far come to."""

    total: int = 0
    violated: int = 0
    unknown: int = 0
    doubts: Counter[Doubt] = field(default_factory=Counter)
    anomalies: Counter[str] = field(default_factory=Counter)
    coverage: Counter[str] = field(default_factory=Counter)
    shown: dict[str, Worst] = field(default_factory=dict)
    proven: dict[str, tuple[int, int]] = field(default_factory=dict)  # anomaly → its first and last proof, monotonic ns

    def add(self, case: Case, facts: Sequence[Fact], frame: Frame) -> bool:
        """Count one register: once for each anomaly it shows. False if it does not count.

        A register that no operation was sent for is not this run's, and says nothing of it, unless what was read there
        shows a fault, or may be the work of a worker that died.
        """
        if not (case.violated or Doubt.DEAD in case.doubts or any(fact.went_out for fact in facts)):
            return False
        self.total += 1
        by_name: dict[str, list[Found]] = {}
        for evidence in case.evidence:
            if (anomaly := classify(evidence)) is not None:
                by_name.setdefault(anomaly.id, []).append(Found(evidence, facts, frame))
        for name, found in by_name.items():
            self.show(name, *found)
        if case.violated:
            self.violated += 1
        elif case.doubts:
            self.unknown += 1
            self.doubts[min(case.doubts, key=list(Doubt).index)] += 1
        return True

    @property
    def acknowledged(self) -> int:
        """Operations that the backend has said it carried out."""
        return self.coverage["subscribes"] + self.coverage["deletes"]

    def show(self, name: str, *found: Found) -> None:
        """Count an anomaly that one register, or one operation, shows; keep the worst piece of its evidence."""
        self.anomalies[name] += 1
        proofs = [fact.done for one in found for fact in one.evidence.blamed]
        first, last = self.proven.get(name, (proofs[0], proofs[0]))
        self.proven[name] = min(first, *proofs), max(last, *proofs)
        self.shown.setdefault(name, Worst(ANOMALIES[name].badness)).add(*found)


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
    """Judge a run's correctness from its journal.

    `records` is an array of RECORD, in any order; `run` the run's number, and `began` when it began (monotonic ns).
    `label` names a register as people write it, `names` what other numbers stand for. `dead` tells of an
    array of registers which of them belong to workers that died, and so lack operations in the journal, `pending` which
    of them an earlier run called without an answer. If no read-back of `store` ran to its end the verdict is never a
    pass, nor is it if nothing was acknowledged.
    """
    tally = _Tally()
    absent = pushes.absences(records)
    records = np.concatenate([records, absent]) if len(absent) else records  # of a large journal no copy for nothing
    frame = Frame(
        run,
        began,
        dead=False,
        later=later_run_read(records, run),
        written=sent_of_elsewhere(records),
        unclosed=pushes.unclosed(records),
    )
    registers = ByRegister.of(records, dead, pending)
    _judge_registers(registers, frame, tally)
    _count_ghosts(pushes.ghosts(records, fresh=store.fresh), frame, tally)
    _count_breaches(records, frame, tally)
    tally.coverage.update({**pushes.chances(records, absent), **chances_of_all(records)})
    story = Story(run, began, label, names)
    return Judgement(
        verdict=_verdict(tally, read_back=store.read_back),
        total=tally.total,
        judged=tally.total - tally.unknown,
        unknown=tally.unknown,
        anomalies={name: tally.anomalies[name] for name in sorted(ANOMALIES)},
        examples=list(examples(tally.shown, story, registers)),
        coverage=dict(tally.coverage),
        seen=dict(_sightings(tally, records, began)),
        not_exercised=[name for name in sorted(ANOMALIES) if not _exercised(name, tally)],
        reasons=list(_reasons(tally, read_back=store.read_back)),
    )


def _judge_registers(all_of_them: ByRegister, frame: Frame, tally: _Tally) -> None:
    """Judge each register, in Python where the kernel is not sure of it."""
    screened = all_of_them.screened(frame)
    counted = screened == Screened.RIGHT
    tally.total += int(np.count_nonzero(counted))
    for place in np.flatnonzero(screened == Screened.UNSURE).tolist():
        facts = all_of_them.facts(place)
        its_own = replace(frame, dead=bool(all_of_them.dead[place]), pending=bool(all_of_them.pending[place]))
        counted[place] = tally.add(judge_case(facts, its_own), facts, its_own)
    tally.coverage.update(chances(all_of_them.records_of(counted)))


def _count_ghosts(ghosts: Iterator[Evidence], frame: Frame, tally: _Tally) -> None:
    """Tokens in no known register: each person's are counted as one register's."""
    for evidence in ghosts:
        tally.violated += 1
        tally.show("ghost_token", Found(evidence, evidence.blamed, frame))


def _count_breaches(records: NDArray[np.void], frame: Frame, tally: _Tally) -> None:
    """Breaches of the contract: each is an operation, and makes the run violated."""
    for fact in facts_of(answers(records[records["fault"] >= FIRST_BREACH]).tolist()):
        tally.show("contract_breach", Found(Evidence(Rule.BREACH, fact.register, (fact,)), (fact,), frame))


def _verdict(tally: _Tally, *, read_back: bool) -> Verdict:
    if tally.violated or tally.anomalies["contract_breach"]:
        return Verdict.VIOLATED
    if tally.unknown or not tally.acknowledged or not tally.coverage["reads"] or not read_back:
        return Verdict.UNKNOWN
    return Verdict.PASS


def _exercised(name: str, tally: _Tally) -> bool:
    return bool(tally.anomalies[name]) or any(tally.coverage[chance] for chance in ANOMALIES[name].chances)


def _sightings(tally: _Tally, records: NDArray[np.void], began: int) -> Iterator[tuple[str, Sighting]]:
    ended = records["done"][records["call"] < Call.READBACK]
    for name, (first, last) in sorted(tally.proven.items()):
        operations = int(np.count_nonzero(ended <= first))
        yield name, Sighting((first - began) / 1e9, (last - began) / 1e9, operations)


def _reasons(tally: _Tally, *, read_back: bool) -> Iterator[str]:
    for name in sorted(ANOMALIES, key=lambda one: -tally.anomalies[one]):
        if count := tally.anomalies[name]:
            of = f"{tally.coverage['answers']} answers" if name == "contract_breach" else f"{tally.total} registers"
            yield f"{name} was found in {count} of {of}."
    if not tally.total:
        yield "No operation went out for any register, and no data is no verdict."
        return
    if not tally.acknowledged:
        yield "No subscribe or unsubscribe was acknowledged, so there is nothing that the backend must hold."
    if not tally.coverage["reads"]:
        yield "Nothing was read back, so nothing shows what the backend holds."
    elif not read_back:
        yield "No read-back ran to its end, so what the backend holds at last is not known."
    for doubt, count in tally.doubts.items():
        yield f"{count} of {tally.total} registers cannot be judged: {doubt}."
