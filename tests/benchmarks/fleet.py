"""How long a fleet takes to create, and what it takes: `python tests/benchmarks/fleet.py [DEVICES]`.

To reach for 10 million devices: 10 s, 160 MB on disk, 300 MB of memory. The fleet is created in a process of its own,
whose peak resident memory is measured.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

# Run as a script, this file's folder is on the path and the repository is not.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from simulator.fleet import Fleet


def main() -> None:
    devices = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__, str(devices), folder], check=True)


def measure(devices: int, directory: Path) -> None:
    began = time.perf_counter()
    fleet = Fleet.create(directory, devices, 7)
    created = time.perf_counter() - began
    peak = _peak()
    disk = sum(file.stat().st_size for file in directory.iterdir())
    print(f"created {devices:,} devices of {fleet.people:,} people in {created:.2f} s")
    print(f"on disk: {disk / 1e6:.2f} MB; peak memory of the process: {peak:.0f} MB")
    _report("open", lambda: Fleet.open(directory))
    _report("begin_run, which reads the whole state", fleet.begin_run)
    with fleet.lease(0, 2) as lease:
        _report("devices of half of the shards", lease.devices)
    some = np.arange(min(devices, 1_000_000))
    _report("1,000,000 deviceIds in bulk", lambda: fleet.device_ids(some, np.zeros_like(some)))
    texts = [fleet.device_id(device, 0) for device in some]
    _report("and back", lambda: fleet.installations_of(texts))
    _report("100,000 deviceIds one by one", lambda: [fleet.device_id(device, 0) for device in range(100_000)])


def _report(what: str, act: object) -> None:
    assert callable(act)
    began = time.perf_counter()
    act()
    print(f"{what}: {time.perf_counter() - began:.3f} s")


def _peak() -> float:
    """Return megabytes; Linux counts in KiB and macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    if len(sys.argv) > 2:
        measure(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        main()
