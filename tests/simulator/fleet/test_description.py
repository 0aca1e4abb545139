from pathlib import Path

import orjson
import pytest

from simulator.errors import UsageError
from simulator.fleet import MAX_DEVICES, MAX_SEED, Fleet
from simulator.fleet.description import Description, _checksum


def test_what_was_written_is_read(tmp_path: Path) -> None:
    described = Description.of(7, 1000)
    described.write(tmp_path)
    assert Description.read(tmp_path) == described


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError, match=r"--devices is 0: .*; --seed is -1: ") as caught:
        Description.of(-1, 0)
    assert caught.value.exit_code == 64


@pytest.mark.parametrize(("seed", "devices"), [(MAX_SEED + 1, 1), (1, MAX_DEVICES + 1), (1, -5)])
def test_impossible_numbers_are_refused(seed: int, devices: int) -> None:
    with pytest.raises(UsageError, match="give a number from"):
        Description.of(seed, devices)


def test_the_largest_numbers_fit_where_they_go() -> None:
    described = Description.of(MAX_SEED, MAX_DEVICES)
    assert int(float(described.seed)) == described.seed  # in JSON, to readers that know no other numbers
    assert described.people - 1 < described.devices - 1 < 2**32 - 1  # in the journal, where that is nobody


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[:-30], "is damaged: it is no JSON object"),
        (lambda _: b"", "is damaged: it is no JSON object"),
        (lambda _: b"[1]", "is damaged: it is no JSON object"),
        (lambda _: b"{}", "is damaged: it is no JSON object"),
        (lambda text: text.replace(b'"seed": 7', b'"seed": 8'), "its checksum does not fit"),
        (
            lambda text: text.replace(b'"schema": 5', b'"schema": 4'),
            r"has schema 4, and this pushfleet reads schema 5: use the version that made it \(pushfleet",
        ),
    ],
)
def test_a_damaged_description_is_refused(fleet: Fleet, damage: object, message: str) -> None:
    assert callable(damage)
    path = fleet.directory / "fleet.json"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(UsageError, match=message):
        Fleet.open(fleet.directory)


def test_an_earlier_schemas_fleet_of_the_seed_and_size_has_another_number(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {Description.of(7, 1000).number}
    monkeypatch.setattr("simulator.fleet.description.SCHEMA", 2)
    assert numbers.isdisjoint({Description.of(7, 1000).number})


def test_a_fleet_that_its_seed_does_not_make_is_refused(fleet: Fleet) -> None:
    path = fleet.directory / "fleet.json"
    said = {key: value for key, value in orjson.loads(path.read_bytes()).items() if key != "checksum"} | {"people": 5}
    path.write_bytes(orjson.dumps({**said, "checksum": _checksum(said)}))
    with pytest.raises(UsageError, match="does not fit its own seed: it says 5 people"):
        Fleet.open(fleet.directory)


def test_unknown_keys_are_refused(fleet: Fleet) -> None:
    path = fleet.directory / "fleet.json"
    said = {key: value for key, value in orjson.loads(path.read_bytes()).items() if key != "checksum"} | {"colour": 1}
    path.write_bytes(orjson.dumps({**said, "checksum": _checksum(said)}))
    with pytest.raises(UsageError, match=r"is damaged: .*colour"):
        Fleet.open(fleet.directory)


def test_a_directory_that_is_no_fleet_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError, match=r"is no fleet: it has no fleet.json.*pushfleet fleet create"):
            Fleet.open(place)


def test_a_description_that_cannot_be_read_is_refused(fleet: Fleet) -> None:
    path = fleet.directory / "fleet.json"
    path.unlink()
    path.mkdir()
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        Fleet.open(fleet.directory)
