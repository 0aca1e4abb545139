"""The four files of a run, from one summary."""

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.gates import parse_gates
from results.journal.record import Outcome
from results.judgement import Example, Judgement
from results.reporters import write_reports, write_whole
from results.summary import summarise
from results.verdict import Verdict
from tests.results.recorded import journal, judged, load, operation, operations, run, stall, violated

HOSTILE = "</script><script>alert('x')</script><img src=http://evil.test/x.png>|`*\x00"
FILES = ["summary.md", "junit.xml", "report.html", "summary.json"]


def written(
    folder: Path,
    judgement: Judgement | None = None,
    gates: list[str] | None = None,
    records: NDArray[np.void] | None = None,
    **of_the_run: Any,  # noqa: ANN401 - as Run takes them
) -> dict[str, str]:
    """Write a run's reports; return file name → text."""
    known = run(**of_the_run)
    recorded = operations(10, 20) if records is None else records
    found = judgement or judged()
    paths = write_reports(folder, known, recorded, found, summarise(known, recorded, found, parse_gates(gates or [])))
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def test_every_report_is_written_whole_and_nothing_else(tmp_path: Path) -> None:
    assert list(written(tmp_path)) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = write_whole(tmp_path / "summary.md", "old")

    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")

    assert path.read_text() == "old"


def test_a_report_that_cannot_be_written_is_told_and_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "summary.md").mkdir()
    with pytest.raises(CannotKnow, match=r"summary\.md cannot be written"):
        write_whole(tmp_path / "summary.md", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["summary.md"]


def test_reports_of_the_same_journal_are_the_same(tmp_path: Path) -> None:
    records = journal(operations(3, 9, 5), stall(100, 200))

    first, again = written(tmp_path, records=records), written(tmp_path, records=records[::-1])

    assert first == again


def test_the_json_report_is_the_summary(tmp_path: Path) -> None:
    found = json.loads(written(tmp_path, violated())["summary.json"])

    assert (found["schema"], found["verdict"], found["operations"]["total"]) == (1, "violated", 2)


@pytest.mark.parametrize(
    ("judgement", "verdict"),
    [(judged(), "pass"), (violated(), "violated"), (judged(verdict=Verdict.UNKNOWN), "unknown")],
)
def test_the_verdict_comes_first_and_in_words(tmp_path: Path, judgement: Judgement, verdict: str) -> None:
    found = written(tmp_path, judgement)
    html = found["report.html"]

    assert found["summary.md"].splitlines()[0][2:].lstrip("✅❌❔ ").startswith(f"{verdict.upper()}. ")
    assert re.search(r"<h1>.*?</h1>", html)[0].endswith(f"{verdict.capitalize()}</h1>")  # type: ignore[index]
    assert html.index("<h1>") < html.index("<h2>")
    assert f"<title>{verdict.upper()} · run-1 · pushfleet</title>" in html


def test_the_markdown_report_of_a_small_run(tmp_path: Path) -> None:
    records = journal(operation(0, 2, 10), operation(0, 0, 5000, Outcome.INFO, status=0, fault=1))

    found = written(tmp_path, violated("LOST UPDATE ios/a|b"), ["errors < 60%"], records)["summary.md"]

    assert found == (Path(__file__).parent / "small-run.md").read_text(encoding="utf-8")


def cases(folder: Path, *args: Any, **fields: Any) -> dict[str, list[str]]:  # noqa: ANN401 - as `written` takes them
    """The test cases of a junit.xml: name → tags of what they hold."""
    root = ET.fromstring(written(folder, *args, **fields)["junit.xml"])  # noqa: S314 - our own file
    return {case.attrib["name"]: [element.tag for element in case] for case in root.iter("testcase")}


def test_violated_is_a_failure_and_unknown_an_error(tmp_path: Path) -> None:
    gates = ["max(subscribe) < 15ms", "max(unsubscribe) < 15ms", "max(subscribe) < 25ms"]

    assert cases(tmp_path, violated(), gates) == {
        "correctness": ["failure"],
        "max(subscribe) < 15ms": ["failure"],
        "max(unsubscribe) < 15ms": ["error"],
        "max(subscribe) < 25ms": ["system-out"],
        "errors < 0.1%": ["system-out"],
        "lost_update": ["failure"],
        "stale_push": ["failure"],
    }
    assert cases(tmp_path, judged(verdict=Verdict.UNKNOWN))["correctness"] == ["error"]


def test_the_counts_of_the_junit_report_are_those_of_its_cases(tmp_path: Path) -> None:
    text = written(tmp_path, violated(), ["max(unsubscribe) < 15ms"])["junit.xml"]

    suite = ET.fromstring(text).find("testsuite")  # noqa: S314 - our own file

    assert suite is not None
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "5", "failures": "3", "errors": "1", "skipped": "0", "time": "1.000"}


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, str]:
    """The reports of a run in which everything that can be named is named to do harm."""
    judgement = judged(
        verdict=Verdict.VIOLATED,
        found={"lost_update": 1},
        examples=[Example("lost_update", HOSTILE, HOSTILE)],
        reasons=[HOSTILE],
    )
    known = run(options={"mix": HOSTILE, HOSTILE: HOSTILE}, id=HOSTILE, versions={HOSTILE: HOSTILE}, target=HOSTILE)
    known.names.types[1] = HOSTILE
    known.names.faults[1] = HOSTILE
    records = journal(operations(10), operation(0, 0, 9, Outcome.INFO, fault=1))
    paths = write_reports(tmp_path, known, records, judgement, summarise(known, records, judgement, []))
    return {name: path.read_text(encoding="utf-8") for name, path in paths.items()}


def test_nothing_a_device_is_called_becomes_html(hostile: dict[str, str]) -> None:
    html = hostile["report.html"]

    assert html.count("<script>") == 1  # the page's own
    assert "<img" not in html
    assert "&lt;script&gt;alert" in html


def test_nothing_a_device_is_called_breaks_the_other_reports(hostile: dict[str, str]) -> None:
    ET.fromstring(hostile["junit.xml"])  # noqa: S314 - our own file
    assert json.loads(hostile["summary.json"])["correctness"]["examples"][0]["text"] == HOSTILE
    unescaped = re.sub(r"\\.", "", hostile["summary.md"])
    outside_code = re.sub(r"`[^`\n]*`", "", unescaped)
    assert not re.search(r"[<\[*]", outside_code)


@pytest.mark.parametrize("name", FILES)
def test_no_report_holds_a_password(tmp_path: Path, name: str) -> None:
    options = {"client_key": "hunter2", "api_key": "hunter2", "mix": "everyday"}
    readback = ["postgresql://judge:hunter2@db/imkit"]

    found = written(
        tmp_path, target="https://me:hunter2@imkit.test", options=options, readback=readback, embedded=False
    )

    assert "hunter2" not in found[name]


def test_the_page_loads_nothing(tmp_path: Path) -> None:
    html = written(tmp_path, violated(), target="https://imkit.test", embedded=False)["report.html"]

    assert "default-src 'none'" in html
    assert not re.findall(r"""(?:src|href|action)\s*=|url\(|@import|<link|fetch\(|import\(""", html)
    assert "https://imkit.test" in html  # as text


def test_the_page_is_small_whatever_the_size_of_the_run(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    due = np.sort(random.integers(0, 3_600_000, 20_000))
    template = operation(0, 0, 1)
    records = np.repeat(template, len(due))
    for name, offset in (("intended", 0), ("sent", 1), ("done", 1 + random.integers(1, 9_000, len(due)))):
        records[name] = template["intended"] + (due + offset) * 1_000_000
    stalls = [stall(at, at + 20) for at in range(0, 3_600_000, 3_000)]

    html = written(tmp_path, records=journal(records, *stalls), load=load(3600.0))["report.html"]

    assert len(html) < 200_000
    assert html.count('class="chart"') == 3
    assert "minutes since the load began" in html


def test_every_section_is_there_even_for_an_empty_run(tmp_path: Path) -> None:
    html = written(tmp_path, judged(verdict=Verdict.UNKNOWN), records=journal(), load=None)["report.html"]

    assert re.findall(r"<h2>(.*?)</h2>", html) == [
        "Gates",
        "Correctness",
        "Latency",
        "Rate",
        "Outcomes",
        "Generator",
        "What ran",
    ]
    assert "No operation was answered." in html


def test_what_was_not_exercised_is_never_said_to_be_absent(tmp_path: Path) -> None:
    html = written(tmp_path, judged(not_exercised=["zombie_write"]))["report.html"]

    clean = html[html.index("Looked for and not found") : html.index("Not exercised")]
    assert "lost update" in clean
    assert "zombie write" not in clean
    assert "zombie write" in html[html.index("Not exercised") :]


def test_tables_have_captions_and_headings_descend_one_by_one(tmp_path: Path) -> None:
    html = written(tmp_path, violated(), records=operation(0, 0, 9, Outcome.INFO, fault=1))["report.html"]

    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert html.count("<table") == html.count("<caption") > 0


def test_only_a_few_examples_of_each_anomaly_are_shown(tmp_path: Path) -> None:
    examples = [Example("lost_update", f"ios/{n}", f"Example {n}.") for n in range(9)]
    judgement = judged(verdict=Verdict.VIOLATED, found={"lost_update": 9}, examples=examples)

    found = written(tmp_path, judgement)

    assert found["report.html"].count("<blockquote>") == 3
    assert len(json.loads(found["summary.json"])["correctness"]["examples"]) == 9
