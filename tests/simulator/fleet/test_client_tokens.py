import sqlite3
import stat
from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.fleet import ClientTokens
from simulator.fleet.client_tokens import FILE

URL = "https://chat.example"


def test_tokens_are_had_again_by_the_next_run(tmp_path: Path) -> None:
    with ClientTokens(tmp_path, URL) as tokens:
        tokens.add(1, b"one", 10_000)
        tokens.add(2, b"two", 10_000)
        tokens.add(1, b"newer", 20_000)
        assert tokens.load(0) == {1: b"newer", 2: b"two"}
    with ClientTokens(tmp_path, URL + "/") as tokens:
        assert tokens.load(0) == {1: b"newer", 2: b"two"}
        assert tokens.missing([3, 2, 1, 0], 0) == [3, 0]


def test_tokens_of_one_target_are_not_used_for_another(tmp_path: Path) -> None:
    with ClientTokens(tmp_path, URL) as tokens, ClientTokens(tmp_path, "embedded") as others:
        tokens.add(1, b"one", 10_000)
        tokens.commit()
        assert others.load(0) == {}


def test_a_token_about_to_expire_is_missing(tmp_path: Path) -> None:
    with ClientTokens(tmp_path, URL) as tokens:
        tokens.add(1, b"one", 10_000)
        assert tokens.load(6400) == {1: b"one"}
        assert tokens.missing([1], 6401) == [1]
        assert tokens.missing([1], 9999, margin=0) == []


def test_an_interrupt_keeps_what_was_had(tmp_path: Path) -> None:
    def interrupted() -> None:
        with ClientTokens(tmp_path, URL) as tokens:
            tokens.add(1, b"one", 10_000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with ClientTokens(tmp_path, URL) as tokens:
        assert tokens.load(0) == {1: b"one"}


def test_a_kill_loses_at_most_one_batch(tmp_path: Path) -> None:
    tokens = ClientTokens(tmp_path, URL)
    for person in range(1000):
        tokens.add(person, b"token", 10_000)
    with ClientTokens(tmp_path, URL) as another_process:
        assert len(another_process.load(0)) >= 1000 - 256
    tokens.close()


def test_two_workers_can_add_at_the_same_time(tmp_path: Path) -> None:
    with ClientTokens(tmp_path, URL) as one, ClientTokens(tmp_path, URL) as two:
        for person in range(0, 1000, 2):
            one.add(person, b"token", 10_000)
            two.add(person + 1, b"token", 10_000)
        one.commit()
        two.commit()
        assert len(one.load(0)) == 1000


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    (tmp_path / FILE).touch(mode=0o644)
    with ClientTokens(tmp_path, URL) as tokens:
        tokens.add(1, b"one", 10_000)
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"no database at all, but long enough to look like one" * 20, b"SQLite format 3\0"]
)
def test_a_damaged_file_is_refused_with_the_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(UsageError, match=r"cannot be used: .*remove it and the tokens are asked for again"):
        ClientTokens(tmp_path, URL).load(0)


def test_a_directory_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot be used: No such file"):
        ClientTokens(tmp_path / "nowhere", URL)


def test_no_message_holds_a_token(tmp_path: Path) -> None:
    tokens = ClientTokens(tmp_path, URL)
    tokens.add(1, b"secret-token", 10_000)
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("DROP TABLE client_tokens")
    database.close()
    with pytest.raises(UsageError) as caught:
        tokens.commit()
    assert "secret" not in f"{caught.value}{tokens!r}"
    tokens._pending.clear()
    tokens.close()
