"""The reports say what was found, load nothing from anywhere, and take no orders from a host's name."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import orjson
import pytest

from results.capacity import Capacity, Ended, write_reports
from results.capacity.curves import charts
from results.capacity.html import again
from tests.results.capacity.simulated import GATE, outcome, slow, summary

HOSTILE = "</script><img src=x onerror=alert(1)>|`*[a](http://evil.example)"


def found(**changes: Any) -> Capacity:  # noqa: ANN401 - fields of many types
    return outcome((50, summary(50)), (100, slow(100)), (100, slow(100)), (71, summary(71)), **changes)


def page(capacity: Capacity, folder: Path) -> str:
    return write_reports(folder, capacity)["report.html"].read_text(encoding="utf-8")


class Addresses(HTMLParser):
    """Everything that a page would fetch or link to."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.linked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"src", "srcset", "data", "action", "poster"} or (name == "href" and tag != "a"):
                self.fetched.append(f"{tag} {value}")
            if name == "href" and tag == "a":
                self.linked.append(value or "")


def addresses(html: str) -> Addresses:
    parser = Addresses()
    parser.feed(html)
    return parser


def test_all_reports_are_written_whole(tmp_path: Path) -> None:
    files = write_reports(tmp_path, found())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["capacity.json", "capacity.md", "report.html"]
    assert orjson.loads(files["capacity.json"].read_bytes())["rate"] == 71


def test_the_page_loads_nothing_and_links_to_each_trial_by_relative_path(tmp_path: Path) -> None:
    html = page(found(), tmp_path)
    assert addresses(html).fetched == []
    assert not re.search(r"@import|url\(|https?://(?!127\.0\.0\.1)", html)
    assert addresses(html).linked == [
        f"trials/trial-{name}/report.html" for name in ("01-50", "02-100", "03-100", "04-71")
    ]


def test_the_page_says_the_outcome_first_and_in_words(tmp_path: Path) -> None:
    html = page(found(), tmp_path)
    assert html.index("71 arrivals a second") < html.index("The target was the limit.") < html.index("<figure")
    assert 'class="verdict pass"' in html


@pytest.mark.parametrize(
    ("capacity", "said"),
    [
        (outcome((50, slow(50)), (50, slow(50))), "No rate met the gates"),
        (outcome(ended=Ended.STOPPED), "No trial was finished."),
        (outcome((50, summary(50)), most=50), "None found"),
    ],
)
def test_an_outcome_without_a_capacity_has_a_page_too(capacity: Capacity, said: str, tmp_path: Path) -> None:
    assert said in page(capacity, tmp_path)


def test_hostile_names_mean_nothing_but_themselves(tmp_path: Path) -> None:
    wrong = slow(100)
    wrong["reasons"] = [HOSTILE]
    capacity = outcome((50, summary(50)), (100, wrong), target=HOSTILE, options={"host": HOSTILE, "bug": HOSTILE})
    html = page(capacity, tmp_path)
    assert addresses(html).fetched == []
    assert "<img" not in html
    assert html.count("</script>") == 1
    markdown = (tmp_path / "capacity.md").read_text(encoding="utf-8")
    assert "<img" not in markdown.replace("\\<img", "")
    assert "\\|\\`\\*\\[a\\](http://evil.example)" in markdown


def test_a_run_without_a_single_answer_is_drawn_without_a_chart(tmp_path: Path) -> None:
    dead = summary(50, verdict="unknown", latency_ms={}, generator__verdict="unknown")
    dead["throughput"].update(per_second=None, sent_per_second=None, arrivals=None)
    dead["operations"].update(total=0, ok=0)
    dead["generator"].update(cpu_percent=None)
    capacity = outcome((50, dead), (50, dead))
    assert charts(capacity) == {}
    assert "No operation was answered." in page(capacity, tmp_path)


def test_the_chart_has_a_point_a_rate_and_the_gates_limit_as_a_line() -> None:
    chart = charts(found())["response"]
    assert list(chart.at) == [50.0, 71.0, 100.0]
    lines = {series.name: list(series.values) for series in chart.series}
    assert lines == {
        "p50": [2.0, 2.0, 2.0],
        "p99": [9.0, 9.0, 61.0],
        f"limit: {GATE}": [50.0, 50.0, 50.0],
    }
    assert chart.bands == [(100.0, 100.0)]


def test_a_gate_on_another_quantile_is_drawn_as_it_was_measured() -> None:
    gate = "p99.9(subscribe) < 0.05s"
    said = summary(50)
    said["gates"][1].update(gate=gate, measured=0.012, unit="s")
    lines = {
        series.name: list(series.values) for series in charts(outcome((50, said), gates=[gate]))["response"].series
    }
    assert lines[f"limit: {gate}"] == [50.0]
    assert lines["p99.9(subscribe)"] == [12.0]


def test_a_gate_that_is_no_latency_draws_no_line() -> None:
    names = [series.name for series in charts(found(gates=["errors < 0.1%"]))["response"].series]
    assert names == ["p50", "p99"]


def test_the_command_searches_again_and_keeps_no_secret() -> None:
    options = {"start": "50", "readback": ["postgresql://me:pass@db/im?query=a b"], "api-key": "hidden"}
    command = again(found(options=options))
    assert command.splitlines()[0] == "pushfleet capacity \\"
    assert "--gate 'p99(subscribe) < 50ms'" in command
    assert "--seed 7" in command
    assert "'postgresql://***@db/im?query=a b'" in command
    assert "hidden" not in command


def test_tls_that_is_not_verified_is_said_and_is_a_flag_of_the_command(tmp_path: Path) -> None:
    capacity = found(options={"host": "https://chat.example.com", "insecure": True}, target="https://chat.example.com")
    assert "\n  --insecure" in again(capacity)
    assert "--insecure True" not in again(capacity)
    text = page(capacity, tmp_path)
    assert "Warning: TLS is not verified (--insecure): whoever sits between here and https://chat.example.com" in text
    assert "TLS is not verified" not in page(found(), tmp_path)
