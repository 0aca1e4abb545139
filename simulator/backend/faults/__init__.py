"""What `--backend-fault` can do. A file in this package with a `FAULT` is one of them, under its own name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from simulator.backend.fault import Fault


def _known() -> dict[str, Fault]:
    faults: list[Fault] = [import_module(f"{__name__}.{found.name}").FAULT for found in iter_modules(__path__)]
    return {fault.name: fault for fault in faults}


FAULTS: Final[dict[str, Fault]] = _known()
