"""How kernel functions are compiled: once, into a cache beside their source or, where that is read-only, the user's."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Given = ParamSpec("Given")
Returned = TypeVar("Returned")


def compiled(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """The function as machine code, which runs without Python's lock."""
    return cast(Callable[Given, Returned], numba.njit(cache=True, nogil=True)(function))
