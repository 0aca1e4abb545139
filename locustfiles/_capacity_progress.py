"""What a capacity search shows: its progress on stderr while it lasts, a table of its trials at the end."""

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.table import Table
from rich.text import Text

from results.capacity import Plan, Trial
from results.reporters.numbers import NONE, count, duration, figure, ms

# Short, so that a line of 80 characters holds them all.
_COLUMNS: Final = ("trial", "rate/s", "gates met", "p50 ms", "p99 ms", "done/s", "errors", "CPU", "unsent")


class _Left(ProgressColumn):
    """The time that is left of the budget; a trial under way may still overrun it."""

    def __init__(self, ends: float, clock: Callable[[], float]) -> None:
        super().__init__()
        self._ends = ends
        self._clock = clock

    def render(self, task: Task) -> Text:  # noqa: ARG002 - rich's signature
        left = max(0, round(self._ends - self._clock()))
        return Text(f"{left // 60}:{left % 60:02} left at most")


class Watch:
    """Progress for whoever watches: a line a trial, and on a terminal what is being tried now. A context manager."""

    def __init__(
        self, budget: float, console: Console | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`budget` in seconds of `clock`, from now."""
        self._console = console or Console(stderr=True, highlight=False)
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            _Left(clock() + budget, clock),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)
        self._last = ""

    def __enter__(self) -> Self:
        """Begin to show."""
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the lines and take the rest away."""
        self._bar.stop()

    def trying(self, plan: Plan) -> None:
        """A trial begins."""
        text = f"trial {plan.number}: {count(plan.rate)} arrivals a second"
        if plan.number == 1:
            self._say(f"seed {plan.seed - 1}; trial n has {plan.seed - 1} + n")
        self._bar.update(self._task, description=f"{text}{self._last}")

    def tried(self, trial: Trial) -> None:
        """A trial is over."""
        self._last = f" (before: {count(trial.rate)}/s {_met(trial)})"
        p99 = duration(trial.response_ms.p99 if trial.response_ms else None)
        why = f": {trial.why}" if trial.why else ""
        self._say(f"trial {trial.number}, {count(trial.rate)}/s: {_met(trial)}, p99 of {trial.label} {p99}{why}")

    def _say(self, text: str) -> None:
        self._console.print(text, markup=False, soft_wrap=True)


def table(trials: Sequence[Trial]) -> Table:
    """The trials as a table for a terminal, in the order they were made."""
    shown = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1))
    for name in _COLUMNS:
        shown.add_column(name, justify="left" if name == "gates met" else "right", no_wrap=True)
    for trial in trials:
        shown.add_row(*(Text(text) for text in _row(trial)))
    return shown


def _row(trial: Trial) -> tuple[str, ...]:
    response = trial.response_ms
    return (
        str(trial.number),
        count(trial.rate),
        "yes" if trial.met else f"no: {trial.limit}",
        ms(response.p50 if response else None),
        ms(response.p99 if response else None),
        figure(trial.per_second),
        NONE if trial.errors_percent is None else f"{figure(trial.errors_percent)} %",
        NONE if trial.cpu_percent is None else f"{trial.cpu_percent:.0f} %",
        count(trial.not_sent),
    )


def _met(trial: Trial) -> str:
    return "met" if trial.met else f"not met ({trial.limit})"
