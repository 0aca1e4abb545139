from pathlib import Path

from results.gates import parse_gates
from results.reporters import write_reports
from results.reporters.terminal import words
from results.summary import summarise
from results.verdict import Verdict
from tests.results.recorded import journal, judged, operation, operations, run, violated


def test_a_run_ends_with_its_verdict_its_gates_and_its_figures(tmp_path: Path) -> None:
    known, records, judgement = run(), operations(10, 20), violated()
    summary = summarise(known, records, judgement, parse_gates(["p99(subscribe) < 15ms", "p50(push) < 1s"]))
    write_reports(tmp_path, known, records, judgement, summary)

    assert words(tmp_path).splitlines() == [
        "",
        summary.headline,
        "  - 2 registers hold an older token.",
        "  - p99(subscribe) < 15ms is violated. Measured 20 ms, and 20 ms without the generator's own delay.",
        "  - p50(push) < 1s is unknown. No push operation was answered.",
        "  x correctness: violated, measured 3 anomalies",
        "  x p99(subscribe) < 15ms: violated, measured 20.0 ms",
        "  ? p50(push) < 1s: unknown, not measured",
        "  + errors < 0.1%: pass, measured 0 %",
        "  not exercised: zombie write",
        "  2 operations a second ended well, 0 arrivals were not sent",
        "  subscribe: response p50 10.0 ms, p99 20.0 ms, max 20.0 ms",
        "",
        f"Report: {tmp_path / 'report.html'}",
    ]


def test_what_a_pass_does_not_cover_is_said_once(tmp_path: Path) -> None:
    known, records, judgement = run(), operations(10), judged(not_exercised=["zombie_write"])
    write_reports(tmp_path, known, records, judgement, summarise(known, records, judgement, []))

    assert judgement.verdict is Verdict.PASS
    assert words(tmp_path).lower().count("not exercised") == 1


def test_latencies_of_a_generator_that_sent_late_are_said_to_be_its_own(tmp_path: Path) -> None:
    known, records, judgement = run(), journal(*(operation(0, 40, 60) for _ in range(9))), judged()
    write_reports(tmp_path, known, records, judgement, summarise(known, records, judgement, []))

    said = (
        "these are not the backend's alone. The generator sent late: p99 of the send lag is 40 ms, of answers 20 ms: "
        "use more processes or a lower rate."
    )
    assert f"  ? {said}" in words(tmp_path).splitlines()
    assert said[0].upper() + said[1:] in (tmp_path / "summary.md").read_text()
