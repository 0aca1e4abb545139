"""Rooms that people talk in: made once, muted before anybody talks, and none where that is not known."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from locustfiles._chat import Chat, Unwatched
from locustfiles._recorder import Recorder
from results.checker.fact import Fact
from results.journal.record import ABSENT, NO_RC, NO_ROWS, Call, Outcome
from simulator.client import Client, Pushed, Request, Response
from simulator.fleet import Fleet
from simulator.phones import Seen

OK = Response(200, {b"im-push-id": b"9"}, b'{"RC":0,"RM":"OK","result":{}}')
BROKEN = Response(500, {}, b"")
ANN, BOB, CAT = 0, 1, 2


class Server:
    """Accepts all but the paths that begin so."""

    def __init__(self, fails: str = "nothing") -> None:
        self.fails = fails
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return BROKEN if request.path.startswith(self.fails) else OK

    @property
    def told(self) -> list[tuple[str, Any]]:
        return [(request.path, orjson.loads(request.body)) for request in self.requests]


class Watched:
    def __init__(self) -> None:
        self.messages: list[tuple[int, int, int]] = []

    def message(self, owner: int, scenario: int, due: int, say: Callable[[str], Pushed], /) -> list[Seen]:
        self.messages.append((owner, scenario, due))
        assert say("with a mark").id == 9
        return [Seen(7, 8, 200)]


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet.create(tmp_path / "fleet", 40, 5)


def chat(fleet: Fleet, server: Server, watcher: Any) -> Chat:  # noqa: ANN401 - whatever watches
    client = Client(server, client_key="c")
    return Chat(fleet, 3, client, lambda person: f"token of {person}".encode(), watcher)


def test_a_room_is_made_and_muted_when_somebody_first_talks_in_it(fleet: Fleet) -> None:
    server, watched = Server(), Watched()
    talk = chat(fleet, server, watched)
    assert talk.say(ANN, BOB, CAT, 4, 11) == [Seen(7, 8, 200)]
    talk.say(ANN, BOB, CAT, 4, 12)
    talk.say(ANN, CAT, BOB, 4, 13)
    ids = [fleet.client_id(person) for person in (ANN, BOB, CAT)]
    first, second = f"pushfleet-{fleet.number}-3-0-1-1", f"pushfleet-{fleet.number}-3-0-2-2"
    message = {"message": "with a mark", "messageType": "text"}
    assert server.told == [
        ("/rooms/createAndJoin", {"_id": first, "invitee": ids[1:]}),
        (f"/me/mute/{first}", {}),
        ("/messages", {"room": first, **message}),
        ("/messages", {"room": first, **message}),
        ("/rooms/createAndJoin", {"_id": second, "invitee": [ids[2], ids[1]]}),
        (f"/me/mute/{second}", {}),
        ("/messages", {"room": second, **message}),
    ]
    whose = [request.headers.partition(b"token of ")[2][:1] for request in server.requests]
    assert whose == [b"0", b"2", b"0", b"0", b"0", b"1", b"0"]
    assert watched.messages == [(BOB, 4, 11), (BOB, 4, 12), (CAT, 4, 13)]


def test_in_a_room_of_two_nobody_has_muted_it(fleet: Fleet) -> None:
    server = Server()
    chat(fleet, server, Watched()).say(ANN, BOB, None, 4, 11)
    assert [path for path, _ in server.told] == ["/rooms/createAndJoin", "/messages"]


@pytest.mark.parametrize(("fails", "calls"), [("/rooms", 1), ("/me/mute", 2)])
def test_nothing_is_said_in_a_room_that_is_not_known_to_be_made_and_muted(
    fleet: Fleet, fails: str, calls: int, caplog: pytest.LogCaptureFixture
) -> None:
    server, watched = Server(fails), Watched()
    talk = chat(fleet, server, watched)
    assert [talk.say(ANN, BOB, CAT, 4, 11), talk.say(ANN, BOB, CAT, 4, 12)] == [[], []]
    assert len(server.requests) == 2 * calls
    assert len({body["_id"] for path, body in server.told if path.startswith("/rooms")}) == 2
    assert watched.messages == []
    assert [record.message for record in caplog.records] == [
        "A chat room could not be made or muted (status 500): nothing is said in it."
    ]


@pytest.mark.parametrize("pushes", [True, False])
def test_without_gateways_a_message_is_a_call_and_a_backend_that_pushes_to_nobody_has_done_with_it(
    fleet: Fleet, *, pushes: bool
) -> None:
    facts: list[Fact] = []
    journal = SimpleNamespace(append=lambda *fields: facts.append(Fact(*fields)))
    environment = SimpleNamespace(events=SimpleNamespace(request=SimpleNamespace(fire=lambda **_: None)))
    recorder = Recorder(journal, environment)  # type: ignore[arg-type]
    assert chat(fleet, Server(), Unwatched(recorder, pushes=pushes)).say(ANN, BOB, CAT, 4, 11) == []
    pushed, *closed = facts
    marked = pushed.sent
    assert pushed == Fact(Call.PUSH, Outcome.OK, 0, 4, 200, NO_ROWS, 0, BOB, 0, marked, 9, 11, marked, pushed.done)
    over = Fact(Call.CLOSED, Outcome.OK, 0, 0, 0, NO_ROWS, NO_RC, BOB, 0, ABSENT, 0, marked, marked, pushed.done)
    assert closed == ([] if pushes else [over])
