"""What is mutated, and which tests must notice."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

_ORACLE: Final = (
    *("sweep", "zones", "register", "rewrites", "projection", "provenance", "prunes", "pushes", "removals"),
    *("everybody", "case", "late", "clocks", "whole", "tally", "partial", "narrowing", "history"),
)
_KERNEL: Final = ("sorting", "zones", "order", "absences", "grouping", "screen", "plain", "run_screen")

MODULES: Final = (
    *(f"results.checker.{name}" for name in _ORACLE),
    *(f"results.checker.kernel.{name}" for name in _KERNEL),
)
TESTS: Final = ("tests/results/checker", "tests/results/anomalies")


def source(module: str) -> str:
    """The text of a module."""
    return (ROOT / f"{module.replace('.', '/')}.py").read_text()
