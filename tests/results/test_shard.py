from typing import Any

import numpy as np
import pytest

from results.errors import UsageError
from results.shard import WHOLE, Shard, how_many


@pytest.mark.parametrize("kind", [np.int64, np.uint64, np.uint32, np.uint8])
def test_every_register_is_in_exactly_one_shard(kind: type[np.integer[Any]]) -> None:
    registers = np.arange(200).astype(kind)
    found = np.stack([Shard(index, 7).has(registers) for index in range(1, 8)])
    assert (found.sum(axis=0) == 1).all()
    assert found.any(axis=1).all()
    assert WHOLE.has(registers).all()


def test_registers_below_zero_and_beyond_a_number_s_width_have_a_shard_too() -> None:
    assert sum(Shard(index, 3).has(np.array([-5, -1, 2])).sum() for index in (1, 2, 3)) == 3
    assert sum(Shard(index, 300).has(np.arange(200, dtype=np.uint8)).sum() for index in range(1, 301)) == 200


def test_what_is_typed_names_a_shard() -> None:
    assert Shard.parse("2/8") == Shard(2, 8)
    assert str(Shard(2, 8)) == "2/8"


@pytest.mark.parametrize("text", ["", "2", "0/8", "9/8", "-1/8", "1/0", "a/b", "1/2/3", "٢/8", "1.5/8"])
def test_what_names_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"names no part: give i/n"):
        Shard.parse(text)


def test_an_options_number_is_a_whole_one_within_its_bounds() -> None:
    assert [how_many("--shards", text) for text in ("1", "007", "999999")] == [1, 7, 999_999]
    for text in ("", "0", "-1", "1.5", "x", "٢", "1000000", "9" * 30):
        with pytest.raises(UsageError, match="is not a whole number from 1 to 999999"):
            how_many("--shards", text)
