"""Pushing to people and seeing whom that reaches: each delivery is journaled as a read of what the backend holds.

A push bears a mark, by which its deliveries are told from everybody else's. It is closed when the backend's log says
that everything was attempted, and as many tokens were seen at the gateways: whatever else is the person's was not
there then.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import TYPE_CHECKING, Final

import gevent
import numpy as np
from gevent.lock import BoundedSemaphore
from gevent.pool import Group
from numpy.typing import NDArray

from locustfiles._deliveries import Deliveries, Found
from results.journal.record import NO_RC, NO_ROWS, NOBODY, Outcome
from simulator.client import Answer, Client, Fault, Pushed, PushEntry
from simulator.client import Outcome as ClientOutcome
from simulator.fleet import Fleet
from simulator.phones import Seen
from simulator.tokens.mark import Mark

if TYPE_CHECKING:
    from locustfiles._recorder import Recorder

IN_FLIGHT: Final = 32  # sampled pushes of one worker at once
_MOST_WAITING: Final = 1000  # people of one worker whose push is due; beyond, they wait for their next scenario
_AT_ONCE: Final = 0.5  # the share of sampled pushes that follow a scenario without a pause
_LONGEST_PAUSE: Final = 1.0  # seconds, of the others
_PATIENCE: Final = 10.0  # seconds for a push to be closed
_DRAIN: Final = 10.0  # seconds for the sampled pushes under way when the load is over
_LAST_LOOK: Final = 5.0  # seconds
_UNLOGGED: Final = 2.0  # seconds that a push is watched where no log tells when it is closed
_FIRST_WAIT: Final = 0.005  # seconds before the log is asked; it doubles each time, up to the longest
_LONGEST_WAIT: Final = 0.5
_LIMITED: Final = 1.0  # seconds without a sampled push after a rate limit that does not say how long it lasts
_MOST_ROWS: Final = 2**15 - 1  # of the journal's column


@dataclass(slots=True, eq=False)
class _Push:
    """One push to one person."""

    owner: int
    sent: int = 0  # monotonic ns: what its mark says
    message: bool = False  # it is the notice of a chat message
    seen: list[Seen] = field(default_factory=list)
    tokens: set[tuple[int, int]] = field(default_factory=set)  # (origin, value)


class Pushes:
    """The pushes of one worker, to whom it `holds`; `sampled` tells whose scenarios are followed by one.

    `gateways` is the URL of the gateways' control listener; CannotKnow if it does not answer.
    """

    def __init__(
        self,
        fleet: Fleet,
        client: Client,
        recorder: "Recorder",
        rng: Random,
        sampled: Callable[[int], bool],
        gateways: str,
        holds: Callable[[int], bool],
        *,
        logs: bool = False,
    ) -> None:
        """`logs`: whether each answer of this deployment's names the push that it made, if it made one."""
        self._fleet = fleet
        self._client = client
        self._recorder = recorder
        self._rng = rng
        self._sampled = sampled
        self._holds = holds
        self._logs = logs
        self._mine: dict[tuple[int, int], _Push] = {}  # all there ever were: a delivery may come late, or again
        self._open: set[_Push] = set()  # those that may have been carried out and are not known to be closed
        self._waiting: set[int] = set()  # people
        self._slots = BoundedSemaphore(IN_FLIGHT)
        self._followers = Group()
        self._not_before = 0.0  # time.monotonic(): the rate limit lasts until then
        self._ending = False
        self.broken: str | None = None
        self._deliveries = Deliveries(gateways, self._take)

    def push(self, owner: int, scenario: int, due: int, /) -> list[Seen]:
        """`simulator.phones.Pushes.push`."""
        clients = [self._fleet.client_id(owner)]
        return self._watched(_Push(owner), scenario, due, lambda text: self._client.push(clients, {"alert": text}))

    def message(self, owner: int, scenario: int, due: int, say: Callable[[str], Pushed], /) -> list[Seen]:
        """Have something said that bears the mark of a push to `owner`, and wait for what it reaches, as for a push.

        It tells nothing of the devices that it does not reach: calls are not what messages push to.
        """
        return self._watched(_Push(owner, message=True), scenario, due, say)

    def _watched(self, push: _Push, scenario: int, due: int, send: Callable[[str], Pushed]) -> list[Seen]:
        self._date(push)
        self._deliveries.wanted(1)
        try:
            pushed = self._send(push, scenario, due, send)
            if push.message and self._logs and pushed.answer.outcome is ClientOutcome.OK and not pushed.id:
                self._end(push, pushed.answer.done, NO_ROWS)  # there was nobody to push to
            elif pushed.answer.outcome is not ClientOutcome.FAIL:
                self._follow(push, pushed.id)
        finally:
            self._deliveries.wanted(-1)
        return push.seen

    def sample(self, owner: int, scenario: int) -> None:
        """A scenario of this person has ended: push to them if they are sampled, at once or after a pause."""
        if self._ending or owner in self._waiting or not self._sampled(owner) or len(self._waiting) >= _MOST_WAITING:
            return
        self._waiting.add(owner)
        pause = 0.0 if self._rng.random() < _AT_ONCE else self._rng.uniform(0.0, _LONGEST_PAUSE)
        self._followers.spawn(self._sample, owner, scenario, pause)

    def _take(self, found: NDArray[np.void]) -> None:
        """Keep the deliveries of pushes of this worker, and what a provider said of other pushes' dead tokens."""
        for one in Found.all_of(found, self._fleet.number):
            push = self._mine.get((one.owner, one.sent))
            if push is not None:
                self._keep(push, one)
            elif one.condemned and one.register and self._is_ours(one.register):
                self._recorder.delivery(NOBODY, 0, one)

    def _keep(self, push: _Push, one: Found) -> None:
        if not push.sent <= one.received <= time.monotonic_ns():
            self.broken = "the gateways date deliveries by another clock than this machine's"
            return
        push.seen.append(Seen(one.register, one.value, one.status))
        push.tokens.add((one.origin, one.value))
        self._recorder.delivery(push.owner, push.sent, one)

    def stop(self) -> None:
        """Wait, within bounds, for what is under way, and journal how far the deliveries of the rest are known."""
        if self._ending:
            return
        self._ending = True
        self._followers.join(timeout=_DRAIN)
        self._followers.kill()
        self._deliveries.wanted(1)
        self._deliveries.look(_LAST_LOOK)
        for push in self._open:
            self._recorder.closed(push.owner, push.sent, self._deliveries.known_until, NO_ROWS, Outcome.INFO)
        self._deliveries.close()
        self.broken = self.broken or self._deliveries.broken

    def _is_ours(self, register: int) -> bool:
        device = register >> 24
        return device < self._fleet.devices and self._holds(self._fleet.home(device))

    def _date(self, push: _Push) -> None:
        push.sent = time.monotonic_ns()
        while (push.owner, push.sent) in self._mine:  # the clock's step may be longer than a turn of the event loop
            push.sent += 1
        self._mine[push.owner, push.sent] = push

    def _send(self, push: _Push, scenario: int, due: int, send: Callable[[str], Pushed]) -> Pushed:
        mark = Mark(self._fleet.number, push.owner, push.sent).text
        self._open.add(push)
        try:
            pushed = send(f"pushfleet {mark}")
        except BaseException:  # the run is being stopped in mid-call: the server may have acted, or may still
            lost = Answer(ClientOutcome.INFO, Fault.INTERRUPTED, 0, NO_RC, NO_ROWS, push.sent, time.monotonic_ns())
            self._recorder.push(push.owner, push.sent, scenario, due, Pushed(lost, 0))
            raise
        self._recorder.push(push.owner, push.sent, scenario, due, pushed)
        if pushed.answer.outcome is ClientOutcome.FAIL:
            self._open.discard(push)
        if pushed.answer.fault is Fault.RATE_LIMITED:
            self._not_before = time.monotonic() + (pushed.answer.retry_after or _LIMITED)
        return pushed

    def _follow(self, push: _Push, number: int) -> None:
        """Wait for the push to be closed, and journal it if it is; otherwise it stays open."""
        entry = self._closed_entry(number)
        known = time.monotonic_ns()
        if not self._deliveries.look(_PATIENCE) or entry is None:
            return
        if entry.attempted >= entry.selected and len(push.tokens) >= entry.attempted:
            self._end(push, known, NO_ROWS if push.message else min(entry.attempted, _MOST_ROWS))

    def _end(self, push: _Push, known: int, tokens: int) -> None:
        """The push is closed: journal what is known of it."""
        self._open.discard(push)
        self._recorder.closed(push.owner, push.sent, known, tokens, Outcome.OK)

    def _closed_entry(self, number: int) -> PushEntry | None:
        """What the log says of a push once that is closed; None if it is not in time, or there is no log."""
        if not number:
            gevent.sleep(_UNLOGGED)
            return None
        wait, deadline = _FIRST_WAIT, time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            gevent.sleep(wait)
            entry = self._client.push_entry(number)
            if entry is not None and entry.closed:
                return entry
            wait = min(2 * wait, _LONGEST_WAIT)
        return None

    def _sample(self, owner: int, scenario: int, pause: float) -> None:
        gevent.sleep(pause)
        with self._slots:
            gevent.sleep(max(0.0, self._not_before - time.monotonic()))
            self._waiting.discard(owner)  # whatever ends from now on is followed by another push
            self.push(owner, scenario, time.monotonic_ns())


def share_of_people(seed: int, share: float) -> Callable[[int], bool]:
    """Whether a person is among a share (0 to 1) of all people, drawn by the seed."""
    most = round(share * 2**64)

    def among(person: int) -> bool:
        drawn = blake2b(f"push/{seed}/{person}".encode(), digest_size=8).digest()
        return int.from_bytes(drawn, "big") < most

    return among
