"""Keyed bijections of 64-bit numbers: every id and every trait of a fleet comes from one.

The mixer is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
OOPSLA 2014) between two keys. It is no cipher and hides nothing; ids need to look random, never to collide, and
to be turned back into the numbers they came from. Each step is invertible, so all of that holds by construction.
"""

from hashlib import blake2b
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

_MASK: Final = 2**64 - 1
_MULTIPLY: Final = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
_DIVIDE: Final = tuple(pow(factor, -1, 2**64) for factor in _MULTIPLY)
_SHIFTS: Final = (30, 27, 31)


def derive(seed: int, purpose: str, size: int = 8) -> int:
    """Return `size` bytes' worth of number that depends on nothing but the seed and the purpose."""
    return int.from_bytes(blake2b(f"{purpose}:{seed}".encode(), digest_size=size, person=b"pushfleet").digest())


class Mixer:
    """A bijection of 0..2**64-1, one number at a time or in bulk; the answers are the same."""

    __slots__ = ("_after", "_before")

    def __init__(self, before: int, after: int) -> None:
        self._before = before
        self._after = after

    @classmethod
    def of(cls, seed: int, purpose: str) -> Self:
        """Make the mixer of one purpose; those of different purposes have nothing to do with each other."""
        return cls(derive(seed, f"{purpose}/before"), derive(seed, f"{purpose}/after"))

    def mix(self, number: int) -> int:
        """Map one number of 64 bits to another."""
        number ^= self._before
        number = (number ^ number >> 30) * 0xBF58476D1CE4E5B9 & _MASK
        number = (number ^ number >> 27) * 0x94D049BB133111EB & _MASK
        return number ^ number >> 31 ^ self._after

    def unmix(self, number: int) -> int:
        """Undo `mix`."""
        number = _unshift(number ^ self._after, _SHIFTS[2]) * _DIVIDE[1] & _MASK
        number = _unshift(number, _SHIFTS[1]) * _DIVIDE[0] & _MASK
        return _unshift(number, _SHIFTS[0]) ^ self._before

    def mix_all(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Map an array of any shape; a new array."""
        mixed = numbers ^ np.uint64(self._before)
        for shift, factor in zip(_SHIFTS, _MULTIPLY, strict=False):
            mixed ^= mixed >> np.uint64(shift)
            mixed *= np.uint64(factor)
        mixed ^= mixed >> np.uint64(_SHIFTS[2])
        mixed ^= np.uint64(self._after)
        return mixed

    def unmix_all(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Undo `mix_all`; a new array."""
        mixed = _unshift_all(numbers ^ np.uint64(self._after), _SHIFTS[2])
        for shift, factor in ((_SHIFTS[1], _DIVIDE[1]), (_SHIFTS[0], _DIVIDE[0])):
            mixed *= np.uint64(factor)
            mixed = _unshift_all(mixed, shift)
        return mixed ^ np.uint64(self._before)


def _unshift(number: int, shift: int) -> int:
    # Each round repairs another `shift` bits; three are enough, since no shift is below 22.
    return number ^ number >> shift ^ number >> 2 * shift


def _unshift_all(numbers: NDArray[np.uint64], shift: int) -> NDArray[np.uint64]:
    repaired: NDArray[np.uint64] = numbers ^ numbers >> np.uint64(shift) ^ numbers >> np.uint64(2 * shift)
    return repaired
