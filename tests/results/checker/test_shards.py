"""A run judged in parts comes to exactly what it comes to whole."""

from collections import Counter
from random import Random

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from results.checker.judge import Docket, ended, in_shard, judge, judge_shard
from results.checker.partial import Partial
from results.checker.whole import Whole
from results.errors import UsageError
from results.journal.record import ABSENT, GHOST, NO_REGISTER, NO_ROWS, NOBODY, RECORD, Call, Outcome
from results.judgement import Judgement
from results.shard import Shard
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, label, token
from tests.results.checker.test_screening import a_register

PEOPLE = (ANNE, BOB, 11, 12)


def a_run(rng: Random) -> NDArray[np.void]:
    """Registers of several types, tokens that stand in one another's place, pushes to people, ghosts and breaches."""
    rows = []
    for device in range(1, 61):
        for kind in (1, 2)[: rng.randint(1, 2)]:
            register = device << 24 | 1 << 8 | kind
            owners = dict(zip((ANNE, BOB), rng.sample(PEOPLE, 2), strict=True))
            for fact in a_register(rng):
                own = fact._replace(register=register, owner=owners.get(fact.owner, fact.owner))
                strays = rng.choice((3, 3 << 24)) if rng.random() < 0.06 and own.is_read else 0
                rows.append(own._replace(origin=register ^ strays))
    records = np.array([tuple(row) for row in rows], RECORD)
    records["fault"][rng.choices(range(len(records)), k=60)] = 64
    return np.concatenate([records, *[pushed(rng, records) for _ in range(40)]])


def pushed(rng: Random, records: NDArray[np.void]) -> NDArray[np.void]:
    """A push to somebody: its call, some deliveries, and mostly its end."""
    owner, sent = rng.choice(PEOPLE), BEGAN + rng.randrange(20) * 10**9
    found = np.zeros(8, RECORD)
    found["owner"], found["sent"], found["intended"], found["rows"] = owner, sent, sent, NO_ROWS
    found["value"], found["status"], found["done"] = ABSENT, 200, sent + 10**9
    found["call"][0], found["value"][0] = Call.PUSH, sent
    found["call"][1], found["rows"][1] = Call.CLOSED, rng.randint(0, 2)
    found["outcome"][1] = rng.choice((Outcome.OK, Outcome.OK, Outcome.INFO))
    found["call"][2:] = Call.DELIVERY
    mine = np.unique(records["register"][records["owner"] == owner])
    for at in range(2, 8):
        found["register"][at] = found["origin"][at] = rng.choice(mine.tolist())
        found["value"][at] = token(rng.randint(1, 3))
    if rng.random() < 0.1:
        found["register"][7] = found["origin"][7] = NO_REGISTER
        found["value"][7] = GHOST
    return found[: rng.randint(1, 8)]


def docket() -> Docket:
    return Docket(
        RUN,
        BEGAN,
        label,
        dead=lambda registers: registers % np.uint64(7 << 24) == 257,
        pending=lambda registers: registers % np.uint64(11 << 24) == 257,
    )


def by_shards(records: NDArray[np.void], count: int) -> Judgement:
    """Judged part by part, each as it would come from another machine, and in any order."""
    batches = np.array_split(records, 5)
    whole, parts = Whole.of(lambda: batches, RUN), []
    for index in range(count, 0, -1):
        shard = Shard(index, count)
        mine = np.concatenate([batch[in_shard(batch, shard)] for batch in batches])
        said = orjson.dumps(judge_shard(mine, whole, docket(), shard).to_plain())
        parts.append(Partial.from_plain(orjson.loads(said)))
    merged = Partial.merged(parts)
    return merged.judgement(began=BEGAN, read_back=True, ended=lambda moment: ended(records, moment))


@pytest.mark.parametrize("seed", range(6))
def test_the_parts_of_a_run_come_to_exactly_the_whole(seed: int) -> None:
    rng, worst_of_many, brought = Random(seed), set[str](), 0
    for _ in range(2):
        records = a_run(rng)
        if seed % 2:
            records = records[records["value"] >> 20 <= RUN]  # else a later run excuses most
        rest = docket()
        whole = judge(records, RUN, began=BEGAN, label=label, dead=rest.dead, pending=rest.pending)
        for count in (1, 2, 7):
            assert by_shards(records, count) == whole
        assert whole.coverage["push_absences"] > 0
        assert whole.coverage["pushes_during_faults"] > 0
        told = Counter(example.anomaly for example in whole.examples)
        assert told == {name: min(count, 20) for name, count in whole.anomalies.items() if count}
        worst_of_many.update(name for name, count in whole.anomalies.items() if count > 20)
        installations = ({step.register.partition("/")[2] for step in one.witness} for one in whole.examples)
        brought += sum(len(of_one) > 1 for of_one in installations)
        assert whole.seen["contract_breach"].operations > 0
        assert NOBODY not in PEOPLE
    assert len(worst_of_many) > seed % 2
    assert brought > 0


@pytest.mark.parametrize("said", [{}, {"examples": 5}, {"examples": {}, "proven": {}, "more": 1}])
def test_what_is_no_part_of_a_verdict_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="no verdict on a part of a run"):
        Partial.from_plain(said)


@pytest.mark.parametrize("count", [2, 3, 8, 16])
def test_shards_are_of_like_size_and_an_installations_types_stay_together(count: int) -> None:
    records = np.zeros(20_000, RECORD)
    devices = np.repeat(np.arange(10_000, dtype=np.uint64), 2)
    records["register"] = devices << np.uint64(24) | np.uint64(1 << 8) | np.tile(np.array([1, 2], np.uint64), 10_000)
    shares = np.array([in_shard(records, Shard(index, count)) for index in range(1, count + 1)])

    assert (shares.sum(axis=0) == 1).all()
    assert (shares[:, ::2] == shares[:, 1::2]).all()
    assert shares.sum(axis=1).min() > 0.8 * 20_000 / count
    assert in_shard(np.zeros(1, RECORD), Shard(1, count)).all()
