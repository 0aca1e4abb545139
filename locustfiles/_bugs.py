"""Every planted bug in turn, and what the judge makes of each, and of the correct backend first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from locustfiles._own_run import PUSHFLEET, run_to_end
from results.errors import CannotKnow
from results.judgement import Sighting
from results.verdict import Verdict, worst
from simulator.backend import BUGS
from simulator.backend.bug import Bug
from simulator.errors import UsageError

CORRECT: Final = "(none)"  # the backend without a bug
_LIFE: Final = ("--devices=200", "--rate=300")  # unless the bug says what gives it a chance
_ALONE: Final = ("--devices=400", "--rate=120")  # few operations: a proof by read-back comes after all of them
_MIX: Final = "adversarial"  # unless the bug says which scenarios give it a chance
_SIZES: Final = ("--devices", "--rate", "--run-time")  # of the life that a bug asks for, and no fault
_PATIENCE: Final = 180.0  # seconds beyond the load: logging in, judging, a machine that is busy


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of one bug."""

    bug: str
    scenario: str  # that was lived alone; empty: a mix, or several
    expected: tuple[str, ...]  # none: the errors gate, or for the correct backend nothing at all
    found: tuple[str, ...]
    verdict: Verdict  # pass: it was found under its right name; unknown: nothing was found, or the run told nothing
    first: Sighting | None  # of the first expected anomaly to be proven
    run: Path

    def as_dict(self) -> dict[str, Any]:
        """As --json shows it."""
        return {
            "bug": self.bug,
            "scenario": self.scenario or None,
            "expected": list(self.expected),
            "found": list(self.found),
            "verdict": self.verdict,
            "operations": self.first and self.first.operations,
            "seconds": self.first and self.first.first,
            "run": str(self.run),
        }


def chosen(names: Sequence[str], *, alone: bool = False) -> list[Bug | None]:
    """The bugs of these names, or else all of them, after None for the correct backend. Raises UsageError.

    With `alone`, all of those that one scenario alone gives a chance.
    """
    if unknown := [name for name in names if name not in BUGS]:
        are = "are no bugs" if len(unknown) > 1 else "is no bug"
        raise UsageError(f"{', '.join(unknown)} {are} that can be planted: choose from {', '.join(BUGS)}.")
    if needing := [name for name in names if alone and not BUGS[name].scenario]:
        raise UsageError(f"No scenario alone gives {', '.join(needing)} a chance, which takes a fault: omit --alone.")
    return [None, *(bug for bug in map(BUGS.__getitem__, names or BUGS) if bug.scenario or not alone)]


@dataclass(frozen=True, slots=True)
class Lives:
    """What people do while the bugs are planted: what gives each a chance, or else `alone` or `mix`."""

    folder: Path  # where the runs go
    seconds: int  # of load
    seed: int
    alone: bool = False  # each bug in the one scenario that it names
    mix: str | None = None  # each in this mix

    def of(self, bug: Bug | None) -> list[str]:
        """The options of `pushfleet run`; of one that is given twice the later counts."""
        said = ["run", *(_ALONE if self.alone else _LIFE), f"--run-time={self.seconds}s", f"--seed={self.seed}"]
        said += [f"--results={self.folder}", "--json"]
        if bug is None:
            return [*said, f"--mix={self.mix or _MIX}", "--run-id=none", "--readback=push?share=0.2"]
        said += [f"--bug={bug.name}", f"--run-id={bug.name}"]
        if self.alone:
            return [*said, *_but(bug.options, "--scenario", "--run-time"), f"--scenario={bug.scenario}"]
        if self.mix is not None:
            return [*said, *_but(bug.options, "--scenario", *_SIZES), f"--mix={self.mix}"]
        return [*said, *(() if "--scenario" in bug.options else (f"--mix={_MIX}",)), *bug.options]


def _but(options: Sequence[str], *names: str) -> Iterator[str]:
    """The options, which come in pairs, without those of these names."""
    for name, value in zip(options[::2], options[1::2], strict=True):
        if name not in names:
            yield from (name, value)


def examine(bugs: Sequence[Bug | None], lives: Lives) -> Iterator[Examined]:
    """Run each of them under load, in a run's folder of its own, and judge it."""
    for bug in bugs:
        name = "none" if bug is None else bug.name
        summary = _summary(lives.of(bug), name, lives.seconds)
        yield _examined(bug, summary, lives)


def _summary(arguments: list[str], name: str, seconds: int) -> dict[str, Any]:
    try:
        ended = run_to_end([*PUSHFLEET, *arguments], seconds + _PATIENCE)
        summary: dict[str, Any] = orjson.loads(ended.out)
    except TimeoutError:
        raise CannotKnow(f"The run of {name} did not end in time and was stopped.") from None
    except orjson.JSONDecodeError:
        raise CannotKnow(ended.said.strip() or f"The run of {name} ended without a word.") from None
    return summary


def _examined(bug: Bug | None, summary: dict[str, Any], lives: Lives) -> Examined:
    correctness = summary["correctness"]
    found = tuple(name for name, count in correctness["anomalies"].items() if count)
    expected = () if bug is None else bug.shows
    sightings = [Sighting(**correctness["seen"][name]) for name in expected if name in correctness["seen"]]
    return Examined(
        bug=CORRECT if bug is None else bug.name,
        scenario=bug.scenario if bug is not None and lives.alone else "",
        expected=expected,
        found=found,
        verdict=Verdict(summary["verdict"]) if bug is None else _found(bug, summary, found, lives),
        first=min(sightings, key=lambda one: one.first, default=None),
        run=lives.folder / ("none" if bug is None else bug.name),
    )


def _found(bug: Bug, summary: dict[str, Any], found: tuple[str, ...], lives: Lives) -> Verdict:
    """Whether a bug was found under its right name: pass, or violated under another one alone, or unknown.

    What the run's own verdict is does not matter: what a time-out explains makes it unknown, and is counted as well.
    A life that was not made for the bug need not show all that gives it away.
    """
    if bug.shows:
        enough = all if not lives.alone and lives.mix is None else any
        if enough(name in found for name in bug.shows):
            return Verdict.PASS
        return Verdict.VIOLATED if found else Verdict.UNKNOWN
    failed = [gate["gate"] for gate in summary["gates"] if gate["verdict"] == Verdict.VIOLATED]
    return Verdict.PASS if failed and not found else Verdict.VIOLATED


def verdict_on(all_of_them: Sequence[Examined]) -> Verdict:
    """Pass if every bug was found, and the correct backend accused of nothing."""
    return worst(one.verdict for one in all_of_them)
