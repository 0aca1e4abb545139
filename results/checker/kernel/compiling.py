"""How kernel functions are compiled: once, into a cache beside their source or, where that is read-only, the user's."""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final, ParamSpec, TypeVar, cast

import numba

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

_SETTINGS: Final[Any] = numba.config  # whose names are made at run time
_HERE: Final = Path(__file__).parent
# What is compiled in: the kernel itself, and the constants that it takes from these.
_SOURCES: Final = (*_HERE.glob("*.py"), _HERE.parent / "operation.py", _HERE.parents[1] / "journal" / "record.py")


def stamp(sources: Iterable[Path]) -> str:
    """What tells these files from any others, or from themselves before a change."""
    found = hashlib.sha256(numba.__version__.encode())
    for path in sorted(sources):
        found.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _cache() -> Path:
    """A folder for this version of the kernel alone.

    Numba looks only at the file of the function that it is asked for. What that calls is compiled into it, and would
    stay what it was before an update.
    """
    own = _SETTINGS.CACHE_DIR or _HERE / "__pycache__"
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pushfleet"
    writable = os.access(own if Path(own).exists() else _HERE, os.W_OK)
    return Path(own if writable else users) / f"kernel-{stamp(_SOURCES)}"


_SETTINGS.CACHE_DIR = str(_cache())


def compiled(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """The function as machine code, which runs without Python's lock."""
    return cast(Callable[Given, Returned], numba.njit(cache=True, nogil=True)(function))
