"""The README's table of bugs is the bugs there are."""

import re
from pathlib import Path

from simulator.backend import BUGS

ROOT = Path(__file__).parents[2]


def test_the_table_of_bugs_in_the_readme_says_what_each_bug_shows_and_in_which_scenario() -> None:
    text = (ROOT / "README.md").read_text()
    table = text.partition("| bug |")[2].partition("\n\n")[0]
    rows = [line.split("|")[1:-1] for line in table.splitlines()[2:]]
    told = {
        name.strip(" `"): (re.findall(r"`(\w+)`", anomalies), re.findall(r"`(\w+)`", alone))
        for name, _, anomalies, alone in rows
    }
    assert told == {bug.name: (list(bug.shows), [bug.scenario] if bug.scenario else []) for bug in BUGS.values()}


def test_every_anomaly_that_a_bug_shows_is_one_the_judge_knows() -> None:
    known = {path.stem for path in (ROOT / "results" / "anomalies").glob("*.py")}
    assert {anomaly for bug in BUGS.values() for anomaly in bug.shows} <= known
