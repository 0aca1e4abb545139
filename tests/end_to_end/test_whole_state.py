"""After a fleet has lived, the tables hold what its phones believe, register by register, and nothing else."""

import os
import time
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, Final, cast

import gevent
import numpy as np
import pytest
from gevent.event import Event
from numpy.typing import NDArray

from locustfiles._generator import Generator
from locustfiles._preparation import prepare
from locustfiles._progress import Progress
from locustfiles._settings import Settings
from results.journal import load
from scenarios import SCENARIOS
from simulator.backend import Embedded
from simulator.fleet import Fleet
from simulator.tokens import PushType
from tests.end_to_end.whole_state import Slot, compared, name_of, run_sql, subscriptions

OPERATIONS: Final = int(os.environ.get("PUSHFLEET_OPERATIONS", "1500"))  # `make test-long` asks for a million
DEVICES: Final = max(150, OPERATIONS // 20)
AT_ONCE: Final = 32  # lives
SEED: Final = 11
NOBODYS: Final = "0" * 24  # a clientId


def live(folder: Path, store: str, mix: str, operations: int) -> tuple[Fleet, NDArray[np.void]]:
    """Have a fleet live `mix` on the correct backend, each life as soon as there is room; the fleet and its journal."""
    with Embedded.start(store) as backend:
        keys = {"client_key": backend.client_key, "api_key": backend.api_key}
        options = {"host": backend.url, "mix": mix, "devices": DEVICES, "seed": SEED, "results": folder / "runs"}
        prepared = prepare(Settings.parse({**options, **keys}), Progress())
        done: list[None] = []
        request = SimpleNamespace(fire=lambda **_: done.append(None))
        environment = cast("Any", SimpleNamespace(events=SimpleNamespace(request=request)))
        generator = Generator(prepared.assignment, environment, worker=0)
        rng, names, weights = Random(SEED), [*prepared.weights], [*prepared.weights.values()]

        def live_on() -> None:
            while len(done) < operations:
                over = Event()
                if generator.arrive(SCENARIOS[rng.choices(names, weights)[0]], time.monotonic_ns(), over.set):
                    over.wait()

        gevent.joinall([gevent.spawn(live_on) for _ in range(AT_ONCE)], raise_error=True)
        part = generator.stop()
        prepared.close()
    assert part["broken"] is None
    fleet = Fleet.open(Path(prepared.assignment.fleet), writable=False)
    return fleet, load(prepared.folder, prepared.run.id).records


@pytest.mark.parametrize("mix", ["everyday", "adversarial"])
def test_the_tables_hold_what_the_phones_believe_and_nothing_else(mix: str, store: str, tmp_path: Path) -> None:
    fleet, records = live(tmp_path, store, mix, OPERATIONS)
    found = compared(fleet, records, subscriptions(store))
    print(mix, store.partition(":")[0], found)  # noqa: T201 - the figures, for who asks with -s
    assert found.differences == []
    assert found.calls >= 0.9 * OPERATIONS  # the others are chat messages
    assert found.certain + found.overlapping + found.open == found.registers
    assert found.certain > 0.8 * found.registers
    assert found.states > found.registers / 6
    assert found.rows > DEVICES / 2
    assert (found.open > 0) is (mix == "adversarial")  # where phones lose connections on purpose
    noticed(fleet, records, store, found.sure)


def noticed(fleet: Fleet, records: NDArray[np.void], store: str, sure: list[Slot]) -> None:
    """Whatever is changed in the tables by hand is a difference, and nothing else is."""
    rows = {row[:2]: row[2:] for row in subscriptions(store)}
    lost, other, moved = sure[:3]
    of = 'WHERE "type" = $1 AND "deviceId" = $2'
    run_sql(store, f"DELETE FROM subscriptions {of}", *lost)  # noqa: S608 - our own words
    run_sql(store, f'UPDATE subscriptions SET "token" = $3 {of}', *other, rows[moved][1])  # noqa: S608 - as above
    run_sql(store, f'UPDATE subscriptions SET "clientId" = $3 {of}', *moved, NOBODYS)  # noqa: S608 - as above
    run_sql(
        store,
        'INSERT INTO subscriptions ("type", "deviceId", "clientId", "token", "updated_at") VALUES ($1, $2, $3, $4, 0)',
        *("ios", "nobody's", *rows[moved]),
    )
    assert sorted(compared(fleet, records, subscriptions(store)).differences) == sorted(
        [
            f"{named(fleet, lost)} has no row, and should have one",
            f"{named(fleet, other)} has another token",
            f"{named(fleet, moved)} has another owner",
            'ios "nobody\'s" is no register of this run',
        ]
    )


def named(fleet: Fleet, slot: Slot) -> str:
    """A register as differences name it."""
    found = fleet.installation_of(slot[1])
    assert found is not None
    return name_of(found[0] << 24 | found[1] << 8 | PushType.from_wire(slot[0]))
