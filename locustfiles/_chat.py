"""Rooms that people talk in: each message pushes to one member, and a mute keeps it from another.

The mark of a message names the one whom it is to reach. So where it is delivered for somebody else, who muted the room
or is not in it, that is seen as any push that reached the wrong person.
"""

import logging
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Protocol

from simulator.client import Client, Outcome, Pushed
from simulator.fleet import Fleet
from simulator.phones import Seen

if TYPE_CHECKING:
    from locustfiles._recorder import Recorder

log = logging.getLogger(__name__)

Room = tuple[int, int, int | None]  # who talks, who listens, and who has muted it


class Watcher(Protocol):
    """Whoever sees what a message reaches: `locustfiles._pushes.Pushes`."""

    def message(self, owner: int, scenario: int, due: int, say: Callable[[str], Pushed], /) -> list[Seen]:
        """Have something said that bears the mark of a push to `owner`, and wait for what it reaches, within bounds."""
        ...


class Unwatched:
    """Where there are no gateways: a message is a call like others, and nobody sees what it reaches."""

    def __init__(self, recorder: "Recorder", *, pushes: bool) -> None:
        """`pushes`: whether the deployment may push all the same, to providers that nobody here knows."""
        self._recorder = recorder
        self._pushes = pushes

    def message(self, owner: int, scenario: int, due: int, say: Callable[[str], Pushed], /) -> list[Seen]:
        """Have it said."""
        pushed = say("pushfleet")
        sent = pushed.answer.sent
        self._recorder.push(owner, sent, scenario, due, pushed)
        if not self._pushes:
            self._recorder.unreached(owner, sent, pushed.answer.done)
        return []


class Chat:
    """`simulator.phones.Chat`: the rooms of one worker, each made when somebody first talks in it."""

    def __init__(
        self, fleet: Fleet, run: int, client: Client, client_token: Callable[[int], bytes], watcher: Watcher
    ) -> None:
        self._fleet = fleet
        self._run = run
        self._client = client
        self._client_token = client_token
        self._watcher = watcher
        self._rooms: dict[Room, str] = {}
        self._numbers = count(1)
        self._told = False

    def say(self, sender: int, receiver: int, muted: int | None, scenario: int, due: int, /) -> list[Seen]:
        """`simulator.phones.Chat.say`."""
        room = self._room((sender, receiver, muted))
        if room is None:
            return []
        token = self._client_token(sender)
        return self._watcher.message(receiver, scenario, due, lambda text: self._client.say(token, room, text))

    def _room(self, people: Room) -> str | None:
        """The room of these people; None if it could not be made. One that is not known to be muted is none."""
        if people not in self._rooms:
            sender, receiver, muted = people
            # A number of its own for each attempt: one that got no answer may have made its room.
            room = f"pushfleet-{self._fleet.number}-{self._run}-{sender}-{receiver}-{next(self._numbers)}"
            invited = [self._fleet.client_id(person) for person in (receiver, muted) if person is not None]
            answers = [self._client.make_room(self._client_token(sender), room, invited)]
            if answers[0].outcome is Outcome.OK and muted is not None:
                answers.append(self._client.mute(self._client_token(muted), room))
            if answers[-1].outcome is not Outcome.OK:
                self._complain(answers[-1].status)
                return None
            self._rooms[people] = room
        return self._rooms[people]

    def _complain(self, status: int) -> None:
        if not self._told:
            log.warning("A chat room could not be made or muted (status %d): nothing is said in it.", status)
        self._told = True
