"""How long `pushfleet check-history` takes, and how much memory, on histories made here with faults put into them.

Usage: python tests/benchmarks/checker.py [OPERATIONS REGISTERS]...; by default ten million over a million, and one
million over twenty.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SEED: Final = 1
FAULTS: Final = 700  # registers at most in which one read finds what had been replaced
_COMMAND: Final = (sys.executable, "-c", "from locustfiles.cli import main; main()", "check-history", "--json")
_WRITE, _DELETE, _READ = 0, 1, 2


def make(path: Path, operations: int, registers: int) -> set[int]:
    """Write a history to `path`, its rows in the order of time; return the registers that are not linearizable."""
    rng = np.random.default_rng(SEED)
    register = np.sort(rng.integers(0, registers, operations))
    at = np.arange(operations)
    kind = rng.choice(np.array([_WRITE, _DELETE, _READ], np.uint8), operations, p=[0.6, 0.05, 0.35])
    first = np.concatenate([[True], register[1:] != register[:-1]])
    kind[first] = _WRITE
    changed = np.maximum.accumulate(np.where(kind == _READ, 0, at))  # the latest write or delete
    value = np.where(kind[changed] == _WRITE, changed, -1)
    # Moments a microsecond apart, each operation 0.4 µs to both sides of its own: neighbours never overlap.
    moment = 1000 * at + 1000
    writes = np.flatnonzero(kind == _WRITE)
    older = writes[np.searchsorted(writes, changed) - 1]  # the write before the one that a read has to find
    stale = (kind == _READ) & (kind[changed] == _WRITE) & (register[older] == register) & (older < changed)
    chosen = rng.permutation(np.flatnonzero(stale))
    _, one_each = np.unique(register[chosen], return_index=True)
    wrong = chosen[np.sort(one_each)][:FAULTS]
    value[wrong] = older[wrong]
    mixed = rng.permutation(operations)
    columns = {
        "register": register.astype(np.uint32),
        "kind": kind,
        "value": value,
        "inv": moment - 400,
        "ret": moment + 400,
        "ok": np.ones(operations, np.bool_),
    }
    pq.write_table(pa.table({name: column[mixed] for name, column in columns.items()}), path, row_group_size=1 << 20)
    return set(register[wrong].tolist())


def main(sizes: list[int]) -> None:
    """Measure each size twice: the first run may have to compile the kernel."""
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory() as folder:
        path, known = Path(folder) / "history.parquet", Path(folder) / "illegal.json"
        for operations, registers in zip(sizes[::2], sizes[1::2], strict=True):
            # In a process of its own: what starts from a large one would seem to be as large.
            subprocess.run([sys.executable, __file__, "make", folder, str(operations), str(registers)], check=True)
            illegal = json.loads(known.read_text())
            for name in ("first", "again"):
                seconds, peak, found = measure(path)
                exact = "exact" if found == illegal else f"WRONG: {len(found)} found"
                said = f"{operations:>12,} operations, {registers:>9,} registers, {len(illegal)} illegal"
                print(f"{said}  {name}: {seconds:6.2f} s  {peak:5.2f} GB  {exact}")


def measure(path: Path) -> tuple[float, float, list[int]]:
    """Seconds, gigabytes at most, and the registers that are not linearizable."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([*_COMMAND, str(path)], stdout=out)
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 0  # it was waited for
        seconds = time.perf_counter() - began
        out.seek(0)
        return seconds, used.ru_maxrss / 1e6, json.loads(out.read())["illegal"]


if __name__ == "__main__":
    if sys.argv[1:2] == ["make"]:
        place, *size = sys.argv[2:]
        wrong = make(Path(place) / "history.parquet", *map(int, size))
        (Path(place) / "illegal.json").write_text(json.dumps(sorted(wrong)))
    else:
        main([int(float(each)) for each in sys.argv[1:]] or [10_000_000, 1_000_000, 1_000_000, 20])
