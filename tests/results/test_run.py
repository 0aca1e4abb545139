"""`run.json` is read as it was written, or refused with a sentence."""

from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from results.errors import ResultsError, UsageError
from results.run import Load, Run, Stage

WRONG_NETWORKS = ("networks", {"4g": {"calls": "1"}})


def run(folder: Path) -> dict[str, Any]:
    """A run's file, written and read as plain values."""
    load = Load(began=1, ended=2, offered=3, workers=1, workers_lost=0, cpu_percent=1.5, deaths=["Some part ended."])
    Run(
        id="r1",
        started="2026-11-24T00:00:00+00:00",
        began=1,
        target="http://127.0.0.1:1",
        embedded=True,
        fleet="fleet",
        fleet_number=7,
        run_number=1,
        devices=10,
        seed=3,
        model="open",
        gates=["errors < 0.1%"],
        stages=[Stage("up", 1, 2.5), Stage("hold", 2)],
        load=load,
    ).write(folder)
    said: dict[str, Any] = orjson.loads((folder / "run.json").read_bytes())
    return said


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    said = run(tmp_path)
    again = Run.read(tmp_path)
    assert (again.id, again.load and again.load.cpu_percent) == ("r1", 1.5)
    assert again.stages == [Stage("up", 1, 2.5), Stage("hold", 2, -1.0)]
    again.write(tmp_path)
    assert orjson.loads((tmp_path / "run.json").read_bytes()) == said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("id", None), ("target", 5), ("devices", "10"), ("devices", True), ("gates", 5), ("gates", [5])),
        *(("machine", None), ("versions", []), ("options", []), ("started", 5), ("schema", 2), ("load", [])),
        *(("names", {}), ("fleet", 7), ("began", None), ("extra", 1)),
        *(("stages", 5), ("stages", ["up"]), ("stages", [{"name": "up", "began": "x"}]), ("stages", [{"name": "up"}])),
    ],
)
def test_a_field_that_cannot_be_is_told(tmp_path: Path, field: str, value: object) -> None:
    (tmp_path / "run.json").write_bytes(orjson.dumps({**run(tmp_path), field: value}))
    with pytest.raises(UsageError, match=r"run\.json cannot be read as a run of schema 1"):
        Run.read(tmp_path)


@pytest.mark.parametrize("content", [b"[]", b"7", b"null"])
def test_what_is_no_object_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"run\.json cannot be read as a run of schema 1: it is no JSON object"):
        Run.read(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"),
    [("began", "x"), ("offered", None), ("broken", [5]), ("cpu_percent", "1"), WRONG_NETWORKS],
)
def test_a_load_that_cannot_be_is_told(tmp_path: Path, field: str, value: object) -> None:
    said = run(tmp_path)
    said["load"][field] = value
    (tmp_path / "run.json").write_bytes(orjson.dumps(said))
    with pytest.raises(UsageError, match=f"{field} is"):
        Run.read(tmp_path)


def test_a_file_or_a_folder_in_the_wrong_place_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "odd" / "run.json").mkdir(parents=True)
    with pytest.raises(UsageError, match="is no run's folder"):
        Run.read(tmp_path / "file")
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        Run.read(tmp_path / "odd")


def test_a_file_of_before_there_were_pushes_is_read_as_a_run_without_any(tmp_path: Path) -> None:
    said = run(tmp_path)
    del said["push"], said["store"], said["load"]["deaths"], said["checksum"]
    (tmp_path / "run.json").write_bytes(orjson.dumps(said))
    again = Run.read(tmp_path)
    assert (again.push, again.store, again.fresh, again.load and again.load.deaths) == ("", "", True, [])


@pytest.mark.parametrize(
    ("embedded", "store", "fresh"), [(True, "", True), (True, "sqlite:im.sqlite", False), (False, "", False)]
)
def test_only_a_store_in_the_runs_own_folder_is_new(tmp_path: Path, embedded: bool, store: str, fresh: bool) -> None:  # noqa: FBT001 - a table's columns
    run(tmp_path)
    lived = replace(Run.read(tmp_path), embedded=embedded, store=store)
    lived.write(tmp_path)
    assert (lived.fresh, Run.read(tmp_path).fresh) == (fresh, fresh)


def test_a_file_that_was_flipped_or_cut_is_read_as_it_was_or_refused(tmp_path: Path) -> None:
    run(tmp_path)
    path, rng = tmp_path / "run.json", Random(1)
    before, whole = Run.read(tmp_path), path.read_bytes()
    told = []
    for _ in range(3000):
        at = rng.randrange(len(whole))
        flipped = whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :]
        path.write_bytes(flipped if rng.random() < 0.8 else whole[:at])
        try:
            assert Run.read(tmp_path) == before
        except ResultsError as error:
            told.append(str(error))
    assert len(told) > 2500
    assert all("run.json" in text for text in told)
