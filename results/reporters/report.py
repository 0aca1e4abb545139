"""`report.html`: one self-contained file, the verdict first and in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from results.anomalies import SEVERITIES
from results.classes import AnomalyClass
from results.gates import Evidence
from results.judgement import Example, Judgement
from results.latency import Latency
from results.masking import is_secret, without_secrets
from results.reporters.command import again
from results.reporters.coverage import Pushes, coverage, done_besides
from results.reporters.curves import charts
from results.reporters.meanings import MEANINGS
from results.reporters.numbers import duration
from results.reporters.page import render
from results.reporters.parts import HEADS, PHASE_HEADS, SCENARIO_HEADS, phase_rows, scenario_rows
from results.run import Run
from results.summary import Summary
from results.wording import several

_EXAMPLES: Final = 3  # of each anomaly to see at once; the others are folded away
_LONGEST_VALUE: Final = 500  # characters of an option


def write(run: Run, records: NDArray[np.void], _judgement: Judgement, summary: Summary) -> str:
    """Render a run's report as HTML. Its size does not depend on the run's: curves have a fixed number of points."""
    evidence = Evidence(run, records)
    return render(
        "report.html",
        summary=summary,
        run=run,
        statement=summary.headline.partition(". ")[2],
        calls=_labels(summary, of_types=False),
        types=_labels(summary, of_types=True),
        anomalies=list(_anomalies(summary)),
        coverage=coverage(summary),
        done=done_besides(summary),
        pushes=Pushes.of(summary),
        phases=phase_rows(summary),
        scenarios=scenario_rows(summary),
        heads={"phase": PHASE_HEADS, "scenario": SCENARIO_HEADS, "all": HEADS},
        charts=charts(evidence),
        command=again(run),
        facts=list(_facts(run)),
    )


def _labels(summary: Summary, *, of_types: bool) -> list[tuple[str, Latency]]:
    return [(label, latency) for label, latency in summary.latency_ms.items() if ("/" in label) is of_types]


@dataclass(frozen=True, slots=True)
class _Anomaly:
    """A class of anomaly that was found, as the page tells it."""

    id: str
    found: int
    meaning: str
    severity: int
    severity_said: str
    when: str
    first: list[Example]  # the worst
    more: list[Example]


def _anomalies(summary: Summary) -> Iterator[_Anomaly]:
    for name, found in summary.correctness.found.items():
        one = summary.correctness.classes[name]
        examples = [example for example in summary.correctness.examples if example.anomaly == name]
        yield _Anomaly(
            id=name,
            found=found,
            meaning=MEANINGS.get(name, ""),
            severity=one.severity,
            severity_said=SEVERITIES[one.severity],
            when=_when(one),
            first=examples[:_EXAMPLES],
            more=examples[_EXAMPLES:],
        )


def _when(one: AnomalyClass) -> str:
    if one.first is None or one.last is None:
        return ""
    first, last = (duration(1000 * seconds) for seconds in (one.first, one.last))
    return f"proven {first} after the run began" + (f", and last after {last}" if last != first else "")


def _facts(run: Run) -> Iterator[tuple[str, str]]:
    """What ran, as pairs of name and value, without secrets."""
    yield "run", run.id
    yield "started", run.started
    yield "target", f"{without_secrets(run.target)}{' (embedded)' if run.embedded else ''}"
    yield "fleet", f"{run.fleet}, number {run.fleet_number}, its run {run.run_number}"
    yield "devices, seed", f"{run.devices:,}, {run.seed}"
    yield "arrivals", run.model
    for name, value in run.options.items():
        if not is_secret(name) and value not in (None, "", [], {}):
            yield f"--{name.replace('_', '-')}", _shown(value)
    if run.readback and "readback" not in run.options:
        yield "read back", _shown(run.readback)
    if run.load is not None and run.load.clocks:
        yield "clocks", _clocks(run.load.clocks)
    for group in (run.versions, run.machine):
        yield from ((name, _shown(value)) for name, value in group.items())


def _clocks(measured: dict[str, list[int]]) -> str:
    bound = duration(max(bound for _, bound in measured.values()) / 1e6)
    return f"{several(len(measured), 'worker')} shifted to the master's clock, to within {bound}"


def _shown(value: Any) -> str:  # noqa: ANN401 - an option's value is whatever it takes
    if isinstance(value, dict):
        value = [f"{name}={part}" for name, part in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = without_secrets(text)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
