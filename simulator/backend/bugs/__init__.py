"""The faults that can be planted. A file in this package is one of them, its `BUG`, unless its name begins with _."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from simulator.backend.bug import Bug


def _planted() -> dict[str, Bug]:
    names = [found.name for found in iter_modules(__path__) if not found.name.startswith("_")]
    bugs: list[Bug] = [import_module(f"{__name__}.{name}").BUG for name in names]
    return {bug.name: bug for bug in bugs}


BUGS: Final[dict[str, Bug]] = _planted()
