"""Everything before the first arrival: the run's folder, its fleet, its target, and people who are logged in."""

import logging
import os
import platform
import secrets
import shutil
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from locustfiles._assignment import Assignment
from locustfiles._clock import identity
from locustfiles._correctness import OWN_FLEET, PENDING
from locustfiles._deliveries import Deliveries
from locustfiles._fleets import fleet_directory, fleet_of_store
from locustfiles._options import EMBEDDED
from locustfiles._progress import Progress
from locustfiles._settings import DEFAULT_DEVICES, Settings, draw_seed
from locustfiles._specs import handed_down, shown
from locustfiles._started import Started
from results.journal.checksum import seal
from results.run import Names, Run
from scenarios import SCENARIOS
from simulator.client import Client, Fault, Origin, obtain_client_tokens
from simulator.errors import CannotKnow, UsageError
from simulator.fleet import ClientTokens, Fleet
from simulator.readback import identify, parse_spec
from simulator.tokens import PushType
from simulator.tokens.provenance import GENERATION_BITS

_VERSIONS: Final = ("pushfleet", "locust", "gevent", "numpy", "pyarrow", "granian")

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Prepared:
    """A run that can begin."""

    run: Run
    folder: Path
    assignment: Assignment
    weights: dict[str, float]  # by scenario
    started: Started
    secrets: dict[str, str]  # environment of whoever reads the stores: their passwords

    def close(self) -> list[str]:
        """End what was started for this run; a sentence for each part of it that had ended before."""
        deaths = self.started.deaths()
        self.started.stop()
        return deaths

    def abandon(self) -> None:
        """The run never began: leave nothing of it."""
        self.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def prepare(settings: Settings, progress: Progress) -> Prepared:
    """Make the folder, open the fleet, start or reach the target, log everybody in.

    UsageError or CannotKnow for what stands in the way; nothing that was started is left running then.
    """
    seed = settings.seed if settings.seed is not None else draw_seed()
    if settings.host is not None:
        _reach(settings.host, settings.way.shown)
    folder = _folder(settings)
    started = Started()
    try:
        fleet = _open_fleet(settings, folder, seed)
        if settings.host is None:
            started.start(settings, folder, fleet)
        run = _describe(settings, folder, fleet, started)
        _refuse_forgotten(fleet, run, settings.specs)
        if not run.fresh:  # nothing of an earlier run can reach a store that is new
            np.save(folder / "journal" / PENDING, fleet.unsettled())
            run.pending = seal(folder / "journal" / PENDING)
        assignment = _assign(settings, run, folder, started)
        _look_for_gateways(assignment)
        _log_in(fleet, assignment, started.api_key or settings.api_key, progress)
        run.write(folder)
    except BaseException:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)  # it was made a moment ago, and holds nothing of a run
        raise
    return Prepared(run, folder, assignment, settings.weights, started, handed_down(settings.specs))


def _folder(settings: Settings) -> Path:
    """A new folder for the run; the name is the time, and a suffix where two runs begin in the same second."""
    wanted = settings.run_id or datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    for attempt in range(100):
        folder = settings.results / (wanted if attempt == 0 else f"{wanted}-{attempt + 1}")
        try:
            (folder / "journal").mkdir(parents=True)
        except FileExistsError:
            if settings.run_id is not None:
                break
        except OSError as error:
            raise UsageError(
                f"{folder} cannot be made ({error.strerror}): name another folder with --results."
            ) from error
        else:
            return folder
    raise UsageError(f"the run folder {settings.results / wanted} exists already, and no run is overwritten.")


def _open_fleet(settings: Settings, folder: Path, seed: int) -> Fleet:
    """The fleet asked for; without --fleet, one in the run's folder, or for a deployment one that outlives the run."""
    if settings.fleet is not None:
        directory = settings.fleet
        devices = settings.devices if directory.exists() else settings.devices or DEFAULT_DEVICES
        return Fleet.open_or_create(directory, devices, settings.seed if directory.exists() else seed, sdk=settings.sdk)
    devices = settings.devices or DEFAULT_DEVICES
    fleets, store = settings.results.parent / "fleets", settings.own.store
    if settings.host is not None:
        directory = fleet_directory(fleets, settings.host, devices, seed, settings.sdk)
    elif store is not None:
        directory = fleet_of_store(fleets, store.describe(), devices, seed, settings.sdk)
    else:
        directory = folder / OWN_FLEET
    return Fleet.open_or_create(directory, devices, seed, sdk=settings.sdk)


def _look_for_gateways(assignment: Assignment) -> None:
    """CannotKnow if those that are to tell of deliveries do not answer."""
    if assignment.gateways:
        Deliveries(assignment.gateways, lambda _: None).close()


def _reach(host: str, proxy: str) -> None:
    """CannotKnow unless whom the calls will be connected to can be: the proxy, if there is one, or the host."""
    option, origin = ("--proxy", Origin.parse(proxy)) if proxy else ("--host", Origin.parse(host))
    try:
        socket.create_connection((origin.host, origin.port), timeout=5).close()
    except OSError as error:
        raise CannotKnow(
            f"{option} {origin} cannot be reached: {error.strerror or error}. Is it running, and is the port right?"
        ) from error


def _refuse_forgotten(fleet: Fleet, run: Run, specs: Iterable[str]) -> None:
    """Stop if a store knows more runs of this fleet than the fleet does: its tokens would be minted once more."""
    for spec in specs:
        try:
            rows = identify(fleet, parse_spec(spec).rows(), np.empty(0, np.uint64)).rows
        except CannotKnow:
            continue  # the read-back after the load will say so
        latest = int(rows["value"].max(initial=0)) >> GENERATION_BITS
        if latest >= run.run_number:
            raise UsageError(
                f"the store of {run.target} holds tokens of run {latest} of this fleet, but its directory knows "
                f"{run.run_number - 1}: use the directory that those runs used, or another --seed."
            )


def _describe(settings: Settings, folder: Path, fleet: Fleet, started: Started) -> Run:
    return Run(
        id=folder.name,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        began=time.monotonic_ns(),
        target=started.url or str(settings.host),
        embedded=settings.host is None,
        fleet=str(fleet.directory.resolve()),
        fleet_number=fleet.number,
        run_number=fleet.begin_run(),
        devices=fleet.devices,
        seed=fleet.seed,
        sdk=fleet.sdk,
        model="closed" if settings.closed else "open",
        options=settings.again,
        planned=settings.planned,
        gates=[str(gate) for gate in settings.gates],
        require=[*settings.require],
        readback=[*map(shown, settings.readback)],
        push=str(settings.push or ""),
        store=shown(settings.own.store.text) if settings.own.store is not None else "",
        names=Names(
            types={int(kind): kind.wire for kind in PushType},
            scenarios=sorted(SCENARIOS),
            faults={int(fault): fault.name.lower() for fault in Fault},
        ),
        versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}},
        machine={"system": platform.platform(), "cores": os.cpu_count()},
        clock=identity(),
        mark=secrets.token_hex(8),
    )


def _assign(settings: Settings, run: Run, folder: Path, started: Started) -> Assignment:
    push, platform = settings.push, any(SCENARIOS[name].platform for name in settings.weights)
    return Assignment(
        run=run.id,
        folder=str(folder.resolve()),
        fleet=run.fleet,
        run_number=run.run_number,
        seed=run.seed,
        host=run.target,
        tokens_for=EMBEDDED if run.embedded else run.target,
        client_key=started.client_key or settings.client_key,
        api_key=(started.api_key or settings.api_key) if push is not None or platform else "",
        gateways=(started.deliveries or push.gateways or "") if push is not None else "",
        push_share=push.share if push is not None else 0.0,
        scenarios=run.names.scenarios,
        clock=run.clock,
        mark=run.mark,
        closed=settings.closed,
        arrivals=settings.arrivals,
        per_user=settings.per_user,
        think_time=settings.think_time,
        max_in_flight=settings.max_in_flight,
        release=[*settings.shape.release] if settings.shape is not None and settings.shape.release else [],
        way=settings.way,
        network=settings.network,
        sdk=settings.sdk,
    )


def _log_in(fleet: Fleet, assignment: Assignment, api_key: str, progress: Progress) -> None:
    """Obtain a client token for everyone who has none that lasts; this is preparation and no part of the load."""
    with (
        assignment.transport() as transport,
        ClientTokens(Path(assignment.fleet), assignment.tokens_for) as store,
    ):
        client = Client(transport, client_key=assignment.client_key, api_key=api_key)
        _forget_stale(client, store)
        missing = store.missing(range(fleet.people), time.time())
        wanted = [(person, fleet.client_id(person), f"person {person}") for person in missing]
        with progress.counting("logging people in", len(wanted)) as advance:
            obtain_client_tokens(client, wanted, store.add, progress=advance)


def _forget_stale(client: Client, store: ClientTokens) -> None:
    """Log everybody in anew if the target no longer takes the tokens it gave: it was restarted, or revoked them.

    One of them is tried, on a device that nobody has.
    """
    kept = store.load(time.time())
    if not kept:
        return
    answer = client.unsubscribe(next(iter(kept.values())), PushType.IOS.wire, "pushfleet: is this client token good?")
    if answer.fault is Fault.UNAUTHORIZED:
        store.forget()
