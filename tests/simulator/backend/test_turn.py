import errno
import fcntl
from pathlib import Path

import pytest

from simulator.backend.turn import Turn


def test_whoever_writes_goes_on_for_a_hundredth_of_a_second_and_then_queues_behind_who_waits(tmp_path: Path) -> None:
    first, second, third = (Turn(tmp_path / "b") for _ in range(3))
    assert first.mine(10.0)
    assert not second.mine(10.0)
    first.begin(10.0)
    assert second.mine(10.001)  # it is the next
    assert not third.mine(10.001)
    assert first.mine(10.009)  # its turn has not ended
    first.begin(10.009)
    assert not first.mine(10.011)
    second.begin(10.011)
    assert third.mine(10.012)
    assert not first.mine(10.022)
    for turn in (first, second, third):
        turn.close()


def test_whoever_is_alone_always_has_the_turn(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "b")
    for now in (10.0, 10.005, 10.01, 99.0):
        assert turn.mine(now)
        turn.begin(now)
    turn.close()


def test_a_turn_that_another_one_cut_short_is_over(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / "b"), Turn(tmp_path / "b")
    assert first.mine(10.0)
    first.begin(10.0)
    assert second.mine(10.001)
    first.end()
    assert not first.mine(10.002)
    second.give_up()
    assert first.mine(10.003)
    first.close()
    second.close()


def test_a_process_that_ends_leaves_the_queue_and_no_file(tmp_path: Path) -> None:
    first, second = Turn(tmp_path / "b"), Turn(tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["b-turn"]
    assert first.mine(10.0)
    first.close()
    assert second.mine(10.0)
    second.close()
    assert list(tmp_path.iterdir()) == []


def test_where_there_are_no_locks_everybody_may_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    first, second = Turn(tmp_path / "b"), Turn(tmp_path / "b")
    for turn in (first, second):
        assert turn.mine(10.0)
        turn.begin(10.0)
    first.close()
    second.close()
