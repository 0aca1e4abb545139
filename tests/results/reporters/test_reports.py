"""The four files of a run, from one summary."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from results.anomalies import ANOMALIES
from results.errors import CannotKnow
from results.gates import parse_gates
from results.journal.record import Outcome
from results.judgement import Example, Judgement, Step, Stretch
from results.reporters import write_reports, write_whole
from results.reporters.terminal import words
from results.summary import summarise
from results.verdict import Verdict
from tests.results.recorded import delivery, journal, judged, load, operation, operations, run, stall, violated

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
        "contract_breach": ["system-out"],
        "zombie_write": ["skipped"],
    }
    assert cases(tmp_path, judged(verdict=Verdict.UNKNOWN))["correctness"] == ["error"]


def test_a_class_that_was_not_exercised_is_no_green_test_and_an_error_where_it_was_required(tmp_path: Path) -> None:
    judgement = judged(not_exercised=["zombie_write"])

    assert cases(tmp_path, judgement)["zombie_write"] == ["skipped"]
    assert cases(tmp_path, judgement, require=["zombie_write"])["zombie_write"] == ["error"]
    assert cases(tmp_path, judgement, require=["all"])["zombie_write"] == ["error"]
    assert cases(tmp_path, judgement, require=["all"])["lost_update"] == ["system-out"]


def test_what_is_allowed_and_yet_no_pass_is_an_error_and_no_failure(tmp_path: Path) -> None:
    assert cases(tmp_path, judged(verdict=Verdict.UNKNOWN, found={"zombie_write": 1}))["zombie_write"] == ["error"]


def test_the_counts_of_the_junit_report_are_those_of_its_cases(tmp_path: Path) -> None:
    text = written(tmp_path, violated(), ["max(unsubscribe) < 15ms"])["junit.xml"]

    suite = ET.fromstring(text).find("testsuite")  # noqa: S314 - our own file

    assert suite is not None
    counts = {name: suite.attrib[name] for name in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "7", "failures": "3", "errors": "1", "skipped": "1", "time": "1.000"}


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
    table = html[html.index('class="coverage"') :]

    clean, rest = table.split("Not exercised", 1)
    assert "lost update" in clean
    assert "zombie write" not in clean
    row = rest[: rest.index("</tr>", rest.index("zombie write"))]
    assert "not exercised" in row
    assert "needs requests without an answer, then replaced and looked at" in row


def test_tables_have_captions_and_headings_descend_one_by_one(tmp_path: Path) -> None:
    html = written(tmp_path, violated(), records=operation(0, 0, 9, Outcome.INFO, fault=1))["report.html"]

    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert html.count("<table") == html.count("<caption") > 0


def example(number: int) -> Example:
    steps = [
        Step("subscribe", f"ios/{number}", 7, "g7", "ok", 200, 0.1, 0.2, "was acknowledged"),
        Step("subscribe", f"ios/{number}", 7, "g8", "ok", 200, 0.3, 0.4, "was acknowledged"),
        Step("read-back", f"ios/{number}", None, "g7", "ok", None, 12.0, 12.5, "found g7", part="wrong"),
    ]
    must = Stretch(0.4, 12.0, "g8 or a newer one must stand here")
    return Example("lost_update", f"ios/{number}", f"Example {number}.", steps, must, f"im {number} '<g7>'")


def test_every_example_is_told_drawn_and_can_be_done_again(tmp_path: Path) -> None:
    examples = [example(number) for number in range(20)]
    judgement = judged(verdict=Verdict.VIOLATED, found={"lost_update": 90}, examples=examples)

    html = written(tmp_path, judgement)["report.html"]

    assert [html.count(part) for part in ("<blockquote>", 'class="lanes"', 'class="replay"')] == [20, 20, 20]
    assert html.index("Example 2.") < html.index("17 more, less severe") < html.index("Example 3.")
    assert "im 19 &#39;&lt;g7&gt;&#39;" in html
    assert html.count("g8 or a newer one must stand here: 11.60 s") == 20


def test_a_page_with_all_that_it_can_tell_stays_small(tmp_path: Path) -> None:
    examples = [replace(example(number), anomaly=name, replay="x" * 2000) for name in ANOMALIES for number in range(20)]
    judgement = judged(verdict=Verdict.VIOLATED, found=dict.fromkeys(ANOMALIES, 20), examples=examples)

    assert len(written(tmp_path, judgement)["report.html"]) < 1_500_000


def test_how_fresh_pushes_were_is_told_in_every_report(tmp_path: Path) -> None:
    writes = operation(0, 0, 10, value=7), operation(20, 20, 50, value=8)
    records = journal(*writes, delivery(100, 1, 7), delivery(245, 1, 8))
    said = (
        "2 tokens were reached by pushes, 1 of them stale: the oldest had been replaced for 0.05 s.",
        "1 token was replaced; pushes reached 1 of the new ones, half of them within 0.2 s of the acknowledgement.",
    )

    found = written(tmp_path, records=records)

    for sentence in said:
        assert sentence in found["summary.md"]
        assert sentence in found["report.html"]
        assert sentence in words(tmp_path)
    assert "| from a new token's acknowledgement to its first push | 1 | 200 ms |" in found["summary.md"]


def test_a_run_without_pushes_says_nothing_of_them(tmp_path: Path) -> None:
    found = written(tmp_path)

    assert "Pushes" not in found["report.html"] + found["summary.md"]


def test_tls_that_was_not_verified_is_said_in_every_report(tmp_path: Path) -> None:
    insecure: dict[str, Any] = {"options": {"insecure": True}, "target": "https://chat.example.com", "embedded": False}
    warning = "TLS is not verified (--insecure): whoever sits between here and https://chat.example.com can read keys"
    for name, text in written(tmp_path, **insecure).items():
        assert warning in text, name
    assert f"  ! {warning} and answer for it." in words(tmp_path)
    assert not any("TLS is not verified" in text for text in written(tmp_path).values())


def test_reports_tell_what_networks_did_and_nothing_where_there_were_none(tmp_path: Path) -> None:
    use = {
        "calls": 1200,
        "lost": 3,
        "cut": 1,
        "unanswered": 2,
        "hand_overs": 4,
        "carried": 1197,
        "waited_ns": 119_700_000_000,
    }
    told = written(tmp_path, load=load(networks={"train": use}))
    assert "| train | 1,200 | 100 % | 3 | 1 | 2 | 4 | 100 |" in told["summary.md"]
    row = (
        '<th scope="row">train</th><td>1,200</td><td>100 %</td><td>3</td><td>1</td><td>2</td><td>4</td><td>100 ms</td>'
    )
    assert row in told["report.html"]
    without = written(tmp_path)
    assert "Networks" not in without["summary.md"] + without["report.html"]


def test_reports_tell_what_the_apps_of_each_sdk_did_and_nothing_where_there_were_none(tmp_path: Path) -> None:
    use = {"lives": 1200, "calls": 1500, "again": 7, "silent": 300}
    told = written(tmp_path, sdk="field", load=load(sdks={"old_web": use}))
    assert "Apps called by `--sdk field`." in told["summary.md"]
    assert "| old\\_web | 1,200 | 100 % | 1,500 | 7 | 300 |" in told["summary.md"]
    assert "Apps called the API by --sdk field." in told["report.html"]
    row = '<th scope="row">old_web</th><td>1,200</td><td>100 %</td><td>1,500</td><td>7</td><td>300</td>'
    assert row in told["report.html"]
    without = written(tmp_path)
    assert "SDKs" not in without["summary.md"] + without["report.html"]
