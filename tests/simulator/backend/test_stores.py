import asyncio
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from simulator.backend.postgresql import PostgresqlDatabase
from simulator.backend.sqlite import SqliteDatabase
from simulator.backend.stores import StoreSpec
from simulator.errors import UsageError
from simulator.postgresql.url import PostgresqlUrl
from tests.postgresql import PASSWORD, USER, Postgresql


def test_a_path_is_a_sqlite_file_with_or_without_its_scheme(tmp_path: Path) -> None:
    path = tmp_path / "im?a=b.sqlite"
    for text in (str(path), f"sqlite:{path}"):
        spec = StoreSpec.parse(text)
        assert (spec.where, spec.text, spec.describe(), str(spec)) == (path, *[f"sqlite:{path}"] * 3)
        assert StoreSpec.parse(spec.text) == spec


def test_a_url_is_a_postgresql_database_and_shown_without_its_password() -> None:
    text = "postgresql://me:hunter2@db:5432/im?sslmode=require&password=hunter2"
    spec = StoreSpec.parse(text)
    assert isinstance(spec.where, PostgresqlUrl)
    assert (spec.text, spec.describe(), str(spec)) == (text, *["postgresql://me@db:5432/im?sslmode=require"] * 2)
    assert StoreSpec.parse(spec.text) == spec
    assert "hunter2" not in repr(spec)
    assert StoreSpec.parse("postgres://me@db/im").describe() == "postgres://me@db/im"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "--store names no file: give sqlite:PATH, a PATH, or postgresql://…."),
        ("sqlite:", "--store names no file: give sqlite:PATH, a PATH, or postgresql://…."),
        ("sqlite:{folder}", "--store {folder} is a folder: name a file in it."),
        (
            "{folder}/nowhere/b",
            "--store {folder}/nowhere/b cannot be made: there is no folder {folder}/nowhere. Make it, or name another.",
        ),
        (
            "mysql://me:hunter2@db/im",
            (
                "--store mysql:// names no database that a backend can use: give sqlite:PATH, a PATH, or "
                "postgresql://user:password@host:port/database."
            ),
        ),
        (
            "postgresql:im",
            (
                "--store postgresql: is no address of a database (it does not begin so): give "
                "postgresql://user:password@host:port/database, and in the password write %40 for @, %3A for :, "
                "%2F for /, %3F for ? and %23 for #."
            ),
        ),
    ],
)
def test_what_names_no_store_is_refused_and_says_what_does(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as refused:
        StoreSpec.parse(text.format(folder=tmp_path))
    assert str(refused.value) == complaint.format(folder=tmp_path)


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: path != tmp_path / "b")  # root may write everywhere
    (tmp_path / "b").touch()
    with pytest.raises(UsageError) as refused:
        StoreSpec.parse(str(tmp_path / "b"))
    assert str(refused.value) == (
        f"--store {tmp_path}/b cannot be written to: change its permissions, or name another."
    )


def test_each_opens_its_own_kind_of_database(tmp_path: Path, postgresql_url: str) -> None:
    async def kind(text: str) -> type:
        database = await StoreSpec.parse(text).open()
        await database.close()
        return type(database)

    assert asyncio.run(kind(str(tmp_path / "b"))) is SqliteDatabase
    assert asyncio.run(kind(postgresql_url)) is PostgresqlDatabase


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("a letter to the editor, of no interest to SQLite" * 100)
    with pytest.raises(UsageError) as refused:
        asyncio.run(StoreSpec.parse(str(tmp_path / "b")).open())
    assert str(refused.value) == (
        f"--store sqlite:{tmp_path}/b cannot be used (file is not a database): "
        "name another, or one that does not exist."
    )


def test_a_server_that_lets_nobody_in_is_told_without_the_password(postgresql: Postgresql) -> None:
    with pytest.raises(UsageError) as refused:
        asyncio.run(StoreSpec.parse(postgresql.url(password="hunter2")).open())
    assert str(refused.value) == (
        f"--store postgresql://{USER}@127.0.0.1:{postgresql.port}/postgres?search_path=public cannot be used (password "
        f'authentication failed for user "{USER}"): is its server up, are database, user and password right? A '
        "password may also come from PGPASSWORD or ~/.pgpass."
    )


def test_a_password_may_come_from_the_environment(postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    spec = StoreSpec.parse(postgresql.url().replace(f":{quote(PASSWORD, safe='')}", ""))

    async def scene() -> None:
        database = await spec.open()
        assert await database.query("SELECT 1") == [(1,)]
        await database.close()

    asyncio.run(scene())
