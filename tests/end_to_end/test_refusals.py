"""What a user did wrong ends in a sentence and the right exit code; nothing is started, nothing is overwritten."""

import socket
from pathlib import Path

import pytest

from tests.end_to_end.commands import Result, pushfleet


def refused(*arguments: object, cwd: Path, code: int = 64) -> list[str]:
    """The lines of a refusal, after which there are no run folders."""
    done: Result = pushfleet(*arguments, cwd=cwd)
    assert done.code == code, done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    runs = cwd / "results" / "runs"
    assert not runs.exists() or list(runs.iterdir()) == []
    return done.err.splitlines()


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    lines = refused("run", "--gate", "p99(subscribe", "--rate", -5, "--scenario", "nosuch", cwd=tmp_path)
    text = "\n".join(lines)
    assert "--rate -5 is out of range" in text
    assert "--scenario nosuch is unknown" in text
    assert "Gate 'p99(subscribe' cannot be read" in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--devices", "many"), "--devices many is not a whole number"),
        (("--devices", 0), "--devices 0 is out of range"),
        (("--seed", -1), "--seed -1 is out of range"),
        (("--run-time", "soon"), "--run-time soon is no time above 0"),
        (("--run-time", "0s"), "--run-time 0s is no time above 0"),
        (("--run-time", "9" * 24), "is longer than a year"),
        (("--processes", 0), "--processes 0 is not a whole number from 1 to 64"),
        (("--processes", 65), "--processes 65 is not a whole number from 1 to 64"),
        (("--rate", "fast"), "--rate fast is not a number"),
        (("--rate", "nan"), "--rate nan is out of range"),
        (("--rate", "1e300"), "--rate 1e300 is out of range"),
        (("--rate", 5, "--users", 5), "give one of them"),
        (("--users", -3), "--users -3 is not a whole number from 1"),
        (("--users", "9" * 12), "is not a whole number from 1 to 100000"),
        (("--scenario", "app_launch=-1"), "the weight -1 is not a number above 0"),
        (("--bug", "gremlins"), "--bug gremlins is unknown"),
        (("--readback", "oracle:x"), "names no way of reading"),
        (("--run-id", "../elsewhere"), "is no name for a folder"),
        (("--timeout", 0), "--timeout 0 is out of range"),
        (("--host", "chat.example.com"), "is no target"),
        (("--confirm-target", "chat.example.com"), "no --host was given"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    arguments: tuple[object, ...], complaint: str, tmp_path: Path
) -> None:
    assert complaint in "\n".join(refused("run", *arguments, cwd=tmp_path))


def test_a_host_that_is_not_this_machine_must_be_confirmed(tmp_path: Path) -> None:
    host = ("--host", "https://chat.example.com", "--client-key", "c", "--api-key", "a")
    (line,) = refused("run", *host, cwd=tmp_path)
    assert "add --confirm-target chat.example.com" in line


def test_a_host_needs_its_keys(tmp_path: Path) -> None:
    lines = refused("run", "--host", "http://127.0.0.1:9", cwd=tmp_path)
    assert ["--client-key" in lines[0], "--api-key" in lines[1]] == [True, True]


def test_a_host_that_refuses_connections_is_unknown_and_not_wrong(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: it refuses
        host = ("--host", f"http://127.0.0.1:{held.getsockname()[1]}", "--client-key", "c", "--api-key", "a")
        (line,) = refused("run", *host, cwd=tmp_path, code=2)
    assert "cannot be reached" in line


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        (line,) = refused("serve", "--port", held.getsockname()[1], cwd=tmp_path)
    assert "is in use" in line


def test_a_fleet_of_another_seed_is_refused_and_left_alone(tmp_path: Path) -> None:
    assert pushfleet("fleet", "create", "mine", "--devices", 50, "--seed", 7, cwd=tmp_path).code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()}
    (line,) = refused("run", "--fleet", "mine", "--seed", 8, cwd=tmp_path)
    assert "has seed 7, not 8" in line
    assert {path.name: path.read_bytes() for path in (tmp_path / "mine").iterdir()} == before


def test_a_corrupt_fleet_is_refused_and_left_alone(tmp_path: Path) -> None:
    assert pushfleet("fleet", "create", "mine", "--devices", 50, "--seed", 7, cwd=tmp_path).code == 0
    (tmp_path / "mine" / "devices.npy").write_bytes(b"\0" * 100)
    (line,) = refused("run", "--fleet", "mine", cwd=tmp_path)
    assert "is damaged" in line
    assert (tmp_path / "mine" / "devices.npy").read_bytes() == b"\0" * 100


def test_results_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (line,) = refused("run", "--results", "file/runs", cwd=tmp_path)
    assert "cannot be written to" in line


def test_a_run_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / "elsewhere" / "mine" / "kept"
    kept.mkdir(parents=True)
    (line,) = refused("run", "--results", "elsewhere", "--run-id", "mine", cwd=tmp_path)
    assert "exists already, and no run is overwritten" in line
    assert kept.exists()


@pytest.mark.parametrize("arguments", [(), ("--nosuch",), ("nosuch",), ("run", "--nosuch", 1), ("check",)])
def test_wrong_usage_is_64(arguments: tuple[object, ...], tmp_path: Path) -> None:
    done = pushfleet(*arguments, cwd=tmp_path)
    assert done.code == 64
    assert "Traceback" not in done.err


def test_an_option_that_locust_does_not_know_is_wrong_usage_too(tmp_path: Path) -> None:
    done = pushfleet("run", "--", "--nonsense", cwd=tmp_path)
    assert done.code == 64
    assert "unrecognized arguments: --nonsense" in done.err


def test_a_folder_that_is_no_run_cannot_be_checked(tmp_path: Path) -> None:
    (line,) = refused("check", tmp_path, cwd=tmp_path)
    assert "is no run's folder" in line


def test_all_mistakes_of_whoever_judges_again_are_told_at_once(tmp_path: Path) -> None:
    told = {
        ("check", "none", "--shard", "9/8", "--shards", 0): [
            "exclude each other",
            "--shard 9/8",
            "--shards 0",
            "none is no",
        ],
        ("check-history", "x", "--shard", "q", "--shards", "9" * 11): [
            "both given",
            "--shards 99999999999",
            "--shard q",
        ],
        ("bugs", "a", "b", "--run-time", 0, "--seed", -1, "--alone", "--mix", "x"): [
            "a, b are no bugs",
            "--mix x is unknown",
            "one of the two",
            "--run-time 0",
            "--seed -1",
        ],
    }
    for arguments, complaints in told.items():
        lines = refused(*arguments, cwd=tmp_path)
        assert [part in line for part, line in zip(complaints, lines, strict=True)] == [True] * len(complaints), lines
