"""A read-back shows what the store holds, register by register, and nothing that it does not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import CannotKnow, UsageError
from simulator.fleet import Fleet
from simulator.readback import Row, identify, parse_spec
from simulator.tokens import Provenance, PushType, mint
from tests.stage import Stage


def register(device: int, kind: PushType, install: int = 0) -> int:
    return device << 24 | install << 8 | kind


def row(fleet: Fleet, device: int, kind: PushType, token: str, owner: int | None = None) -> Row:
    person = fleet.home(device) if owner is None else owner
    return Row(kind.wire, fleet.device_id(device, 0), fleet.client_id(person), token)


def minted(fleet: Fleet, device: int, kind: PushType, generation: int = 1, number: int | None = None) -> str:
    return mint(Provenance(fleet.number if number is None else number, 1, device, 0, kind, generation))


def seen(fleet: Fleet, rows: list[Row], *registers: int) -> list[tuple[int, int, int, int]]:
    found = identify(fleet, rows, np.array(registers, np.uint64)).rows
    return sorted((int(each[0]), int(each[1]), int(each[2]), int(each[3])) for each in found)


def test_a_row_shows_the_value_its_token_testifies_to(stage: Stage) -> None:
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    rows = [row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS, 9))]
    assert seen(fleet, rows, mine) == [(mine, 1 << 20 | 9, mine, fleet.home(4))]


def test_a_register_without_a_row_is_seen_absent(stage: Stage) -> None:
    mine = register(4, PushType.IOS)
    assert seen(stage.fleet, [], mine) == [(mine, -1, mine, 2**32 - 1)]


def test_a_slot_that_holds_another_registers_token_names_where_it_came_from(stage: Stage) -> None:
    fleet, mine, other = stage.fleet, register(4, PushType.IOS), register(4, PushType.IOS_VOIP)
    rows = [row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS_VOIP))]
    assert seen(fleet, rows, mine)[0][:3] == (mine, 1 << 20 | 1, other)


def test_two_rows_of_one_register_are_both_seen(stage: Stage) -> None:
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    rows = [row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS, number)) for number in (1, 2)]
    assert [value & 0xFFFFF for _, value, _, _ in seen(fleet, rows, mine)] == [1, 2]


@pytest.mark.parametrize(
    ("damage", "value"),
    [(str.upper, -4), (lambda token: token[:60], -3), (lambda token: token[::-1], -2), (lambda _: "", -2)],
    ids=["folded", "truncated", "reversed", "empty"],
)
def test_a_damaged_token_is_no_write_of_ours(stage: Stage, damage: object, value: int) -> None:
    assert callable(damage)
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    rows = [row(fleet, 4, PushType.IOS, damage(minted(fleet, 4, PushType.IOS)))]
    assert seen(fleet, rows, mine)[0][:2] == (mine, value)


def test_a_token_of_another_fleet_is_a_ghost(stage: Stage) -> None:
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    rows = [row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS, number=fleet.number ^ 1))]
    assert seen(fleet, rows, mine)[0][:2] == (mine, -2)


def test_rows_of_devices_that_are_not_ours_are_counted_and_left_alone(stage: Stage) -> None:
    rows = [
        Row("ios", "iphone-15-pro-uuid-001", "someone", "17f8"),
        Row("pager", stage.fleet.device_id(4, 0), None, "1"),
    ]
    found = identify(stage.fleet, rows, np.array([], np.uint64))
    assert (found.strangers, len(found.rows)) == (2, 0)


@pytest.mark.parametrize(
    ("name", "owner"),
    [(None, 2**32 - 1), ("somebody else", 2**32 - 2), ("", 2**32 - 2)],
    ids=["none", "a stranger", "empty"],
)
def test_a_row_that_names_no_person_is_told_from_one_that_names_a_stranger(
    stage: Stage, name: str | None, owner: int
) -> None:
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    good = row(fleet, 5, PushType.IOS, minted(fleet, 5, PushType.IOS))
    rows = [row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS))._replace(client_id=name), good]
    assert seen(fleet, rows, mine)[0][3] == owner


def test_a_query_whose_client_ids_are_all_strange_is_no_evidence_against_the_backend(stage: Stage) -> None:
    rows = [row(stage.fleet, 4, PushType.IOS, minted(stage.fleet, 4, PushType.IOS))._replace(client_id="42")]
    with pytest.raises(CannotKnow, match="as clientId the id"):
        identify(stage.fleet, rows, np.array([], np.uint64))


def test_an_id_with_a_nul_behind_it_is_another_id(stage: Stage) -> None:
    fleet, mine = stage.fleet, register(4, PushType.IOS)
    good = row(fleet, 4, PushType.IOS, minted(fleet, 4, PushType.IOS))
    other = row(fleet, 5, PushType.IOS, minted(fleet, 5, PushType.IOS))
    assert identify(fleet, [good._replace(device_id=f"{good.device_id}\0")], np.array([mine], np.uint64)).strangers == 1
    assert seen(fleet, [good._replace(client_id=f"{good.client_id}\0"), other], mine)[0][3] == 2**32 - 2


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "im.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE subs (kind, device, client, push)")
        database.execute("INSERT INTO subs VALUES ('ios', 'D-1', 'C-1', 'T-1'), ('fcm', 'D-2', NULL, 'T-2')")
        database.commit()
    return path


QUERY = "SELECT kind AS type, device AS deviceId, client AS clientId, push AS token FROM subs ORDER BY 1"


def test_a_sqlite_file_is_read_by_the_query_given(store: Path) -> None:
    assert list(parse_spec(f"sqlite:{store}?query={QUERY}").rows()) == [
        Row("fcm", "D-2", None, "T-2"),
        Row("ios", "D-1", "C-1", "T-1"),
    ]


def test_a_file_may_have_a_question_mark_in_its_name(store: Path) -> None:
    odd = store.rename(store.with_name("im?x=%41#.sqlite"))
    with closing(sqlite3.connect(odd)) as database:
        database.execute("CREATE TABLE subscriptions (type, deviceId, clientId, token)")
    assert list(parse_spec(f"sqlite:{odd}").rows()) == []


def test_reading_a_store_never_writes_to_it(store: Path) -> None:
    with pytest.raises(CannotKnow, match="readonly"):
        list(
            parse_spec(
                f"sqlite:{store}?query=DELETE FROM subs RETURNING kind AS type, device AS deviceId, push AS token"  # noqa: S608 - a literal query
            ).rows()
        )


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("sqlite:/nowhere/im.sqlite", "there is no such file"),
        ("sqlite:{store}", "no such table: subscriptions"),
        ("sqlite:{store}?query=SELECT kind AS type FROM subs", "no column deviceId or token"),
    ],
)
def test_a_store_that_cannot_be_read_is_unknown_and_says_why(store: Path, spec: str, complaint: str) -> None:
    with pytest.raises(CannotKnow, match=complaint):
        list(parse_spec(spec.format(store=store)).rows())


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ("im.sqlite", "names no way of reading"),
        ("oracle:im", "begin it with .*sqlite:"),
        ("sqlite:", "names no file"),
        ("sqlite:im.sqlite?table=subs", "takes only"),
    ],
)
def test_a_spec_that_makes_no_sense_is_refused_before_anything_starts(spec: str, complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        parse_spec(spec)


def test_a_refused_spec_shows_no_password() -> None:
    with pytest.raises(UsageError) as refused:
        parse_spec("oracle://me:hunter2@db/im?query=SELECT 1")
    assert "hunter2" not in str(refused.value)
