"""A correct backend, simulated: whatever phones, network and providers do, nothing may be called a violation."""

import heapq
from dataclasses import dataclass, replace
from random import Random
from typing import Final

import pytest

from results.checker.case import judge_case
from results.checker.doubt import Doubt
from results.checker.fact import Fact, facts_of
from results.checker.operation import ABSENT
from results.checker.projection import Frame
from results.checker.rule import Rule
from results.journal.record import NO_ROWS, NOBODY, Call, Outcome
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal, token

Held = tuple[int, int] | None  # (owner, token)

LATE = {Rule.LATE_WRITE, Rule.LATE_DELETE}
NEVER: Final = 1e9


@dataclass(frozen=True)
class Act:
    """One call or read, and the moment it takes effect; None: never."""

    call: Call
    owner: int
    value: int
    sent: float
    done: float
    moment: float | None
    outcome: Outcome
    rows: int = NO_ROWS
    removal: float | None = None  # a delivery to a token that its provider calls dead: when the backend acts on that
    status: int = 200


def plan(rng: Random, steps: int, *, dead: float = 0.0) -> list[Act]:
    """What two people do with one device: overlapping posts, retries, takeovers, logouts, time-outs, refusals.

    Pushes too, of which a share of `dead` is told that the token is dead, whichever it is.
    """
    owner, generation, clock, acts = ANNE, 1, 1.0, []
    for _ in range(steps):
        clock += rng.expovariate(1.5)
        call = rng.choices((Call.SUBSCRIBE, Call.UNSUBSCRIBE, Call.DELIVERY), (5, 2, 3))[0]
        if call == Call.SUBSCRIBE and rng.random() < 0.3:
            owner = rng.choice((ANNE, BOB))
            generation += 1
        elif call == Call.SUBSCRIBE and rng.random() < 0.5:
            generation += 1
        outcome = Outcome.OK
        if call != Call.DELIVERY:
            outcome = rng.choices((Outcome.OK, Outcome.INFO, Outcome.FAIL), (8, 2, 1))[0]
        done = clock + rng.expovariate(0.7)
        moment: float | None = rng.uniform(clock, done)
        if outcome == Outcome.FAIL or (outcome == Outcome.INFO and rng.random() < 0.5):
            moment = None
        elif outcome == Outcome.INFO:
            moment = rng.uniform(clock, clock + 10)
        value = token(generation) if call == Call.SUBSCRIBE else ABSENT
        act = Act(call, rng.choice((owner, owner, ANNE, BOB)), value, clock, done, moment, outcome)
        if call == Call.DELIVERY and rng.random() < dead:
            act = replace(act, status=rng.choice((404, 410)), removal=done + rng.expovariate(0.7))
        acts.append(act)
    return acts


def take_effect(acts: list[Act], held: Held) -> list[Act]:
    """The backend: the newest owner takes the device over, an unsubscribe removes its caller's only, and a provider's
    word the token that it is about.
    """
    done = []
    dead: list[tuple[float, int]] = []
    for act in sorted(acts, key=lambda one: one.moment if one.moment is not None else NEVER):
        while dead and act.moment is not None and dead[0][0] <= act.moment:
            _, token_ = heapq.heappop(dead)
            held = None if held is not None and held[1] == token_ else held
        mine = held is not None and held[0] == act.owner
        if act.moment is None:
            done.append(act)
        elif act.call == Call.SUBSCRIBE:
            held = (act.owner, act.value)
            done.append(act)
        elif act.call == Call.UNSUBSCRIBE:
            done.append(replace(act, rows=int(mine)))
            held = None if mine else held
        elif act.call == Call.DELIVERY and held is not None and mine:
            done.append(replace(act, value=held[1]))
            if act.removal is not None:
                heapq.heappush(dead, (act.removal, held[1]))
        elif act.call == Call.DELIVERY:
            done.append(replace(act, value=ABSENT, status=0))
        else:
            done.append(replace(act, owner=held[0] if held else NOBODY, value=held[1] if held else ABSENT))
    return done


def recorded(acts: list[Act]) -> list[Fact]:
    journal = Journal()
    for act in acts:
        rows = act.rows if act.outcome == Outcome.OK else NO_ROWS
        said = {"outcome": act.outcome, "rows": rows, "status": act.status}
        journal.add(act.call, act.sent, act.done, act.value, act.owner, **said)  # type: ignore[arg-type]
    return facts_of(sorted(journal.records().tolist(), key=lambda row: row[12]))


def looked_at(acts: list[Act]) -> list[Act]:
    """The acts, and read-backs before them and after."""
    end = max(max(act.moment or 0, act.removal or 0, act.done) for act in acts) + 5
    looks = [Act(Call.READBACK, NOBODY, ABSENT, at, at + 1, at + 0.5, Outcome.OK) for at in (0.2, end, end + 2)]
    return [*acts, *looks]


@pytest.mark.parametrize("dead", [0.0, 0.6], ids=["all tokens live", "many tokens are dead"])
@pytest.mark.parametrize("seed", range(4))
def test_a_correct_backend_is_never_called_wrong(seed: int, dead: float) -> None:
    rng = Random(seed)
    certain = 0
    for _ in range(600):
        acts = looked_at(plan(rng, rng.randint(3, 14), dead=dead))
        before = (rng.choice((ANNE, BOB)), token(3, RUN - 1)) if rng.random() < 0.3 else None
        case = judge_case(recorded(take_effect(acts, before)), Frame(RUN, BEGAN, dead=False))

        assert {one.rule for one in case.evidence} <= LATE, acts
        assert case.doubts <= {Doubt.LATE, Doubt.REWRITTEN}
        certain += not case.doubts
    assert certain > 400  # and hardly anything is left open


@pytest.mark.parametrize("dead", [0.3, 0.9])
def test_histories_full_of_dead_tokens_are_never_called_wrong(dead: float) -> None:
    rng = Random(round(dead * 10))
    for _ in range(300):
        acts = looked_at(plan(rng, rng.randint(15, 40), dead=dead))
        case = judge_case(recorded(take_effect(acts, None)), Frame(RUN, BEGAN, dead=False))

        assert {one.rule for one in case.evidence} <= LATE, acts
        assert Doubt.PRUNED not in case.doubts
