import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.fleet.mixing import Mixer, derive

numbers = st.integers(0, 2**64 - 1)


@given(numbers, numbers)
def test_mixing_can_be_undone(seed: int, number: int) -> None:
    mixer = Mixer.of(seed, "test")
    assert mixer.unmix(mixer.mix(number)) == number
    assert 0 <= mixer.mix(number) < 2**64


@given(st.lists(numbers, min_size=1))
def test_in_bulk_the_same_numbers_come_out(given_numbers: list[int]) -> None:
    mixer, array = Mixer.of(7, "test"), np.array(given_numbers, np.uint64)
    assert mixer.mix_all(array).tolist() == [mixer.mix(number) for number in given_numbers]
    assert mixer.unmix_all(array).tolist() == [mixer.unmix(number) for number in given_numbers]


def test_bulk_mixing_leaves_its_argument_alone() -> None:
    array = np.arange(5, dtype=np.uint64)
    mixer = Mixer.of(7, "test")
    mixer.unmix_all(mixer.mix_all(array))
    assert array.tolist() == [0, 1, 2, 3, 4]


def test_purposes_and_seeds_have_nothing_to_do_with_each_other() -> None:
    assert len({Mixer.of(seed, purpose).mix(1) for seed in range(50) for purpose in ("a", "b")}) == 100
    assert derive(1, "a") != derive(2, "a") != derive(2, "b")


def test_half_of_the_bits_turn_when_one_bit_turns() -> None:
    mixer, array = Mixer.of(7, "test"), np.arange(2000, dtype=np.uint64)
    turned = mixer.mix_all(array) ^ mixer.mix_all(array ^ np.uint64(1))
    assert 31 < np.bitwise_count(turned).mean() < 33
