"""A trial of a capacity search: an ordinary `pushfleet run` in a process of its own, read by its JSON and exit code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from locustfiles._fleets import fleet_directory
from locustfiles._own_run import PUSHFLEET, run_to_end
from results.capacity import Plan
from results.errors import ResultsError
from results.verdict import Verdict

IN_FLIGHT: Final = 1000  # people a generator process may have under way at once
TRIALS: Final = "trials"  # the folder of the trials' runs in the search's

_VERDICTS: Final = {verdict.exit_code for verdict in Verdict}
_LAST_LINES: Final = 30  # of what a trial said before it failed
# Beyond the load: people log in at more than this pace, answers have seconds to come, and judging takes a few.
_SLOWEST_LOGIN: Final = 200.0  # people a second
_PATIENCE: Final = 120.0  # seconds


class TrialFailed(ResultsError):  # noqa: N818 - a trial fails; the error is only how that is told
    """A trial ended without a verdict. The message is what it said, the exit code its own."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Trials:
    """What all trials of a search have in common."""

    folder: Path  # of the search
    fleets: Path  # where fleets are kept that a deployment remembers
    seconds: int  # of load
    gates: Sequence[str]
    host: str | None = None
    passed_on: Mapping[str, str | bool | Sequence[str]] = field(
        default_factory=dict
    )  # option without dashes → value or values; True: a flag
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)  # environment variable → value
    command: Sequence[str] = PUSHFLEET

    def __call__(self, plan: Plan) -> dict[str, Any]:
        """Run a trial and return its summary; TrialFailed if it left none.

        On KeyboardInterrupt, or whatever else comes up meanwhile, the trial's process is ended first.
        """
        patience = self.seconds + plan.devices / _SLOWEST_LOGIN + _PATIENCE
        try:
            ended = run_to_end([*self.command, *self.arguments(plan)], patience, self.secrets)
        except TimeoutError:
            raise TrialFailed(_overdue(plan, patience), Verdict.UNKNOWN.exit_code) from None
        return _summary(plan, *ended)

    def arguments(self, plan: Plan) -> list[str]:
        """The options of `pushfleet run` for a trial; secrets are not among them: they go by the environment."""
        options: dict[str, str | bool | Sequence[str]] = {
            "rate": str(plan.rate),
            "run-time": f"{self.seconds}s",
            "devices": str(plan.devices),
            "seed": str(plan.seed),
            "results": str(self.folder / TRIALS),
            "run-id": plan.run_id,
            "max-in-flight": str(IN_FLIGHT),
            "gate": self.gates,
            **self._target(plan),
            **self.passed_on,
        }
        return ["run", *(word for name, value in options.items() for word in _words(name, value)), "--json"]

    def _target(self, plan: Plan) -> dict[str, str]:
        """A deployment remembers tokens, so the fleet that minted them must outlive the search's folder."""
        if self.host is None:
            return {}
        return {"host": self.host, "fleet": str(fleet_directory(self.fleets, self.host, plan.devices, plan.seed))}


def _words(name: str, value: str | bool | Sequence[str]) -> Iterator[str]:  # noqa: FBT001 - a flag's value is one
    if isinstance(value, bool):
        yield from (f"--{name}",) * value
    else:
        yield from (f"--{name}={each}" for each in ((value,) if isinstance(value, str) else value))


def _summary(plan: Plan, code: int, stdout: str, stderr: str) -> dict[str, Any]:
    try:
        summary = orjson.loads(stdout) if code in _VERDICTS else None
    except orjson.JSONDecodeError:
        summary = None
    if isinstance(summary, dict):
        return summary
    said = "\n".join(stderr.strip().splitlines()[-_LAST_LINES:])
    if not said:
        said = f"Trial {plan.number} at {plan.rate}/s ended with code {code}, without a summary and without a word."
    # A negative code is a signal's: the trial was killed, which tells nothing of the target.
    raise TrialFailed(said, code if code > 0 else Verdict.UNKNOWN.exit_code)


def _overdue(plan: Plan, patience: float) -> str:
    return (
        f"Trial {plan.number} at {plan.rate}/s did not end within {patience:.0f} s and was stopped. "
        f"Its run is {plan.run_id}: see whether the target still answers, or lower --max."
    )
