"""Everything before the first arrival: the run's folder, its fleet, its target, and people who are logged in."""

import logging
import os
import platform
import shutil
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from locustfiles._assignment import Assignment
from locustfiles._fleets import fleet_directory
from locustfiles._judging import DATABASE, PENDING
from locustfiles._options import EMBEDDED
from locustfiles._progress import Progress
from locustfiles._settings import DEFAULT_DEVICES, Settings, draw_seed
from results.run import Names, Run
from scenarios import SCENARIOS
from simulator.backend import Embedded
from simulator.client import Client, Fault, HttpTransport, Origin, obtain_client_tokens
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
    target: Embedded | None  # None: somebody else's

    def close(self) -> None:
        """End what was started for this run."""
        if self.target is not None:
            self.target.stop()

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
        _reach(settings.host)
    folder = _folder(settings)
    target = None
    try:
        fleet = _open_fleet(settings, folder, seed)
        target = _start(settings, folder, fleet) if settings.host is None else None
        run = _describe(settings, folder, fleet, target)
        _refuse_forgotten(fleet, run)
        if not run.embedded:  # an embedded backend is new, and nothing of an earlier run can reach it
            np.save(folder / "journal" / PENDING, fleet.unsettled())
        assignment = _assign(settings, run, folder, target)
        api_key = target.api_key if target is not None else settings.api_key
        _log_in(fleet, assignment, api_key, progress)
        run.write(folder)
    except BaseException:
        if target is not None:
            target.stop()
        shutil.rmtree(folder, ignore_errors=True)  # it was made a moment ago, and holds nothing of a run
        raise
    return Prepared(run, folder, assignment, settings.weights, target)


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
        return Fleet.open_or_create(directory, devices, settings.seed if directory.exists() else seed)
    devices = settings.devices or DEFAULT_DEVICES
    if settings.host is None:
        return Fleet.open_or_create(folder / "fleet", devices, seed)
    lasting = fleet_directory(settings.results.parent / "fleets", settings.host, devices, seed)
    return Fleet.open_or_create(lasting, devices, seed)


def _start(settings: Settings, folder: Path, fleet: Fleet) -> Embedded:
    return Embedded.start(
        folder / DATABASE, bug=settings.bug, jwt_secret=f"fleet {fleet.number} {fleet.seed}" + "." * 16
    )


def _reach(host: str) -> None:
    origin = Origin.parse(host)
    try:
        socket.create_connection((origin.host, origin.port), timeout=5).close()
    except OSError as error:
        raise CannotKnow(
            f"--host {host} cannot be reached: {error.strerror or error}. Is it running, and is the port right?"
        ) from error


def _refuse_forgotten(fleet: Fleet, run: Run) -> None:
    """Stop if the store knows more runs of this fleet than the fleet does: its tokens would be minted once more."""
    for spec in run.readback:
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


def _describe(settings: Settings, folder: Path, fleet: Fleet, target: Embedded | None) -> Run:
    return Run(
        id=folder.name,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        began=time.monotonic_ns(),
        target=target.url if target is not None else str(settings.host),
        embedded=target is not None,
        fleet=str(fleet.directory.resolve()),
        fleet_number=fleet.number,
        run_number=fleet.begin_run(),
        devices=fleet.devices,
        seed=fleet.seed,
        model="closed" if settings.closed else "open",
        options=settings.again,
        planned=settings.planned,
        gates=[str(gate) for gate in settings.gates],
        readback=[*settings.readback],
        names=Names(
            types={int(kind): kind.wire for kind in PushType},
            scenarios=sorted(SCENARIOS),
            faults={int(fault): fault.name.lower() for fault in Fault},
        ),
        versions={"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}},
        machine={"system": platform.platform(), "cores": os.cpu_count()},
    )


def _assign(settings: Settings, run: Run, folder: Path, target: Embedded | None) -> Assignment:
    return Assignment(
        run=run.id,
        folder=str(folder.resolve()),
        fleet=run.fleet,
        run_number=run.run_number,
        seed=run.seed,
        host=run.target,
        tokens_for=EMBEDDED if target is not None else run.target,
        client_key=target.client_key if target is not None else settings.client_key,
        scenarios=run.names.scenarios,
        closed=settings.closed,
        per_user=settings.per_user,
        think_time=settings.think_time,
        max_in_flight=settings.max_in_flight,
        timeout=settings.timeout,
    )


def _log_in(fleet: Fleet, assignment: Assignment, api_key: str, progress: Progress) -> None:
    """Obtain a client token for everyone who has none that lasts; this is preparation and no part of the load."""
    with (
        HttpTransport(assignment.host, timeouts=assignment.timeouts) as transport,
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
