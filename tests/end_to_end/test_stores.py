"""A run over a store that outlives it: it is read back, remembered, and its password is kept nowhere."""

import json
from pathlib import Path
from urllib.parse import quote

from tests.end_to_end.commands import Result, pushfleet
from tests.postgresql import PASSWORD

LOAD = ("run", "--devices", 150, "--rate", 60, "--run-time", "3s", "--seed", 4, "--json")


def twice(store: str, place: Path, *options: object) -> list[Result]:
    """Two runs over one store: the second finds what the first has left."""
    return [pushfleet(*LOAD, "--store", store, "--run-id", name, *options, cwd=place) for name in ("one", "two")]


def test_two_runs_over_one_store_are_judged_each_for_itself(store: str, tmp_path: Path) -> None:
    runs = twice(store, tmp_path, "--backend-processes", 2)
    assert [(done.code, done.anomalies) for done in runs] == [(0, set())] * 2, runs[-1].err
    assert [done.summary["correctness"]["registers"]["unknown"] for done in runs] == [0, 0]
    assert runs[1].summary["correctness"]["coverage"]["tokens_read"] > 0


def test_the_password_of_a_store_is_kept_nowhere(postgresql_url: str, tmp_path: Path) -> None:
    (done, _) = twice(postgresql_url, tmp_path)
    assert done.code == 0, done.err
    folder = tmp_path / "results" / "runs" / "one"
    kept = [path for path in folder.rglob("*") if path.suffix in {".json", ".md", ".html", ".xml"}]
    assert len(kept) >= 5
    for text in [*(path.read_text() for path in kept), done.out, done.err]:
        assert PASSWORD not in text
        assert quote(PASSWORD, safe="") not in text
    assert json.loads((folder / "run.json").read_text())["store"].startswith("postgresql://")
    report = (folder / "report.html").read_text()
    assert "--store" in report
    assert "postgresql://***@127.0.0.1" in report


def test_a_kept_read_back_needs_no_password_to_be_judged_again(postgresql_url: str, tmp_path: Path) -> None:
    first, _ = twice(postgresql_url, tmp_path)
    again = pushfleet("check", tmp_path / "results" / "runs" / "one", "--json", cwd=tmp_path)
    assert (again.code, again.summary) == (0, first.summary)
