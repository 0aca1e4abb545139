"""The table of the judge's rules names every rule, and tests that there are."""

import ast
import re
from pathlib import Path

import pytest

from results.anomalies import ANOMALIES
from results.checker.doubt import Doubt
from results.checker.rule import Rule

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "tests" / "results" / "checker" / "README.md"
WALL = re.compile(r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(")
# What dates records: the clock of everything that the judge orders.
DATING = ("locustfiles/_recorder.py", "locustfiles/_pushes.py", "locustfiles/_deliveries.py", "locustfiles/_clock.py")


def missing(text: str) -> list[str]:
    """The tests that a table names and that there are not; a file without a folder is beside the table."""
    named = re.findall(r"`((?:[\w/]+/)?test_\w+\.py)::(\w+)`", text)
    return [f"{path}::{test}" for path, test in named if test not in those_of(path)]


def those_of(path: str) -> set[str]:
    file = ROOT / path if "/" in path else TABLE.parent / path
    if not file.is_file():
        return set()
    return {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_table_names_exists() -> None:
    text = TABLE.read_text()
    assert text.count("::") == len(re.findall(r"`(?:[\w/]+/)?test_\w+\.py::\w+`", text)) > 80
    assert missing(text) == []


def test_a_test_that_is_gone_is_found() -> None:
    gone = "`test_sweep.py::test_v9` `tests/results/no/test_such.py::test_file` "
    gone += "`test_sweep.py::test_what_says_nothing_is_legal`"
    assert missing(gone) == ["test_sweep.py::test_v9", "tests/results/no/test_such.py::test_file"]


@pytest.mark.parametrize("name", [*(rule.name for rule in Rule), *(doubt.name for doubt in Doubt), *ANOMALIES])
def test_every_rule_doubt_and_anomaly_is_in_the_table_with_a_test(name: str) -> None:
    rows = [line for line in TABLE.read_text().splitlines() if f"`{name}`" in line]
    assert rows
    assert all("::" in row for row in rows)


def test_every_rule_of_the_table_has_a_test() -> None:
    rows = [line for line in TABLE.read_text().splitlines() if re.match(r"\| (?!rule|anomaly)", line)]
    assert rows
    assert [row for row in rows if "::" not in row] == []


def test_no_record_is_dated_by_the_wall_clock() -> None:
    files = [*(ROOT / name for name in DATING), *(ROOT / "simulator" / "client").glob("[a-z]*.py")]
    files += [ROOT / "simulator" / "phones" / "phone.py", *(ROOT / "results" / "checker").glob("*.py")]
    assert [path.name for path in files if WALL.search(path.read_text())] == []
    assert WALL.search("sent = time.time_ns()")
