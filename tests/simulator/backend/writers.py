"""Processes that write to one store at the same time; `python -m tests.simulator.backend.writers` is one of them.

On the first line it reads, which tells what to open, it opens the store and prepares it; on the second it writes, and
tells what was acknowledged.
"""

import asyncio
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from simulator.backend import BUGS
from simulator.backend.server import CORRECT
from simulator.backend.store import Store
from simulator.backend.stores import StoreSpec
from simulator.readback import parse_spec

PROCESSES = 4
_SHARED = 20  # slots that all processes write
_OWN = 40  # slots of each process; it unsubscribes every other one in the end
_ROUNDS = 5  # of writes to each slot

Process = subprocess.Popen[str]


class Written(NamedTuple):
    """What processes were told they have written, and what the store holds."""

    acknowledged: list[dict[str, str]]  # by each process, of each device: its last token, "" once unsubscribed
    rows: dict[str, list[str]]  # the tokens of each device

    def doubled(self) -> list[str]:
        """The devices with more than one row."""
        return sorted(device for device, tokens in self.rows.items() if len(tokens) > 1)

    def lost(self) -> list[str]:
        """The devices that do not hold the last write of any process that wrote there."""
        devices = set(self.rows).union(*self.acknowledged)
        return sorted(device for device in devices if not self._last(device) & {*self.rows.get(device, [""])})

    def _last(self, device: str) -> set[str]:
        return {told[device] for told in self.acknowledged if device in told}


def write(store: str, bug: str | None = None) -> Written:
    """Have processes open the new store `store` at once, and then write to it at once."""
    with ExitStack() as ending:
        processes = [ending.enter_context(_start()) for _ in range(PROCESSES)]
        for number, process in enumerate(processes):
            ending.callback(process.kill)
            assert _heard(process) == "started"
            _tell(process, {"name": f"p{number}", "store": store, "bug": bug})
        for process in processes:
            assert _heard(process) == "prepared"
        for process in processes:
            _tell(process, "write")
        acknowledged: list[dict[str, str]] = [json.loads(_heard(process)) for process in processes]
    rows: dict[str, list[str]] = {}
    for row in parse_spec(store).rows():
        rows.setdefault(row.device_id, []).append(row.token)
    return Written(acknowledged, rows)


def _start() -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


def _tell(process: Process, what: object) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(what) + "\n")
    process.stdin.flush()


def _heard(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def _be_one() -> None:
    _say("started")
    asked = json.loads(sys.stdin.readline())
    database = await StoreSpec.parse(asked["store"]).open()
    store = (BUGS[asked["bug"]] if asked["bug"] else CORRECT).store(database)
    await store.prepare()
    _say("prepared")
    sys.stdin.readline()
    name = asked["name"]
    devices = [*(f"shared-{number}" for number in range(_SHARED)), *(f"{name}-{number}" for number in range(_OWN))]
    tokens = await asyncio.gather(*(_write(store, name, device) for device in devices))
    for device in devices[_SHARED::2]:
        assert await store.unsubscribe(name, "ios", device) == 1
    _say(json.dumps(dict(zip(devices, tokens, strict=True)) | dict.fromkeys(devices[_SHARED::2], "")))
    await database.close()


async def _write(store: Store, name: str, device: str) -> str:
    """The last token of those written to a device, one after the other."""
    tokens = [f"{name}-{number}" for number in range(_ROUNDS)]
    for token in tokens:
        await store.subscribe(name, "ios", device, token)
    return tokens[-1]


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_be_one())
