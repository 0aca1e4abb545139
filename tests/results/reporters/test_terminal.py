from pathlib import Path

from results.gates import parse_gates
from results.journal.record import Outcome
from results.reporters import write_reports
from results.reporters.terminal import words
from results.run import Names, Stage
from results.summary import summarise
from results.verdict import Verdict
from tests.results.recorded import BEGAN, MS, journal, judged, operation, operations, run, violated


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


def test_a_shaped_run_tells_its_phases_and_the_slowest_scenarios(tmp_path: Path) -> None:
    stages = [Stage("before", BEGAN, 1.0), Stage("spike", BEGAN + 500 * MS, 3.0)]
    names = Names(scenarios=["app_launch", "token_rotation"])
    known, judgement = run(stages=stages, names=names), judged()
    records = journal(operation(0, 0, 10), operation(600, 600, 640, scenario=1), operation(610, 610, 630, Outcome.INFO))
    write_reports(tmp_path, known, records, judgement, summarise(known, records, judgement, []))

    told = words(tmp_path).splitlines()
    assert "  before (from 0 ms): 2.00/s ended well, subscribe p99 10.0 ms, errors 0 %, at most 1 waiting" in told
    assert "  spike (from 500 ms): 2.00/s ended well, subscribe p99 40.0 ms, errors 50.0 %, at most 2 waiting" in told
    assert "  p99 of subscribe, ms: token_rotation 40.0, app_launch 20.0" in told
    markdown = (tmp_path / "summary.md").read_text()
    assert "| spike | 500 ms | 500 ms | 6.00 | 2.00 | 2 | 50.0 % | 20 ms | 40 ms | 40 ms | 2 at 610 ms |" in markdown
    page = (tmp_path / "report.html").read_text()
    assert "<h2>Phases</h2>" in page
    assert page.count('<span class="stage" style="left:50.0%;width:50.0%" aria-hidden="true">spike</span>') == 3
    assert 'id="backlog"' in page


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
