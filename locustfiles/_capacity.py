"""`pushfleet capacity`: trial after trial until the rate is known, and the report of it."""

import signal
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from locustfiles._capacity_options import Asked
from locustfiles._capacity_progress import Watch, table
from locustfiles._trial import IN_FLIGHT, TRIALS, TrialFailed, Trials
from results.capacity import Capacity, Ended, Plan, Search, Trial, plan, trial_of, write_reports
from results.capacity.curves import latency_gates
from results.masking import without_secrets
from results.wording import unverified

_EMBEDDED: Final = "the embedded backend"
_USUAL: Final = "subscribe"  # whose latencies are shown where no gate names others


def launch(options: Mapping[str, Any]) -> int:
    """Search, report, and give the exit code.

    UsageError with every mistake at once before anything starts; TrialFailed if a trial left no verdict, after the
    trials before it were reported.
    """
    asked = Asked.parse(options)
    if asked.public.get("insecure"):
        sys.stderr.write(f"WARNING: {unverified(str(asked.host))}\n")
    folder = _folder(asked.results)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # CI cancels by SIGTERM: what is known is kept then too
    attempt = Trials(
        folder,
        fleets=asked.results.parent / "fleets",
        seconds=asked.trial_time,
        gates=asked.gates,
        host=asked.host,
        passed_on=asked.passed_on,
        secrets=asked.secrets,
    )
    found = Hunt(asked, attempt, time.monotonic, Watch(asked.budget)).search()
    if not found.capacity.trials and found.failure is not None:
        _remove_empty(folder)
        raise found.failure
    _show(folder, found.capacity, as_json=asked.as_json)
    if found.failure is not None:
        raise found.failure
    return found.capacity.verdict.exit_code


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to, and the trial's failure that ended it, if one did."""

    capacity: Capacity
    failure: TrialFailed | None = None


class Hunt:
    """A search under way: asks which rate is next, has it tried, and keeps what is known whatever happens."""

    def __init__(
        self,
        asked: Asked,
        attempt: Callable[[Plan], Mapping[str, Any]],
        clock: Callable[[], float],
        watch: Watch,
    ) -> None:
        """`attempt` runs a trial and returns its summary, or raises TrialFailed; `clock` is in seconds."""
        self._asked = asked
        self._attempt = attempt
        self._clock = clock
        self._watch = watch
        self._search = Search(asked.start, asked.most, asked.precision)
        self._trials: list[Trial] = []
        gates = latency_gates(asked.gates)
        self._label = gates[0].label if gates else _USUAL

    def search(self) -> Found:
        """Search to the end, or until the time is over, somebody stops it, or a trial leaves no verdict."""
        began, started = self._clock(), datetime.now(UTC).isoformat(timespec="seconds")
        failure = None
        try:
            with self._watch:
                ended = self._until_known(began)
        except KeyboardInterrupt:
            ended = Ended.STOPPED
        except TrialFailed as error:
            ended, failure = Ended.FAILED, error
        self._search.settle()
        capacity = Capacity(
            started=started,
            seconds=self._clock() - began,
            target=without_secrets(self._asked.host or _EMBEDDED),
            gates=self._asked.gates,
            seed=self._asked.seed,
            options=self._asked.public,
            search=self._search,
            ended=ended,
            trials=self._trials,
        )
        return Found(capacity, failure)

    def _until_known(self, began: float) -> Ended:
        while (rate := self._search.next_rate()) is not None:
            longest = max((trial.seconds for trial in self._trials), default=0.0)
            if self._trials and self._clock() - began + longest > self._asked.budget:
                return Ended.BUDGET
            trial = self._try(plan(len(self._trials) + 1, rate, self._asked.seed))
            self._trials.append(trial)
            self._search.record(rate, trial.limit, certain=trial.certain)
        return Ended.FOUND

    def _try(self, todo: Plan) -> Trial:
        self._watch.trying(todo)
        began = self._clock()
        summary = self._attempt(todo)
        trial = trial_of(
            summary,
            todo,
            label=self._label,
            in_flight=IN_FLIGHT,
            seconds=self._clock() - began,
            folder=f"{TRIALS}/{todo.run_id}",
        )
        self._watch.tried(trial)
        return trial


def _folder(results: Path) -> Path:
    """A new folder for the search, named after the time."""
    name = f"capacity-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S')}"
    for number in range(2, 100):
        with suppress(FileExistsError):
            (results / name / TRIALS).mkdir(parents=True)
            break
        name = f"{name.partition('_')[0]}_{number}"
    return results / name


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # not empty: what is in it may tell what went wrong
        (folder / TRIALS).rmdir()
        folder.rmdir()


def _show(folder: Path, capacity: Capacity, *, as_json: bool) -> None:
    files = write_reports(folder, capacity)
    if as_json:
        sys.stdout.write(files["capacity.json"].read_text(encoding="utf-8"))
        return
    console = Console(highlight=False)
    if capacity.trials:
        console.print(table(capacity.trials))
    for line in ("", capacity.sentence, "", f"Report: {files['report.html']}"):
        console.print(line, markup=False, soft_wrap=True)
