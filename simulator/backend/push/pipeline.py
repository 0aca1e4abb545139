"""From a push to its deliveries: a bounded queue, workers for each provider, and a log of what became of each push.

Each provider has workers of its own, so that one that is slow, or wants to be asked again later, holds up no other.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

from simulator.backend import reply
from simulator.backend.database import DatabaseError
from simulator.backend.push.apns import VOIP, ApnsSender
from simulator.backend.push.fcm import FcmSender
from simulator.backend.push.log import PushLog, Tally
from simulator.backend.push.outcome import BUSY, Fate, Outcome
from simulator.backend.push.providers import Providers
from simulator.backend.push.sender import Sender
from simulator.backend.push.web import WebSender
from simulator.backend.pusher import Payload, Subscription
from simulator.backend.reply import Refused
from simulator.backend.store import Store

log = logging.getLogger(__name__)

MOST_WAITING: Final = 10_000  # deliveries that wait or are under way
_WORKERS: Final = 64  # deliveries of one provider under way at once
_ATTEMPTS: Final = 5
_ATTEMPT_SECONDS: Final = 30.0  # clients bound each wait of theirs, and an answer that comes byte by byte bounds none
_FIRST_BACK_OFF: Final = 0.2  # seconds, doubled with each attempt; with jitter, so that senders do not return as one
_LONGEST_WAIT: Final = 30.0  # seconds: who asks for more is not waited for
_CLOSING_SECONDS: Final = 3.0
_LOG_ATTEMPTS: Final = 8  # to say that a push is closed: half a minute, in which a database is back


@dataclass(slots=True)
class _Delivery:
    """One subscription's part of a push."""

    subscription: Subscription
    payload: Payload
    tally: Tally


class Pipeline:
    """Pushes over the providers' clients. A bug that pushes wrongly is a subclass.

    Made within a running event loop. Whether a dead token's subscription goes is the store's policy.
    """

    apns: ClassVar[type[ApnsSender]] = ApnsSender

    def __init__(
        self,
        store: Store,
        senders: Mapping[str, Sender],
        *,
        most_waiting: int = MOST_WAITING,
        jitter: random.Random | None = None,
    ) -> None:
        self._store = store
        self._senders = senders
        self._most_waiting = most_waiting
        self._jitter = jitter or random.Random()  # noqa: S311 - only spreads retries
        self._log = PushLog(store.database)
        self._waiting = 0
        self._queues: dict[Sender, asyncio.Queue[_Delivery]] = {one: asyncio.Queue() for one in senders.values()}
        self._workers = [asyncio.create_task(self._work(one)) for one in self._queues for _ in range(_WORKERS)]
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    def to(cls, store: Store, providers: Providers) -> Self:
        """A pipeline to these providers."""
        apns, fcm = cls.apns(providers), FcmSender(providers)
        return cls(store, {"ios": apns, VOIP: apns, "fcm": fcm, "android": fcm, "web": WebSender(providers)})

    async def prepare(self) -> None:
        """Make the table of the log; must be awaited before anything else."""
        await self._log.prepare()

    async def push(
        self,
        clients: Sequence[str],
        payload: Payload,
        *,
        except_devices: Collection[tuple[str, str]] = (),
        calls: bool = True,
    ) -> int:
        """Push to all devices of these clients, and return the push's id; see `Pusher`.

        A subscription of a type that no provider serves, which a policy may let in, is not among them.
        """
        chosen = [
            one
            for one in await self.select(list(dict.fromkeys(clients)))
            if one.type in self._senders
            and (one.client_id, one.device_id) not in except_devices
            and (calls or one.type != VOIP)
        ]
        if self._waiting + len(chosen) > self._most_waiting:
            raise Refused(reply.PUSH_QUEUE_FULL)
        self._waiting += len(chosen)
        try:
            number = await self._log.open(len(chosen))
        except BaseException:
            self._waiting -= len(chosen)
            raise
        tally = Tally(number, left=len(chosen))
        for subscription in chosen:
            self._queues[self._senders[subscription.type]].put_nowait(_Delivery(subscription, payload, tally))
        return number

    async def select(self, clients: Sequence[str]) -> list[Subscription]:
        """Whom a push reaches."""
        return await self._store.subscriptions_of(clients)

    async def entry(self, push_id: int) -> dict[str, Any] | None:
        """What became of a push."""
        return await self._log.entry(push_id)

    async def close(self) -> None:
        """Finish what is under way, within seconds, and close the connections; the rest stays unclosed in the log."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                for queue in self._queues.values():
                    await queue.join()
                await asyncio.gather(*self._closing)
        tasks = [*self._workers, *self._closing]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for sender in self._queues:
            await sender.close()

    async def _work(self, sender: Sender) -> None:
        queue = self._queues[sender]
        while True:
            delivery = await queue.get()
            try:
                self._settle(delivery.tally, await self._deliver(sender, delivery))
            except Exception:
                log.exception("a delivery to %r failed", delivery.subscription)
                self._settle(delivery.tally, "failed")
            finally:
                self._waiting -= 1
                queue.task_done()

    async def _deliver(self, sender: Sender, delivery: _Delivery) -> str:
        """Attempt until it is settled: "delivered" or "failed"."""
        outcome = await self._attempts(sender, delivery)
        if outcome.fate is Fate.DELIVERED:
            return "delivered"
        if outcome.fate is Fate.DEAD:
            delivery.tally.pruned += await self.prune(delivery.subscription, outcome.dead_since)
        return "failed"

    async def prune(self, subscription: Subscription, dead_since: int | None) -> int:
        """A provider called a subscription's token dead: remove exactly that; how many rows that took."""
        return await self._store.prune(subscription, dead_since)

    async def _attempts(self, sender: Sender, delivery: _Delivery) -> Outcome:
        for attempt in range(_ATTEMPTS):
            try:
                async with asyncio.timeout(_ATTEMPT_SECONDS):
                    outcome = await sender.send(delivery.subscription, delivery.payload)
            except TimeoutError:
                outcome = BUSY
            if outcome.fate is not Fate.BUSY or attempt == _ATTEMPTS - 1:
                return outcome
            back_off = _FIRST_BACK_OFF * 2**attempt * self._jitter.uniform(0.5, 1.5)
            wait = back_off if outcome.retry_after is None else max(back_off, outcome.retry_after)
            if wait > _LONGEST_WAIT:
                return outcome
            await asyncio.sleep(wait)
        raise AssertionError("the last attempt returns")

    def _settle(self, tally: Tally, what: str) -> None:
        """Count a delivery whose last attempt is over, and close the push with its last one."""
        if tally.count(what):
            task = asyncio.create_task(self._close(tally))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close(self, tally: Tally) -> None:
        """Close a push in the log, also if the database is away for a while: nobody else knows the counts."""
        for attempt in range(_LOG_ATTEMPTS):
            try:
                await self._log.close(tally)
            except DatabaseError as error:
                failed = error
            else:
                return
            await asyncio.sleep(_FIRST_BACK_OFF * 2**attempt)
        log.error("push %d could not be closed in the log: %s", tally.number, failed)
