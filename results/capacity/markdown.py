"""`capacity.md`: the outcome for a pull request or a chat."""

from typing import Final

from results.capacity.outcome import Capacity
from results.capacity.trial import Trial
from results.reporters.gfm import cell, code, table
from results.reporters.numbers import NONE, count, duration, figure, ms
from results.wording import several

_MARKS: Final = {"pass": "✅", "violated": "❌", "unknown": "❔"}
_HEADS: Final = (">arrivals/s", "met", ">p50, ms", ">p99, ms", ">ended well", ">errors", ">CPU", ">not sent", "why")


def write(capacity: Capacity) -> str:
    """Render `capacity` as GitHub-flavoured Markdown."""
    gates = ", ".join(f"`{code(gate)}`" for gate in capacity.gates)
    trials, took = several(len(capacity.trials), "trial"), duration(capacity.seconds * 1000)
    blocks = [
        f"# {_MARKS[capacity.verdict]} {cell(capacity.sentence)}",
        f"Gates: {gates}. Against {cell(capacity.target)}, started {capacity.started}: {trials} in {took}.",
    ]
    if capacity.trials:
        blocks.append(table(_HEADS, [_row(trial) for trial in capacity.trials]))
    return "\n\n".join(blocks) + "\n"


def _row(trial: Trial) -> tuple[str, ...]:
    response = trial.response_ms
    return (
        count(trial.rate),
        "yes" if trial.met else f"no: {trial.limit}",
        ms(response.p50 if response else None),
        ms(response.p99 if response else None),
        f"{figure(trial.per_second)}/s",
        NONE if trial.errors_percent is None else f"{figure(trial.errors_percent)} %",
        NONE if trial.cpu_percent is None else f"{trial.cpu_percent:.0f} %",
        count(trial.not_sent),
        cell(trial.why),
    )
