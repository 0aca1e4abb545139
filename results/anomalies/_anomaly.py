"""What an anomaly is, and their register."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from results.checker.evidence import Evidence
from results.checker.story import Story

SEVERITIES: Final = {1: "other people's pushes", 2: "pushes lost or wrong", 3: "waste and disagreement"}


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A class of violation. Evidence goes to the matching anomaly with the lowest `precedence`."""

    id: str  # the file's name; part of the summary's schema
    title: str  # what an explanation begins with
    severity: int  # a key of SEVERITIES; examples come so
    precedence: int
    chances: tuple[str, ...]  # names in coverage.CHANCES; with none of them, it was not exercised
    matches: Callable[[Evidence], bool]
    explain: Callable[[Evidence, Story], str]
    badness: Callable[[Evidence], tuple[int, ...]]  # greater is worse: the worst are the ones that are shown
    violates: bool = True  # False: allowed, and yet nothing to call a pass
