"""`summary.md`: the summary for a pull request or a chat, the verdict first and in words."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.judgement import Judgement
from results.latency import Spread
from results.reporters.coverage import Pushes, coverage
from results.reporters.gfm import cell, code, table
from results.reporters.numbers import NONE, count, duration, figure, measured, ms, percent
from results.reporters.parts import HEADS, PHASE_HEADS, SCENARIO_HEADS, Row, phase_rows, scenario_rows
from results.run import Run
from results.summary import Summary
from results.wording import spoken

_MARKS: Final = {"pass": "✅", "violated": "❌", "unknown": "❔"}


def write(_run: Run, _records: NDArray[np.void], _judgement: Judgement, summary: Summary) -> str:
    """Render `summary` as GitHub-flavoured Markdown."""
    parts = (
        *(_opening(summary), _gates(summary), _correctness(summary), _latency(summary)),
        *(_phases(summary), _scenarios(summary), _operations(summary), _networks(summary)),
        _sdks(summary),
    )
    return "\n\n".join(block for part in parts for block in part) + "\n"


def _opening(summary: Summary) -> Iterator[str]:
    run = summary.run
    yield f"# {_MARKS[summary.verdict]} {cell(summary.headline)}"
    took = duration(run.seconds * 1000)
    yield f"Run `{code(run.id)}` of {run.started}, {took} against {cell(run.target)}, {count(run.devices)} devices."
    if summary.warnings:
        yield "\n".join(f"> ⚠️ **{cell(warning)}**" for warning in summary.warnings)
    if summary.reasons:
        yield "\n".join(f"- {cell(reason)}" for reason in summary.reasons)


def _gates(summary: Summary) -> Iterator[str]:
    rows = [
        (f"`{code(gate.gate)}`", measured(gate.measured, gate.unit), f"{_MARKS[gate.verdict]} {gate.verdict}")
        for gate in summary.gates
    ]
    yield "## Gates"
    yield table(("gate", ">measured", "verdict"), rows)


def _correctness(summary: Summary) -> Iterator[str]:
    correctness = summary.correctness
    yield "## Correctness"
    registers = correctness.registers
    yield (
        f"{count(registers['judged'])} of {count(registers['total'])} registers judged, "
        f"{count(registers['unknown'])} unknown."
    )
    worst = {example.anomaly: example for example in reversed(correctness.examples)}  # each one's first
    if shown := [worst[name] for name in correctness.found if name in worst]:
        yield "\n".join(f"> {cell(example.text)}\n>" for example in shown).removesuffix("\n>")
    yield table(("anomaly", ">found", "chances to show it"), _classes(summary))
    if (known := Pushes.of(summary)) is not None:
        yield "### Pushes"
        yield " ".join(known.said)
        rows = [(name, count(number), *figures) for name, number, figures in known.rows]
        yield table(("measure", ">counted", ">p50", ">p90", ">p99", ">p99.9", ">max"), rows)


def _classes(summary: Summary) -> Iterator[tuple[str, str, str]]:
    """Every class of anomaly: what was found, then what was not, then what could not have been."""
    for _, rows in coverage(summary):
        for row in rows:
            found = count(row.found) if row.exercised else "not exercised"
            yield spoken(row.name), found, ", ".join(map(cell, row.chances))


def _latency(summary: Summary) -> Iterator[str]:
    yield "## Latency"
    if not summary.latency_ms:
        yield "No operation was answered."
        return
    rows = []
    for label, found in summary.latency_ms.items():
        response = [ms(value) for value in _values(found.response)]
        rows.append((cell(label), count(found.count), *response, ms(found.service.p99), ms(found.send_lag.p99)))
    heads = ("response, ms", ">count", ">p50", ">p90", ">p99", ">p99.9", ">max", ">service p99", ">send lag p99")
    yield table(heads, rows)
    if summary.generator.why:
        yield f"These are not the backend's alone. {cell(' '.join(summary.generator.why))}"


def _values(spread: Spread) -> tuple[float, ...]:
    return spread.p50, spread.p90, spread.p99, spread.p999, spread.max


def _phases(summary: Summary) -> Iterator[str]:
    if rows := phase_rows(summary):
        yield "## Phases"
        yield _parts(PHASE_HEADS, "phase", rows)


def _scenarios(summary: Summary) -> Iterator[str]:
    if rows := scenario_rows(summary):
        yield "## Scenarios"
        yield _parts(SCENARIO_HEADS, "scenario", rows)


def _parts(own: tuple[list[str], list[str]], name: str, rows: list[Row]) -> str:
    """Phases or scenarios; p50 to max are response times of subscribes."""
    heads = [name, *(f">{head}" for head in (*own[0], *HEADS, *own[1]))]
    return table(
        heads,
        [
            (cell(row.name), *row.first, row.operations, row.errors, *row.response, row.backlog, *row.last)
            for row in rows
        ],
    )


def _operations(summary: Summary) -> Iterator[str]:
    tally, rate, generator = summary.operations, summary.throughput, summary.generator
    yield "## Operations"
    rows = [
        (name, count(kind.total), count(kind.ok), count(kind.fail), count(kind.info), percent(kind.errors, kind.total))
        for name, kind in [*tally.by_kind.items(), ("all", tally)]
    ]
    yield table(("operation", ">total", ">ok", ">fail", ">info", ">errors"), rows)
    if tally.faults:
        yield "Faults: " + ", ".join(f"{cell(name)} {count(number)}" for name, number in tally.faults.items()) + "."
    cpu = NONE if generator.cpu_percent is None else f"{generator.cpu_percent:.0f} %"
    yield (
        f"{figure(rate.per_second)} operations a second ended well; {count(rate.offered)} offered, "
        f"{count(rate.not_sent)} not sent, {count(rate.late)} sent late. Generator: {generator.verdict}, longest stall "
        f"{duration(generator.max_stall_ms)}, CPU {cpu}."
    )


def _networks(summary: Summary) -> Iterator[str]:
    if not summary.networks:
        return
    yield "## Networks"
    rows = [
        (
            cell(name),
            *(count(use.calls), percent(use.share, 1), count(use.lost), count(use.cut), count(use.unanswered)),
            *(count(use.hand_overs), ms(use.added_ms)),
        )
        for name, use in summary.networks.items()
    ]
    heads = ("simulated network", ">calls", ">share", ">lost", ">cut", ">unanswered", ">hand-overs", ">added, ms")
    yield table(heads, rows)
    yield "What they added is the mean of a call that was not lost, and in no latency."


def _sdks(summary: Summary) -> Iterator[str]:
    if not summary.sdks:
        return
    yield "## SDKs"
    yield f"Apps called by `--sdk {code(summary.run.sdk)}`."
    rows = [
        (
            cell(name),
            *(count(use.lives), percent(use.share, 1)),
            *(count(use.calls), count(use.again), count(use.silent)),
        )
        for name, use in summary.sdks.items()
    ]
    yield table(("SDK", ">lives", ">share", ">calls", ">again after a 401", ">silent starts"), rows)
