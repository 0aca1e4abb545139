"""Whoever's turn it is depends on the seed alone, and everybody has as many turns as anybody else."""

from collections import Counter
from itertools import islice
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.phones.turns import turns

SEED = 7
DRAWS_EACH = 200
MOST_DRAWS = 400_000


def chances(shard: int) -> Random:
    return Random(f"{SEED}/{shard}")


def devices(*sizes: int) -> dict[int, NDArray[np.uint32]]:
    """Shards 0, 1, … with so many devices each, numbered on and on."""
    parts = np.split(np.arange(sum(sizes), dtype=np.uint32), np.cumsum(sizes)[:-1])
    return dict(enumerate(parts))


def excess(drawn: list[int], among: int) -> float:
    """Pearson's chi-square of even shares, in standard deviations above what chance makes it."""
    counts = np.bincount(drawn, minlength=among)
    expected = len(drawn) / among
    return float((((counts - expected) ** 2).sum() / expected - (among - 1)) / (2 * (among - 1)) ** 0.5)


@pytest.mark.parametrize("sizes", [(3,), (1, 0, 2), (40, 1, 7, 7, 3), (*[6] * 10, *[3] * 54), (300,) * 64])
def test_every_device_has_as_many_turns_as_any_other_however_uneven_the_shards_are(sizes: tuple[int, ...]) -> None:
    held = devices(*sizes)
    drawn = list(islice(turns(held, chances), min(DRAWS_EACH * sum(sizes), MOST_DRAWS)))
    assert set(drawn) == set(range(sum(sizes)))
    assert excess(drawn, sum(sizes)) < 3.1  # one seed in a thousand


def test_turns_of_each_shard_alike_would_be_noticed() -> None:
    """So the test above is not blind: small shards' devices would come too often."""
    random = Random(SEED)
    held = devices(*[6] * 10, *[3] * 54)
    drawn = [int(random.choice(held[number % 64])) for number in range(DRAWS_EACH * 222)]
    assert excess(drawn, 222) > 100


def test_a_shards_turns_go_to_the_same_devices_whoever_holds_it_besides_which_others() -> None:
    held = devices(*[5] * 10, *[4] * 54)
    alone = list(islice(turns(held, chances), 20_000))
    shard_of = {int(device): shard for shard, those in held.items() for device in those}
    for worker in range(4):
        mine = {shard: those for shard, those in held.items() if shard % 4 == worker}
        together = list(islice(turns(mine, chances), 5_000))
        for shard in mine:
            one, other = ([device for device in those if shard_of[device] == shard] for those in (alone, together))
            both = min(len(one), len(other))
            assert one[:both] == other[:both]
            assert abs(len(one) - len(other)) < 0.1 * len(one)
            assert both > 250


def test_runs_of_one_worker_and_of_four_end_with_nearly_the_same_turns() -> None:
    held = devices(*[300] * 64)
    alone = Counter(islice(turns(held, chances), 20_000))
    together = Counter[int]()
    for worker in range(4):
        mine = {shard: those for shard, those in held.items() if shard % 4 == worker}
        together.update(islice(turns(mine, chances), 5_000))
    assert (alone & together).total() > 0.99 * 20_000


def test_a_device_may_well_have_two_turns_in_a_short_time() -> None:
    drawn = list(islice(turns(devices(*[2] * 64), chances), 20_000))
    places = [np.flatnonzero(np.array(drawn) == device) for device in range(128)]
    assert min(int(np.diff(each).min()) for each in places) < 5


def test_where_there_is_nobody_nobody_has_a_turn() -> None:
    assert list(turns({}, chances)) == []
    assert list(turns(devices(0, 0), chances)) == []


def test_another_seed_gives_others_their_turn() -> None:
    held = devices(*[30] * 64)
    other = list(islice(turns(held, lambda shard: Random(f"other/{shard}")), 100))
    assert len(set(other) & set(islice(turns(held, chances), 100))) < 20
