import os
import signal
import subprocess
from collections.abc import Callable

import numpy as np
import pytest

from simulator.fleet import DEVICE, Flag, Fleet, State
from simulator.fleet.state import latest_run

WRITE = """
from simulator.fleet import Fleet, State
fleet = Fleet.open(Path(sys.argv[1]))
for device in range(10):
    fleet.state[device] = (device + 100, (device + 1, device + 2), device, State.INSTALLED, 5)
fleet.state["owner"][999] = 42
print("written", flush=True)
sys.stdin.read()
"""


def test_a_device_takes_sixteen_bytes(fleet: Fleet) -> None:
    assert DEVICE.itemsize == 16
    assert (fleet.directory / "devices.npy").stat().st_size == 192 + 16 * fleet.devices  # NumPy's header


def test_a_kill_loses_nothing_that_was_written(fleet: Fleet, start: Callable[..., "subprocess.Popen[str]"]) -> None:
    process = start(WRITE, fleet.directory)
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    state = Fleet.open(fleet.directory).state
    expected = [(d + 100, (d + 1, d + 2), d, State.INSTALLED, 5) for d in range(10)]
    assert np.array_equal(state[:10], np.array(expected, DEVICE))
    assert state["owner"][999] == 42


def test_a_device_is_read_and_set_through_the_fields_as_through_the_state(fleet: Fleet) -> None:
    fields = fleet.fields
    fleet.state[7] = (101, (2, 3), 4, State.INSTALLED, 5)
    slots = [slot[7] for slot in fields.slots]
    assert (fields.owners[7], slots, fields.installs[7], fields.states[7], fields.flags[7]) == (101, [2, 3], 4, 1, 5)
    fields.owners[7], fields.slots[0][7], fields.slots[1][7] = 2**32 - 1, 2**32 - 2, 2**32 - 3
    fields.installs[7], fields.states[7], fields.flags[7] = 2**16 - 1, 0, 63
    assert fleet.state[7] == np.array((2**32 - 1, (2**32 - 2, 2**32 - 3), 2**16 - 1, 0, 63), DEVICE)


def test_numpy_itself_reads_the_state(fleet: Fleet) -> None:
    fleet.state["installs"][3] = 9
    assert np.array_equal(np.load(fleet.directory / "devices.npy"), fleet.state)


def test_an_unused_fleet_has_nothing_installed_and_everybody_owns_their_own(fleet: Fleet) -> None:
    assert fleet.state["owner"].tolist() == [fleet.home(device) for device in range(fleet.devices)]
    for name in ("slots", "installs", "state", "flags"):
        assert not fleet.state[name].any()


def test_a_fleet_opened_for_reading_cannot_be_changed(fleet: Fleet) -> None:
    opened = Fleet.open(fleet.directory, writable=False)
    with pytest.raises(ValueError, match="read-only"):
        opened.state["owner"][0] = 1


def test_every_flag_is_a_bit_of_its_own() -> None:
    bits = Flag.SUBSCRIBED + Flag.SPENT + Flag.UNSETTLED
    assert len(set(bits)) == 6
    assert all(bit.bit_count() == 1 and bit < 256 for bit in bits)


def test_the_latest_run_is_found_in_either_slot(fleet: Fleet) -> None:
    assert latest_run(fleet.state) == 0
    fleet.state["slots"][998, 1] = 3 << 20 | 5
    fleet.state["slots"][0, 0] = 2 << 20 | 2**20 - 1
    assert latest_run(fleet.state) == 3
