"""The gateways in this process, until they are told to end."""

import asyncio
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack, closing
from typing import Any, Final, NamedTuple

import orjson

from simulator.ending import told_to_end
from simulator.errors import CannotKnow, UsageError
from simulator.fleet import Fleet
from simulator.gateways import authority, credentials
from simulator.gateways.addresses import Address, reserved, url
from simulator.gateways.apns import ApnsJudge
from simulator.gateways.authority import Certificates
from simulator.gateways.control import Control
from simulator.gateways.credentials import Credentials
from simulator.gateways.desk import Desk
from simulator.gateways.fast import ControlFront, FastFront
from simulator.gateways.faulty import listening
from simulator.gateways.fcm import FcmJudge
from simulator.gateways.journal import FLUSH_SECONDS, Journal
from simulator.gateways.keys import write_private
from simulator.gateways.oauth import AccessTokens, TokenEndpoint, WithTokenEndpoint
from simulator.gateways.process import FILE
from simulator.gateways.request import Judge
from simulator.gateways.settings import FAULTY, Settings
from simulator.gateways.standing import Registry
from simulator.gateways.webpush import WebPushJudge
from simulator.granians import plain_server, run, running, tls_server, work_in_batches
from simulator.tokens.browser import HOSTS

JOURNAL: Final = "deliveries.bin"


class _World(NamedTuple):
    """All that the listeners need."""

    settings: Settings
    addresses: Mapping[str, Address]  # by listener
    journal: Journal
    credentials: Credentials
    certificates: Certificates
    judges: Mapping[str, Judge]  # by listener


def serve(settings: Settings, ready: Callable[[dict[str, Any]], None]) -> None:
    """Serve until stdin ends, SIGTERM or SIGINT; `ready` is given the ready line once connections are accepted.

    Must be called in the main thread of a process of its own, which it is best to leave by `os._exit` afterwards:
    granian's threads can outlive the interpreter and panic then (its issue 693). Raises UsageError if folder, fleet or
    ports cannot be used, CannotKnow if a server does not come up, or the journal cannot be written any more.
    """
    work_in_batches()
    fleet = None if settings.fleet is None else Fleet.open(settings.fleet, writable=False)
    with closing(Journal(settings.folder / JOURNAL)) as journal, reserved(settings.host, settings.ports) as addresses:
        run(_serve(_world(settings, fleet, journal, addresses), ready))


def _world(settings: Settings, fleet: Fleet | None, journal: Journal, addresses: Mapping[str, Address]) -> _World:
    google = url("https", addresses["fcm"])
    try:
        secrets = credentials.prepare(settings.folder, google)
        certificates = authority.prepare(settings.folder, settings.host)
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be used ({error.strerror}): make it readable and writable, "
            "or name another --folder."
        ) from None
    judges = _judges(settings, fleet, secrets, google)
    return _World(settings, addresses, journal, secrets, certificates, judges)


def _judges(settings: Settings, fleet: Fleet | None, secrets: Credentials, google: str) -> dict[str, Judge]:
    clock, trust = time.time, secrets.trust
    registry = Registry(fleet, settings.stale_seconds, clock, settings.seed)
    tokens = AccessTokens(clock)
    endpoint = TokenEndpoint(trust, tokens, f"{google}/token", clock)
    most, home = settings.most_per_minute, settings.environment
    return {
        "apns": ApnsJudge(trust, registry, "production", clock, home=home, most_per_minute=most),
        "sandbox": ApnsJudge(trust, registry, "sandbox", clock, home=home, most_per_minute=most),
        "fcm": WithTokenEndpoint(endpoint, FcmJudge(trust, registry, tokens, clock, most_per_minute=most)),
        "web_push": WebPushJudge(trust, registry, clock, most_per_minute=most),
    }


async def _serve(world: _World, ready: Callable[[dict[str, Any]], None]) -> None:
    line = _ready_line(world)
    async with AsyncExitStack() as stack:
        ended = await _listen(world, Control(world.journal, line), stack)
        write_private(world.settings.folder / FILE, orjson.dumps(line) + b"\n")
        ready(line)
        flushing = asyncio.create_task(_flush(world.journal))
        done, _ = await asyncio.wait([ended, told_to_end(), flushing], return_when=asyncio.FIRST_COMPLETED)
        if flushing in done:
            flushing.result()
        if ended in done:
            raise CannotKnow("a server of the push gateways ended, of no doing of ours.")


async def _listen(world: _World, control: Control, stack: AsyncExitStack) -> "asyncio.Task[None]":
    """Have every listener accept connections until the stack ends; the task is done if one of them ends before."""
    certificates = world.certificates
    servers = [plain_server(ControlFront(control), *world.addresses["deliveries"])]
    if world.settings.front == FAULTY:
        desks = {name: Desk(judge, world.journal, world.settings.faults) for name, judge in world.judges.items()}
        await stack.enter_async_context(listening(desks, world.addresses, certificates))
    else:
        servers += [
            tls_server(FastFront(judge, world.journal), *world.addresses[name], certificates.chain, certificates.key)
            for name, judge in world.judges.items()
        ]
    return await stack.enter_async_context(running("the push gateways", servers))


async def _flush(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        journal.flush()


def _ready_line(world: _World) -> dict[str, Any]:
    secrets, urls = world.credentials, {name: url("https", address) for name, address in world.addresses.items()}
    apns = {
        "production": urls["apns"],
        "sandbox": urls["sandbox"],
        "environment": world.settings.environment,
        "topic": secrets.trust.bundle,
        "voip_topic": f"{secrets.trust.bundle}.voip",
        "team_id": secrets.trust.team,
        "key_id": secrets.key_id,
        "key": str(secrets.key),
    }
    fcm = {
        "url": urls["fcm"],
        "project_id": secrets.trust.project,
        "service_account": str(secrets.account),
        "other_service_account": str(secrets.other_account),
    }
    web_push = {
        "url": urls["web_push"],
        "hosts": list(HOSTS),
        "vapid_public_key": secrets.vapid_public_key,
        "vapid_private_key": str(secrets.vapid),
        "subject": credentials.SUBJECT,
    }
    return {
        "pid": os.getpid(),
        "certificate_authority": str(world.certificates.authority),
        "apns": apns,
        "fcm": fcm,
        "web_push": web_push,
        "deliveries": url("http", world.addresses["deliveries"]),
        "journal": str(world.journal.path),
        "front": world.settings.front,
        "faults": [list(fault) for fault in world.settings.faults.kinds],
        "seed": world.settings.seed,
    }
