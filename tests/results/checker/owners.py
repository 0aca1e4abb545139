"""The slow truth of a register that changes hands: a search of every order of whole records, and random ones to try.

It shares no word with the judge: no projection, no zones. A register holds nothing, or one (person, token); a subscribe
writes, an unsubscribe removes what its caller holds and counts it, a read-back shows the row, a push shows its person's
token or that there is none, and a provider's word about a token lets the backend remove it, once, if it is still there.
"""

from collections.abc import Sequence
from enum import Enum, auto
from functools import cache
from random import Random
from typing import Final, NamedTuple

from results.checker.fact import Fact
from results.journal.record import ABSENT, NO_RC, NO_ROWS, NOBODY, Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, DEVICE, RUN, token

Held = tuple[int, int] | None  # (person, token)

CAROL: Final = 9
LONG: Final = 2**62
_OLD: Final = token(1, RUN - 1)
_SOMEBODY: Final = 99  # who has had the device before, and does nothing in this run
_PRUNE: Final = 200  # the call of a step that stands for a provider's word


class Step(NamedTuple):
    """What may happen at one moment of [begin, end]; `must` happen, or may."""

    call: int
    owner: int
    value: int
    rows: int
    begin: int
    end: int
    must: bool


class Refused(Exception):  # noqa: N818 - no error: this step cannot come now
    """The register holds something else than the step has seen."""


class Removed(Enum):
    """What an unsubscribe's n >= 1 is taken to prove."""

    OWN = auto()  # its caller's subscription stood there
    ANYBODYS = auto()  # a subscription stood there
    NOTHING = auto()


def explained_by_some_order(facts: Sequence[Fact], removed: Removed = Removed.OWN) -> bool:
    """Whether some order of the operations, consistent with real time, explains every read of one register.

    What an unsubscribe says that it removed is a read too. Exponential.
    """
    steps = list(_steps(facts, counted=removed is not Removed.NOTHING))
    everything = range(len(steps))
    before = [sum(1 << b for b in everything if steps[b].end < steps[a].begin) for a in everything]
    after = [sum(1 << b for b in everything if steps[a].end < steps[b].begin) for a in everything]
    certain = sum(1 << at for at in everything if steps[at].must)

    @cache
    def possible(placed: int, held: Held) -> bool:
        if placed & certain == certain:
            return True
        for at in everything:
            if placed & (1 << at) or before[at] & certain & ~placed or after[at] & placed:
                continue
            try:
                then = _held_after(steps[at], held, removed)
            except Refused:
                continue
            if possible(placed | 1 << at, then):
                return True
        return False

    return any(possible(0, held) for held in _first(facts))


def _first(facts: Sequence[Fact]) -> set[Held]:
    """What may have stood there before the run: nothing, or a token of an earlier run, anybody's who is known of."""
    people = {fact.owner for fact in facts} - {NOBODY} | {_SOMEBODY}
    old = {fact.value for fact in facts if 0 <= fact.value < token(0)}
    return {None, *((person, value) for person in people for value in (*old, token(99, RUN - 1)))}


def _steps(facts: Sequence[Fact], *, counted: bool) -> list[Step]:
    steps = []
    for fact in facts:
        if fact.outcome == Outcome.FAIL:
            continue
        ok = fact.outcome == Outcome.OK
        rows = fact.rows if ok and (counted or fact.rows < 1) else NO_ROWS
        end = fact.done if ok else LONG
        steps.append(Step(fact.call, fact.owner, fact.value, rows, fact.sent, end, ok))
        if fact.call == Call.DELIVERY and fact.status in (404, 410) and fact.value != ABSENT:
            steps.append(Step(_PRUNE, NOBODY, fact.value, NO_ROWS, fact.done, LONG, must=False))
    return steps


def _held_after(step: Step, held: Held, removed: Removed) -> Held:
    """What the register holds after the step; Refused if it cannot come now."""
    mine = held is not None and held[0] == step.owner
    if step.call == Call.SUBSCRIBE:
        return step.owner, step.value
    if step.call == Call.UNSUBSCRIBE:
        stood = held is not None if removed is Removed.ANYBODYS and step.rows > 0 else mine
        _require(step.rows in (NO_ROWS, int(stood)))
        return None if mine else held
    if step.call == _PRUNE:
        return None if held is not None and held[1] == step.value else held
    seen = held[1] if held is not None and (mine or step.call == Call.READBACK) else ABSENT
    _require(seen == step.value)
    _require(step.call == Call.DELIVERY or held is None or step.owner in (NOBODY, held[0]))
    return held


def _require(condition: bool) -> None:  # noqa: FBT001 - a condition
    if not condition:
        raise Refused


class Mix(NamedTuple):
    """What random records are made of."""

    people: tuple[int, ...] = (ANNE, BOB)
    span: int = 14
    dead: float = 0.0  # the share of deliveries whose provider calls the token dead
    unanswered: float = 0.15  # of calls
    rotates: float = 0.6  # the share of subscribes with a token of their own
    named: float = 0.7  # the share of read-backs that say whose the row is
    told: float = 0.8  # the share of unsubscribes that say what they removed
    wrong: float = 0.3  # the share of reads that show something else
    old: float = 0.2  # how often something stood there before


def random_facts(rng: Random, size: int, mix: Mix) -> list[Fact]:
    """Records of one register, by `sent`: most reads are made right by a hidden backend."""
    facts, generation = [], 1
    for _ in range(size):
        call = rng.choices((Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.READBACK, Call.DELIVERY), (5, 3, 3, 3))[0]
        sent = BEGAN + 1 + rng.randrange(mix.span)
        done = sent + min(int(rng.expovariate(0.5)), mix.span)
        outcome, value = Outcome.OK, ABSENT
        if call == Call.SUBSCRIBE:
            generation += rng.random() < mix.rotates
            value = token(generation)
        if call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE):
            weights = (1 - mix.unanswered - 0.05, mix.unanswered, 0.05)
            outcome = rng.choices((Outcome.OK, Outcome.INFO, Outcome.FAIL), weights)[0]
        status = 410 if call == Call.DELIVERY and rng.random() < mix.dead else 200
        facts.append(_fact(call, outcome, status, rng.choice(mix.people), value, sent, done))
    # Rows of one moment would be one pass, and receipts one push: duplicates are not what is tried here.
    facts = list({(fact.call, fact.sent if fact.is_read else at): fact for at, fact in enumerate(facts)}.values())
    return _shown(rng, sorted(facts, key=lambda fact: fact.sent), mix)


def _fact(call: int, outcome: int, status: int, owner: int, value: int, sent: int, done: int) -> Fact:
    return Fact(call, outcome, 0, 0, status, NO_ROWS, NO_RC, owner, DEVICE, value, DEVICE, sent, sent, done)


def _shown(rng: Random, facts: list[Fact], mix: Mix) -> list[Fact]:
    """The records with what reads and counts show at moments of their own; now and then something else."""
    events = [(rng.uniform(fact.sent, min(fact.done, fact.sent + 20)), at) for at, fact in enumerate(facts)]
    held: Held = (rng.choice(mix.people), _OLD) if rng.random() < mix.old else None
    values = [fact.value for fact in facts if fact.call == Call.SUBSCRIBE]
    shown, removals = list(facts), list[tuple[float, int]]()
    for moment, at in sorted(events):
        for removal in [one for one in removals if one[0] <= moment]:
            removals.remove(removal)
            held = None if held is not None and held[1] == removal[1] else held
        fact = facts[at]
        happens = fact.ok or (fact.timed_out and rng.random() < 0.5)
        mine = held is not None and held[0] == fact.owner
        if fact.call == Call.SUBSCRIBE:
            held = (fact.owner, fact.value) if happens else held
        elif fact.call == Call.UNSUBSCRIBE:
            count = int(mine) if rng.random() > mix.wrong / 2 else rng.randint(0, 1)
            shown[at] = fact._replace(rows=count if fact.ok and rng.random() < mix.told else NO_ROWS)
            held = None if happens and mine else held
        elif rng.random() < mix.wrong:
            value = rng.choice([ABSENT, *values])
            shown[at] = _read(rng, fact, (rng.choice(mix.people), value) if value != ABSENT else None, mix)
        else:
            shown[at] = _read(rng, fact, held, mix)
        if shown[at].dead and shown[at].value != ABSENT and rng.random() < 0.6:
            removals.append((fact.done + rng.uniform(0, 4), shown[at].value))
    return shown


def _read(rng: Random, fact: Fact, held: Held, mix: Mix) -> Fact:
    if fact.call == Call.READBACK:
        owner, value = held or (NOBODY, ABSENT)
        return fact._replace(owner=owner if rng.random() < mix.named else NOBODY, value=value)
    mine = held is not None and held[0] == fact.owner
    if held is None or not mine:
        return fact._replace(value=ABSENT, status=0)
    return fact._replace(value=held[1])
