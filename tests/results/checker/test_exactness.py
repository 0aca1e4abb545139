from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest

from results.checker.history import check_history
from results.checker.history_file import read_history
from results.checker.register import Legality, judge_register
from tests.results.checker.exhaustive import linearizable, random_history

DATA = Path(__file__).parents[2] / "data"


@pytest.mark.parametrize(("seed", "span"), [(1, 8), (2, 14), (3, 25), (4, 60)])
def test_the_verdict_is_that_of_an_exhaustive_search(seed: int, span: int) -> None:
    rng = Random(seed)
    verdicts = {Legality.LEGAL: 0, Legality.ILLEGAL: 0}
    for number in range(2500):
        history = random_history(rng, size=rng.randint(2, 10), span=span, rewrites=False)
        found = judge_register(history).legality
        verdicts[found] += 1  # never open: every value is written once
        assert (found is Legality.LEGAL) == linearizable(history), (number, history)
    assert min(verdicts.values()) > 300  # both are well represented


@pytest.mark.parametrize(("seed", "span"), [(5, 8), (6, 20), (7, 60)])
def test_values_written_again_are_never_judged_wrong(seed: int, span: int) -> None:
    rng = Random(seed)
    verdicts = dict.fromkeys(Legality, 0)
    for number in range(2500):
        history = random_history(rng, size=rng.randint(3, 10), span=span, rewrites=True)
        found = judge_register(history).legality
        verdicts[found] += 1
        if found is not Legality.OPEN:
            assert (found is Legality.LEGAL) == linearizable(history), (number, history)
    assert verdicts[Legality.OPEN] < 0.1 * sum(verdicts.values())
    assert min(verdicts[Legality.LEGAL], verdicts[Legality.ILLEGAL]) > 300


def test_every_register_of_the_known_histories_gets_its_known_verdict() -> None:
    known = pq.read_table(DATA / "small.verdicts.parquet").to_pydict()
    illegal = {reg for reg, legal in zip(known["register"], known["linearizable"], strict=True) if not legal}

    found = check_history(read_history(DATA / "small.parquet"))

    assert (found.registers, set(found.illegal), found.unknown) == (20_000, illegal, [])
