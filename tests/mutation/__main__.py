"""`python -m tests.mutation [MODULE …]`: plant every mutant in turn, and tell which of them no test noticed."""

import os

os.environ["NUMBA_DISABLE_JIT"] = "1"  # before anything imports numba: a mutant is not worth compiling
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
os.environ.setdefault("PUSHFLEET_HISTORIES", "2000")

import importlib
import sys
from collections import Counter
from typing import Final

import numpy as np
import pytest

from results.checker.kernel import plain, run_screen
from tests.mutation.mutants import mutants
from tests.mutation.session import Fate, Session
from tests.mutation.targets import MODULES, TESTS, source

SECONDS: Final = float(os.environ.get("PUSHFLEET_MUTANT_SECONDS", "60"))  # of computing, for the tests of one mutant


def _interpreted() -> None:
    """Records have attributes in compiled code, and in NumPy's own only as a record array."""
    vars(run_screen)["screened"] = lambda facts, *rest: plain.screened(facts.view(np.recarray), *rest)


def main(chosen: list[str]) -> int:
    """Run, and print each survivor as it is found, then a table; the exit code tells whether there were any."""
    for module in MODULES:
        importlib.import_module(module)
    _interpreted()
    everything = [one for module in chosen or MODULES for one in mutants(module, source(module))]
    survived, killed = Counter[str](), Counter[str]()

    def told(fate: Fate) -> None:
        (killed if fate.killer else survived)[fate.mutant.module] += 1
        if not fate.killer:
            print(f"survived {fate.tests} tests: line {fate.mutant.line} of {fate.mutant.name}", flush=True)

    session = Session(everything, os.cpu_count() or 1, SECONDS, told)
    pytest.main(
        ["-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:terminal", *TESTS], [session]
    )
    print(f"{'module':<40} {'mutants':>8} {'killed':>8} {'survived':>8}")
    for module in killed.keys() | survived.keys():
        print(f"{module:<40} {killed[module] + survived[module]:>8} {killed[module]:>8} {survived[module]:>8}")
    return 1 if survived or not killed else 0


sys.exit(main(sys.argv[1:]))
