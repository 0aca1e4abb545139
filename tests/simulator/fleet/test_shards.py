import os
import signal
import subprocess
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.fleet import SHARDS, Fleet, shard_of
from simulator.fleet.locks import ShardLocks

HOLD = """
from simulator.fleet import Fleet
lease = Fleet.open(Path(sys.argv[1])).lease(int(sys.argv[2]), int(sys.argv[3]))
print(*lease.shards, flush=True)
sys.stdin.readline()
"""
TRY = """
from simulator.errors import UsageError
from simulator.fleet import Fleet
try:
    Fleet.open(Path(sys.argv[1])).lease(int(sys.argv[2]), int(sys.argv[3]))
    print("leased")
except UsageError as error:
    print(error)
"""


@pytest.mark.parametrize("workers", [1, 2, 3, 63, 64])
def test_workers_have_all_devices_and_none_twice(fleet: Fleet, workers: int) -> None:
    leases = [fleet.lease(worker, workers) for worker in range(workers)]
    devices = np.concatenate([lease.devices() for lease in leases])
    assert sorted(shard for lease in leases for shard in lease.shards) == list(range(SHARDS))
    assert sorted(devices.tolist()) == list(range(fleet.devices))
    for lease in leases:
        lease.close()


def test_no_two_workers_act_for_one_person(fleet: Fleet) -> None:
    with fleet.lease(0, 3) as one, fleet.lease(1, 3) as two, fleet.lease(2, 3) as three:
        owners = [{fleet.home(device) for device in lease.devices()} for lease in (one, two, three)]
        assert all(
            lease.holds(owner) for lease, people in zip((one, two, three), owners, strict=True) for owner in people
        )
    assert all(not a & b for a, b in combinations(owners, 2))


def test_devices_are_those_whose_first_owner_is_in_the_shards(fleet: Fleet) -> None:
    with fleet.lease(5, 8) as lease:
        expected = [device for device in range(1000) if shard_of(fleet.home(device)) % 8 == 5]
        fleet.state["owner"] = 0
        assert lease.devices().tolist() == expected
        assert lease.devices().dtype == np.uint32


@pytest.mark.parametrize(("worker", "workers"), [(0, 65), (2, 2), (-1, 2), (0, 0)])
def test_numbers_that_make_no_sense_are_refused(fleet: Fleet, worker: int, workers: int) -> None:
    with pytest.raises(UsageError, match=f"worker {worker} of {workers} cannot lease"):
        fleet.lease(worker, workers)


def test_two_leases_of_a_shard_conflict_within_a_process(fleet: Fleet) -> None:
    with fleet.lease(0, 2), pytest.raises(UsageError, match=f"another run uses the fleet.*process {os.getpid()} holds"):
        Fleet.open(fleet.directory).lease(0, 1)
    fleet.lease(0, 1).close()


def test_a_refused_lease_leaves_nothing_locked(fleet: Fleet, answer: Callable[..., str]) -> None:
    with fleet.lease(63, 64):
        with pytest.raises(UsageError):
            fleet.lease(0, 1)
        assert answer(TRY, fleet.directory, 62, 64) == "leased\n"
        assert "holds shard 63" in answer(TRY, fleet.directory, 63, 64)


def test_closing_one_lease_leaves_the_others_of_the_process_locked(fleet: Fleet, answer: Callable[..., str]) -> None:
    """POSIX drops all locks of a process when any descriptor of the file is closed."""
    with fleet.lease(0, 2):
        Fleet.open(fleet.directory).lease(1, 2).close()
        assert "another run uses the fleet" in answer(TRY, fleet.directory, 0, 2)
        assert answer(TRY, fleet.directory, 1, 2) == "leased\n"
    assert answer(TRY, fleet.directory, 0, 2) == "leased\n"
    assert ShardLocks._open == {}


def test_a_lease_ends_with_its_process_however_that_ends(
    fleet: Fleet, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = start(HOLD, fleet.directory, 0, 2)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("0 2 4")
    with pytest.raises(UsageError, match=f"process {process.pid} holds shard 0. Wait for it, stop it, or name another"):
        fleet.lease(0, 1)
    fleet.lease(1, 2).close()
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    fleet.lease(0, 1).close()


FORK = """
import os
from simulator.errors import UsageError
from simulator.fleet import Fleet
fleet = Fleet.open(Path(sys.argv[1]))
lease = fleet.lease(0, 2)
child = os.fork()
if not child:
    lease.close()
    fleet.lease(1, 2)
    try:
        fleet.lease(0, 2)
    except UsageError as error:
        os._exit(7 if f"process {os.getppid()} holds" in str(error) else 1)
    os._exit(2)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
sys.stdin.readline()
"""


def test_a_forked_child_neither_has_nor_breaks_its_parents_lease(
    fleet: Fleet, start: Callable[..., "subprocess.Popen[str]"]
) -> None:
    process = start(FORK, fleet.directory)
    assert process.stdout is not None
    assert process.stdout.readline() == "7\n"
    with pytest.raises(UsageError, match=f"process {process.pid} holds shard 0"):
        fleet.lease(0, 2)
    fleet.lease(1, 2).close()


def test_closing_twice_gives_back_nothing_of_the_next_lease(fleet: Fleet) -> None:
    with fleet.lease(1, 2):  # it keeps the file open in between
        first = fleet.lease(0, 2)
        first.close()
        with fleet.lease(0, 2):
            first.close()
            with pytest.raises(UsageError, match="another run"):
                fleet.lease(0, 2)


def test_a_missing_file_of_leases_is_refused(fleet: Fleet) -> None:
    (fleet.directory / "leases").unlink()
    with pytest.raises(UsageError, match="leases cannot be used: No such file"):
        fleet.lease(0, 1)
