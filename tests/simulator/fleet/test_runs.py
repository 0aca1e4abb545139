import subprocess
from collections.abc import Callable

import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet

BEGIN = """
from simulator.fleet import Fleet
fleet = Fleet.open(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(*(fleet.begin_run() for _ in range(25)))
"""


def test_runs_are_numbered_from_one_and_never_twice(fleet: Fleet) -> None:
    assert [fleet.begin_run(), fleet.begin_run()] == [1, 2]
    assert Fleet.open(fleet.directory).begin_run() == 3
    assert fleet.runs == 3


def test_processes_that_begin_at_once_get_different_numbers(
    fleet: Fleet, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    processes = [start(BEGIN, fleet.directory) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    numbers = [int(number) for process in processes for number in process.communicate(timeout=30)[0].split()]
    assert sorted(numbers) == list(range(1, 101))


def test_a_used_up_fleet_is_refused(fleet: Fleet) -> None:
    (fleet.directory / "runs").write_bytes(b"4094\n")
    assert fleet.begin_run() == 4095
    with pytest.raises(UsageError, match="has had all of its 4095 runs: create a new fleet"):
        fleet.begin_run()


@pytest.mark.parametrize("content", [b"", b"7\n", b"0007", b"00007\n", b"-001\n", b"4096\n", b"\0\0\0\0\n"])
def test_a_damaged_count_is_refused(fleet: Fleet, content: bytes) -> None:
    (fleet.directory / "runs").write_bytes(content)
    with pytest.raises(UsageError, match="runs is damaged: it holds"):
        fleet.begin_run()
    with pytest.raises(UsageError, match="runs is damaged: it holds"):
        _ = fleet.runs
    assert (fleet.directory / "runs").read_bytes() == content


def test_a_missing_count_is_never_begun_anew(fleet: Fleet) -> None:
    (fleet.directory / "runs").unlink()
    with pytest.raises(UsageError, match="tokens would be minted twice"):
        fleet.begin_run()
    with pytest.raises(UsageError, match="tokens would be minted twice"):
        _ = fleet.runs


def test_a_count_older_than_the_tokens_is_refused(fleet: Fleet) -> None:
    fleet.state["slots"][17, 0] = 5 << 20 | 1
    with pytest.raises(UsageError, match="the last run was 0, but there are tokens of run 5"):
        fleet.begin_run()
    assert fleet.runs == 0
