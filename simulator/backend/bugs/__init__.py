"""The faults that can be planted. A file in this package with a `BUG` is one of them, under its own name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from simulator.backend.bug import Bug


def _planted() -> dict[str, Bug]:
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__)]
    bugs: list[Bug] = [module.BUG for module in modules]
    return {bug.name: bug for bug in bugs}


BUGS: Final[dict[str, Bug]] = _planted()
