"""A world to play scenarios in: a small fleet, and a correct backend in memory."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from simulator.client import Answer, Fault, Outcome, Refusal
from simulator.fleet import Fleet
from simulator.phones import Kind, Operation, Phone, Seen, World

START = 1_000


def ticking() -> Callable[[], int]:
    """A clock that moves on by 5 ns whenever it is read."""
    return itertools.count(START, 5).__next__


@dataclass
class Backend:
    """What `POST /me/subscribe` and `/me/unsubscribe` do, without the network."""

    clock: Callable[[], int] = field(default_factory=ticking)
    subscriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    owners: dict[tuple[str, str], bytes] = field(default_factory=dict)
    calls: list[tuple[str, ...]] = field(default_factory=list)
    accepts: bool = False  # what is due to be refused, and does nothing with it

    def subscribe(self, client_token: bytes, type_wire: str, token: str, device_id: str, /) -> Answer:
        began = self.clock()
        self.calls.append(("subscribe", type_wire, device_id, token, client_token.decode()))
        self.subscriptions[type_wire, device_id] = token
        self.owners[type_wire, device_id] = client_token
        return Answer(Outcome.OK, Fault.NONE, 200, 0, -1, began, self.clock())

    def wrong_subscribe(self, client_token: bytes, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        return self._refused("wrong subscribe", client_token, fields, expect)

    def wrong_unsubscribe(self, client_token: bytes, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        return self._refused("wrong unsubscribe", client_token, fields, expect)

    def _refused(self, call: str, client_token: bytes, fields: Mapping[str, object], expect: Refusal) -> Answer:
        began = self.clock()
        self.calls.append((call, str(fields.get("type")), str(fields.get("deviceId")), client_token.decode()))
        if self.accepts:
            return Answer(Outcome.OK, Fault.BREACH_STATUS, 200, 0, -1, began, self.clock())
        return Answer(Outcome.FAIL, Fault.NONE, expect.status, expect.status, -1, began, self.clock())

    def unsubscribe(self, client_token: bytes, type_wire: str, device_id: str, /) -> Answer:
        began = self.clock()
        self.calls.append(("unsubscribe", type_wire, device_id, client_token.decode()))
        mine = self.owners.get((type_wire, device_id)) == client_token
        rows = int(mine and self.subscriptions.pop((type_wire, device_id), None) is not None)
        return Answer(Outcome.OK, Fault.NONE, 200, 0, rows, began, self.clock())


@dataclass
class Gateways:
    """Pushes that reach whatever the tests put there, and who was pushed to by which scenario, due when."""

    reached: list[Seen] = field(default_factory=list)
    pushed: list[tuple[int, int, int]] = field(default_factory=list)

    def push(self, owner: int, scenario: int, due: int, /) -> list[Seen]:
        self.pushed.append((owner, scenario, due))
        return self.reached


@dataclass
class Platform:
    """A platform's backend that may call so many times: its calls are the backend's, in a client's name."""

    backend: Backend
    calls: int = 10**6
    registered: list[str] = field(default_factory=list)  # clientIds

    def may_call(self) -> bool:
        self.calls -= 1
        return self.calls >= 0

    def subscribe(self, client_id: str, type_wire: str, token: str, device_id: str, /) -> Answer:
        self.registered.append(client_id)
        return self.backend.subscribe(b"platform", type_wire, token, device_id)


@dataclass
class Chat:
    """Who said something, to whom, and who had muted it."""

    said: list[tuple[int, int, int | None, int, int]] = field(default_factory=list)

    def say(self, sender: int, receiver: int, muted: int | None, scenario: int, due: int, /) -> list[Seen]:
        self.said.append((sender, receiver, muted, scenario, due))
        return []


def in_turn(calls: list[Callable[[], object]]) -> None:
    """Do them one after the other: the fake's idea of at once."""
    for call in calls:
        call()


@dataclass
class Stage:
    """The fleet, the backend, and everything that was observed."""

    fleet: Fleet
    backend: Backend = field(default_factory=Backend)
    observed: list[Operation] = field(default_factory=list)
    gateways: Gateways = field(default_factory=Gateways)
    chat: Chat = field(default_factory=Chat)
    together: Callable[[list[Callable[[], object]]], None] = in_turn

    def __post_init__(self) -> None:
        self.platform = Platform(self.backend)
        self.world = World(
            fleet=self.fleet,
            run=self.fleet.begin_run(),
            api=self.backend,
            client_token=lambda person: f"token of {person}".encode(),
            observe=self.observed.append,
            together=self.together,
            clock=self.backend.clock,
            hand_on=self.hand_on,
            pushes=self.gateways,
            platform=self.platform,
            chat=self.chat,
            ended_session=lambda person: f"ended session of {person}".encode(),
        )

    def hand_on(self, device: int, person: int) -> bool:
        self.fleet.state["owner"][device] = person
        return True

    def phone(self, device: int = 0, seed: int | Random = 1) -> Phone:
        """A phone picked up by somebody who arrived at START; `seed` is that of their choices, or draws them."""
        rng = seed if isinstance(seed, Random) else Random(seed)
        return Phone(self.world, device, scenario=3, due=START, rng=rng)

    def expected_subscriptions(self) -> dict[tuple[str, str], str]:
        """What the backend must hold: by every register's last operation."""
        held: dict[tuple[str, str], str] = {}
        owner: dict[tuple[str, str], int] = {}
        for operation, call in zip(self.observed, self.backend.calls, strict=True):
            if operation.answer.outcome is Outcome.FAIL:
                continue
            if operation.kind is Kind.SUBSCRIBE:
                held[call[1], call[2]] = call[3]
                owner[call[1], call[2]] = operation.owner
            elif owner.get((call[1], call[2])) == operation.owner:
                held.pop((call[1], call[2]), None)
        return held
