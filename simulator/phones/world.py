"""What phones need from outside, passed in, so that a scenario runs unchanged in a load test and in a unit test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from random import Random
from typing import NamedTuple, Protocol

from simulator.client import Answer, Refusal
from simulator.errors import UsageError
from simulator.fleet import Fleet
from simulator.tokens import PushType


class Kind(IntEnum):
    """The API calls a scenario can make; the numbers are the journal's."""

    SUBSCRIBE = 0
    UNSUBSCRIBE = 1


class Operation(NamedTuple):
    """One API call and its outcome, as handed to `World.observe`."""

    kind: Kind
    type: PushType
    scenario: int  # the number of the scenario, as the run counts them
    owner: int
    register: int  # device << 24 | install << 8 | type
    value: int  # run << 20 | generation, or -1: an unsubscribe writes absence
    intended: int  # monotonic ns: when it was due
    answer: Answer


class Api(Protocol):
    """The calls of the API under test; each is sent once and its answer is final."""

    def subscribe(self, client_token: bytes, type_wire: str, token: str, device_id: str, /) -> Answer:
        """`POST /me/subscribe`."""
        ...

    def unsubscribe(self, client_token: bytes, type_wire: str, device_id: str, /) -> Answer:
        """`POST /me/unsubscribe`."""
        ...

    def wrong_subscribe(self, client_token: bytes, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        """A subscribe with exactly these fields, which is wrong on purpose and is due to be refused so."""
        ...

    def wrong_unsubscribe(self, client_token: bytes, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        """As `wrong_subscribe`."""
        ...


class Seen(NamedTuple):
    """One token that a push reached, as the gateways tell it."""

    register: int  # the slot it was pushed for; 0: none that can be told
    value: int  # run << 20 | generation; below 0: no token that was minted
    status: int  # what the provider answered, 0: nothing


class Pushes(Protocol):
    """Pushing to people, in a run that has the gateways to see the deliveries."""

    def push(self, owner: int, scenario: int, due: int, /) -> list[Seen]:
        """Push to a person, due at `due` (monotonic ns), and wait until it is known whom that reached, within bounds.

        A push that was refused, or is not known to be over in time, returns what was seen of it until then.
        """
        ...


class Chat(Protocol):
    """Rooms that people talk in."""

    def say(self, sender: int, receiver: int, muted: int | None, scenario: int, due: int, /) -> list[Seen]:
        """`sender` says something, due at `due` (monotonic ns), in a room with `receiver` and `muted`, who muted it.

        What that is seen to reach within bounds; nothing where there are no gateways to see it, or there is no room.
        """
        ...


class Platform(Protocol):
    """The calls that a platform's backend makes with its API key, in its clients' names."""

    def may_call(self) -> bool:
        """Whether the limit of the API key leaves room for a call now; if so, it is taken."""
        ...

    def subscribe(self, client_id: str, type_wire: str, token: str, device_id: str, /) -> Answer:
        """`POST /me/subscribe` with a clientId."""
        ...


def _no_session(person: int) -> bytes:
    raise UsageError(f"person {person} has no session that has ended")


def _no_chances(device: int, scenario: int) -> Random:
    raise UsageError(f"device {device} has nothing to draw its choices from, in scenario number {scenario}")


def _patiently(_: float, call: Callable[[], Answer]) -> Answer | None:
    return call()


@dataclass(slots=True)
class World:
    """What phones share."""

    fleet: Fleet
    run: int  # of the fleet; part of every token minted now
    api: Api
    client_token: Callable[[int], bytes]  # person → the token they are logged in with
    observe: Callable[[Operation], None]
    together: Callable[[list[Callable[[], object]]], None]  # start all at the same moment, wait for all
    clock: Callable[[], int]  # monotonic ns
    hand_on: Callable[[int, int], bool]  # make a device another person's; False if that person is busy
    pushes: Pushes | None = None  # None: nobody would see the deliveries
    platform: Platform | None = None  # None: there is no API key
    chat: Chat | None = None
    ended_session: Callable[[int], bytes] = _no_session  # person → a client token that is not good any more
    within: Callable[[float, Callable[[], Answer]], Answer | None] = _patiently  # seconds; None: given up in mid-call
    chances: Callable[[int, int], Random] = _no_chances  # (device, scenario) → what the life that begins draws from
