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
_MIX: Final = "--mix=adversarial"  # unless the bug says which scenarios give it a chance
_PATIENCE: Final = 180.0  # seconds beyond the load: logging in, judging, a machine that is busy


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of one bug."""

    bug: str
    expected: tuple[str, ...]  # none: the errors gate, or for the correct backend nothing at all
    found: tuple[str, ...]
    verdict: Verdict  # pass: it was found under its right name; unknown: nothing was found, or the run told nothing
    first: Sighting | None  # of the first expected anomaly to be proven
    run: Path

    def as_dict(self) -> dict[str, Any]:
        """As --json shows it."""
        return {
            "bug": self.bug,
            "expected": list(self.expected),
            "found": list(self.found),
            "verdict": self.verdict,
            "operations": self.first and self.first.operations,
            "seconds": self.first and self.first.first,
            "run": str(self.run),
        }


def chosen(names: Sequence[str]) -> list[Bug | None]:
    """The bugs of these names, or else all of them, after None for the correct backend. Raises UsageError."""
    if unknown := [name for name in names if name not in BUGS]:
        are = "are no bugs" if len(unknown) > 1 else "is no bug"
        raise UsageError(f"{', '.join(unknown)} {are} that can be planted: choose from {', '.join(BUGS)}.")
    return [None, *(BUGS[name] for name in names or BUGS)]


def examine(bugs: Sequence[Bug | None], folder: Path, seconds: int, seed: int) -> Iterator[Examined]:
    """Run each of them under load for so many seconds, in a run's folder of its own in `folder`, and judge it."""
    for bug in bugs:
        name = "none" if bug is None else bug.name
        summary = _summary(_arguments(bug, folder, seconds, seed), name, seconds)
        yield _examined(bug, summary, folder / name)


def _arguments(bug: Bug | None, folder: Path, seconds: int, seed: int) -> list[str]:
    """The options of `pushfleet run`; of one that is given twice the later counts."""
    said = ["run", *_LIFE, f"--run-time={seconds}s", f"--seed={seed}", f"--results={folder}"]
    if bug is None:
        return [*said, _MIX, "--run-id=none", "--readback=push?share=0.2", "--json"]
    mix = () if "--scenario" in bug.options else (_MIX,)
    return [*said, *mix, *bug.options, f"--bug={bug.name}", f"--run-id={bug.name}", "--json"]


def _summary(arguments: list[str], name: str, seconds: int) -> dict[str, Any]:
    try:
        ended = run_to_end([*PUSHFLEET, *arguments], seconds + _PATIENCE)
        summary: dict[str, Any] = orjson.loads(ended.out)
    except TimeoutError:
        raise CannotKnow(f"The run of {name} did not end in time and was stopped.") from None
    except orjson.JSONDecodeError:
        raise CannotKnow(ended.said.strip() or f"The run of {name} ended without a word.") from None
    return summary


def _examined(bug: Bug | None, summary: dict[str, Any], run: Path) -> Examined:
    correctness = summary["correctness"]
    found = tuple(name for name, count in correctness["anomalies"].items() if count)
    expected = () if bug is None else bug.shows
    sightings = [Sighting(**correctness["seen"][name]) for name in expected if name in correctness["seen"]]
    return Examined(
        bug=CORRECT if bug is None else bug.name,
        expected=expected,
        found=found,
        verdict=Verdict(summary["verdict"]) if bug is None else _found(bug, summary, found),
        first=min(sightings, key=lambda one: one.first, default=None),
        run=run,
    )


def _found(bug: Bug, summary: dict[str, Any], found: tuple[str, ...]) -> Verdict:
    """Whether a bug was found under its right name: pass, or violated under another one alone, or unknown.

    What the run's own verdict is does not matter: what a time-out explains makes it unknown, and is counted as well.
    """
    if bug.shows:
        return Verdict.PASS if set(bug.shows) <= set(found) else Verdict.VIOLATED if found else Verdict.UNKNOWN
    failed = [gate["gate"] for gate in summary["gates"] if gate["verdict"] == Verdict.VIOLATED]
    return Verdict.PASS if failed and not found else Verdict.VIOLATED


def verdict_on(all_of_them: Sequence[Examined]) -> Verdict:
    """Pass if every bug was found, and the correct backend accused of nothing."""
    return worst(one.verdict for one in all_of_them)
