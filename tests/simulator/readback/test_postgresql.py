"""A PostgreSQL database is read back as a SQLite file is, from any process, and its password is nobody's to see."""

import re
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from simulator.errors import CannotKnow, UsageError
from simulator.readback import Row, parse_spec
from tests.postgresql import PASSWORD, USER, rows_of

SUBS = "VALUES ('ios', 'D-1', 'C-1', 'T-1'), ('fcm', 'D-2', NULL, 'T-2')"
ROWS = [Row("fcm", "D-2", None, "T-2"), Row("ios", "D-1", "C-1", "T-1")]

UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent, sys
from simulator.readback import parse_spec
ticks = []
def tick():
    while True:
        ticks.append(1)
        gevent.sleep(0.001)
gevent.spawn(tick)
print(len(list(parse_spec(sys.argv[1]).rows())), len(ticks) > 5)
"""

IN_AN_EVENT_LOOP = """
import asyncio, sys
from simulator.readback import parse_spec
async def main():
    print(len(list(parse_spec(sys.argv[1]).rows())), True)
asyncio.run(main())
"""


@pytest.fixture
def subs(postgresql_url: str) -> str:
    """The URL of a database with somebody else's table."""
    rows_of(postgresql_url, "CREATE TABLE subs (kind text, device text, client text, push text)")
    rows_of(postgresql_url, f"INSERT INTO subs {SUBS}")
    return postgresql_url


@pytest.mark.parametrize(
    "query",
    [
        'SELECT kind AS "type", device AS "deviceId", client AS "clientId", push AS "token" FROM subs ORDER BY 1',
        "SELECT kind AS type, device AS deviceId, client AS clientId, push AS token FROM subs ORDER BY 1;",
        "SELECT%20push%20token,%20kind%20type,%20device%20deviceId,%20client%20clientId%20FROM%20subs%20ORDER%20BY%202",
    ],
    ids=["quoted", "folded", "encoded"],
)
def test_a_database_is_read_by_the_query_given(subs: str, query: str) -> None:
    assert list(parse_spec(f"{subs}&query={query}").rows()) == ROWS


def test_without_a_query_the_embedded_backends_table_is_read(postgresql_url: str) -> None:
    rows_of(postgresql_url, 'CREATE TABLE subscriptions ("type" text, "deviceId" uuid, "clientId" int, "token" text)')
    device = "6f9619ff-8b86-d011-b42d-00cf4fc964ff"
    rows_of(postgresql_url, f"INSERT INTO subscriptions VALUES ('ios', '{device}', 7, 'T')")  # noqa: S608 - literals
    assert list(parse_spec(postgresql_url).rows()) == [Row("ios", device, "7", "T")]
    assert list(parse_spec(postgresql_url.replace("postgresql:", "postgres:")).rows())


def test_a_query_without_a_client_names_no_owner(subs: str) -> None:
    query = "SELECT kind AS type, device AS deviceId, push AS token FROM subs ORDER BY 1"
    assert list(parse_spec(f"{subs}&query={query}").rows()) == [row._replace(client_id=None) for row in ROWS]


def test_more_rows_than_come_at_once_all_come(postgresql_url: str) -> None:
    query = "SELECT 'ios' AS type, n AS deviceId, n AS token FROM generate_series(1, 12345) n ORDER BY n"
    rows = list(parse_spec(f"{postgresql_url}&query={query}").rows())
    assert [row.device_id for row in rows] == [str(number) for number in range(1, 12346)]


def test_rows_that_end_in_an_error_are_not_taken_for_all(postgresql_url: str) -> None:
    query = "SELECT 'ios' AS type, 1 / (7000 - n) AS deviceId, n AS token FROM generate_series(1, 9000) n"
    rows = parse_spec(f"{postgresql_url}&query={query}").rows()
    assert next(rows).type == "ios"
    with pytest.raises(CannotKnow, match="cannot be read back: a value does not fit"):
        list(rows)


def test_reading_a_database_never_writes_to_it(subs: str) -> None:
    query = "DELETE FROM subs RETURNING kind AS type, device AS deviceId, push AS token"
    with pytest.raises(CannotKnow, match="read-only transaction"):
        list(parse_spec(f"{subs}&query={query}").rows())
    with pytest.raises(CannotKnow, match="cannot insert multiple commands"):
        list(parse_spec(f"{subs}&query=COMMIT; {query}").rows())
    assert rows_of(subs, "SELECT count(*) FROM subs") == [(2,)]


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ("SELECT 1 FROM nothing", 'relation "nothing" does not exist'),
        ("SELECT kind AS type FROM subs", "no column dev"),
    ],
)
def test_a_query_that_does_not_work_out_is_unknown_and_says_why(subs: str, query: str, complaint: str) -> None:
    with pytest.raises(CannotKnow, match=complaint):
        list(parse_spec(f"{subs}&query={query}").rows())


def test_reading_ends_with_the_interest_in_it(postgresql_url: str) -> None:
    before = psutil.Process().children()
    query = "SELECT 'ios' AS type, n AS deviceId, n AS token FROM generate_series(1, 100000) n"
    rows = parse_spec(f"{postgresql_url}&query={query}").rows()
    assert next(rows).device_id == "1"
    (reader,) = set(psutil.Process().children()) - set(before)
    rows.close()  # type: ignore[attr-defined]  # it is a generator
    assert not reader.is_running()


def test_rows_that_are_of_no_use_are_not_waited_for(postgresql_url: str) -> None:
    before = time.monotonic()
    with pytest.raises(CannotKnow, match="returns no column deviceId or token"):
        list(parse_spec(f"{postgresql_url}&query=SELECT 'ios' AS type FROM pg_sleep(60)").rows())  # noqa: S608 - a literal
    assert time.monotonic() - before < 50


def test_a_reader_that_is_killed_is_no_end_of_the_rows(postgresql_url: str) -> None:
    before = psutil.Process().children()
    query = "SELECT 'ios' AS type, n AS deviceId, n AS token FROM generate_series(1, 100000) n"
    rows = parse_spec(f"{postgresql_url}&query={query}").rows()
    next(rows)
    for reader in set(psutil.Process().children()) - set(before):
        reader.kill()
    with pytest.raises(CannotKnow, match="the process that reads it ended with -9"):
        list(rows)


def _nobodys_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda url: url.replace(quote(PASSWORD, safe=""), "hunter2"), "password authentication failed"),
        (lambda url: re.sub(r":[0-9]+/", f":{_nobodys_port()}/", url), "Connect call failed"),
        (lambda url: url.replace("/postgres?", "/elsewhere?"), "database .elsewhere. does not exist"),
        (lambda url: f"{url}&sslmode=never", "sslmode"),
    ],
    ids=["another password", "no server", "no database", "an option that makes no sense"],
)
def test_a_database_that_cannot_be_reached_is_unknown_and_shows_no_password(
    postgresql_url: str, change: Callable[[str], str], complaint: str
) -> None:
    with pytest.raises(CannotKnow, match=complaint) as raised:
        list(parse_spec(change(postgresql_url)).rows())
    shown = "".join(traceback.format_exception(raised.value))
    assert f"postgresql://{USER}@127.0.0.1:" in shown
    assert not [secret for secret in ("hunter2", PASSWORD, quote(PASSWORD, safe="")) if secret in shown]


def test_a_spec_shows_itself_without_its_password_and_means_the_same() -> None:
    spec = "postgresql://me:hunter2@db:5433/im?sslmode=require&password=hunter2"
    assert str(parse_spec(spec)) == "postgresql://me@db:5433/im?sslmode=require"
    assert str(parse_spec(f"{spec}&query=SELECT 1")) == "postgresql://me@db:5433/im?sslmode=require&query=SELECT%201"
    assert str(parse_spec("postgres://me:hunter2@db/im?query=SELECT 1")) == "postgresql://me@db/im?query=SELECT%201"
    assert str(parse_spec("sqlite:a b?query=SELECT 1")) == "sqlite:a b?query=SELECT%201"
    for each in ("postgresql://me@db/im?query=SELECT%201", "sqlite:a b?query=SELECT%201", "sqlite:a"):
        assert str(parse_spec(each)) == each


@pytest.mark.parametrize("spec", ["postgresql://me:hunter2@db/im?query=", "postgresql://me:hunter2@db/im?a=b&query="])
def test_an_empty_query_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="has an empty query") as refused:
        parse_spec(spec)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("script", [UNDER_GEVENT, IN_AN_EVENT_LOOP], ids=["gevent", "an event loop"])
def test_it_is_read_from_any_process(subs: str, script: str) -> None:
    query = "SELECT kind AS type, device AS deviceId, push AS token FROM subs"
    run = subprocess.run(
        [sys.executable, "-c", script, f"{subs}&query={query}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=Path(__file__).parents[3],
    )
    assert (run.stdout.split(), run.stderr) == (["2", "True"], "")


def test_the_password_may_come_from_the_environment(subs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT kind AS type, device AS deviceId, push AS token FROM subs"
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert len(list(parse_spec(f"{subs.replace(':' + quote(PASSWORD, safe=''), '')}&query={query}").rows())) == 2
