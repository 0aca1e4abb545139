"""What each provider's client makes of an attempt, against the gateways."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from simulator.backend.push.apns import ApnsSender, message_of
from simulator.backend.push.fcm import FcmSender, outcome_of
from simulator.backend.push.outcome import BUSY, DEAD, DELIVERED, REFUSED, Fate, Outcome, by_status, seconds
from simulator.backend.push.providers import Providers
from simulator.backend.push.sender import Sender
from simulator.backend.push.web import WebSender
from simulator.backend.pusher import Payload, Subscription
from simulator.fleet import Fleet
from simulator.gateways.process import Gateways
from simulator.tokens import PushType
from simulator.tokens.mark import Mark
from tests.interop.world import World

KINDS = (PushType.IOS, PushType.IOS_VOIP, PushType.FCM, PushType.ANDROID, PushType.WEB)
PATIENCE = 60.0  # seconds: a bound on a test that hangs, no measure of anything
HELLO = Payload(alert="Hello")

Start = Callable[..., World]


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts gateways, or finds those that were started with the same options."""
    fleet = Fleet.create(tmp_path_factory.mktemp("senders") / "fleet", devices=1000, seed=1)
    started, unused = dict[str, World](), iter(range(fleet.devices))
    with ExitStack() as stack:

        def find(**options: Any) -> World:  # noqa: ANN401 - those of Gateways.start
            name = repr(options)
            if name not in started:
                folder = tmp_path_factory.mktemp("gateways")
                gateways = Gateways.start(folder, fleet=fleet.directory, stale_seconds=0.0, **options)
                started[name] = World(stack.enter_context(gateways), fleet, unused)
            return started[name]

        yield find


def sender(kind: PushType, world: World) -> Sender:
    """The client for a type, to be made in a running loop."""
    if kind in (PushType.IOS, PushType.IOS_VOIP):
        return ApnsSender(Providers.read(world.gateways.file))
    return (WebSender if kind is PushType.WEB else FcmSender)(Providers.read(world.gateways.file))


def attempt(kind: PushType, world: World, token: str, *payloads: Payload) -> list[Outcome]:
    async def run() -> list[Outcome]:
        client = sender(kind, world)
        try:
            async with asyncio.timeout(PATIENCE):
                asked = Subscription(kind.wire, "d", "ann", token, 0)
                return [await client.send(asked, payload) for payload in payloads or (HELLO,)]
        finally:
            await client.close()

    return asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_is_delivered(kind: PushType, start: Start) -> None:
    world = start()
    assert attempt(kind, world, world.device(kind).token()) == [DELIVERED]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("throttle=1:7", Outcome(Fate.BUSY, retry_after=7.0)),
        ("unavailable=1:7", Outcome(Fate.BUSY, retry_after=7.0)),
        ("error=1", BUSY),
        ("goaway=1", BUSY),
    ],
)
def test_a_provider_in_trouble_is_busy_for_as_long_as_it_says(
    kind: PushType, fault: str, outcome: Outcome, start: Start
) -> None:
    world = start(front="faulty", faults=(fault,))
    assert attempt(kind, world, world.device(kind).token()) == [outcome]


@pytest.mark.parametrize("kind", KINDS)
def test_a_reset_push_is_given_up_at_once(kind: PushType, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    # Neither of these bounds is to help.
    monkeypatch.setattr("simulator.backend.push.apns._SECONDS", 10 * PATIENCE)
    monkeypatch.setattr("aioapns.connection.APNsBaseClientProtocol.INACTIVITY_TIME", 10 * PATIENCE)
    world = start(front="faulty", faults=("reset=1",))
    assert attempt(kind, world, world.device(kind).token()) == [BUSY]


@pytest.mark.parametrize("kind", KINDS)
def test_a_dead_token_is_told_with_the_moment_of_its_death_where_the_provider_says(
    kind: PushType, start: Start
) -> None:
    world, began = start(), int(time.time() * 1000)
    device = world.device(kind)
    dead = device.token()
    device.rotate()
    (outcome,) = attempt(kind, world, dead)
    if kind in (PushType.IOS, PushType.IOS_VOIP):
        assert outcome.dead_since is not None
        assert began <= outcome.dead_since <= time.time() * 1000
    assert outcome._replace(dead_since=None) == DEAD


@pytest.mark.parametrize("kind", KINDS)
def test_a_payload_that_is_too_long_does_not_kill_the_token(kind: PushType, start: Start) -> None:
    world = start()
    long = Payload(title="x" * 4096, body="x" * 4096)
    assert attempt(kind, world, world.device(kind).token(), long, HELLO) == [REFUSED, DELIVERED]


def test_an_answer_that_comes_too_late_costs_no_other_push_its_connection(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = start(front="faulty", faults=("slow=1:0.5",))
    asked = Subscription("ios", "d", "ann", world.device(PushType.IOS).token(), 0)

    async def run() -> None:
        client = ApnsSender(Providers.read(world.gateways.file))
        # The first push is for connecting, the second is given up, and the third goes out while that is not answered.
        assert await client.send(asked, HELLO) == DELIVERED
        connections = list(client._client.pool.connections)
        monkeypatch.setattr("simulator.backend.push.apns._SECONDS", 0.01)
        assert await client.send(asked, HELLO) == BUSY
        monkeypatch.setattr("simulator.backend.push.apns._SECONDS", PATIENCE)
        assert await client.send(asked, HELLO) == DELIVERED
        assert client._client.pool.connections == connections
        await client.close()

    asyncio.run(run())


@pytest.mark.parametrize("kind", [PushType.IOS, PushType.FCM, PushType.WEB])
def test_no_answer_is_lost_where_connections_go_away(kind: PushType, start: Start) -> None:
    # A push whose answer is lost is sent again, and is delivered twice.
    world = start(front="faulty", faults=("goaway=0.05", "error=0.05", "slow=0.05:0.01"))
    world.begin()
    asked = Subscription(kind.wire, "d", "ann", world.device(kind).token(), 0)
    outcomes = dict[int, Outcome]()

    async def send(client: Sender, numbers: Iterator[int]) -> None:
        for number in numbers:
            outcomes[number] = await client.send(asked, Payload(title=Mark(world.fleet.number, 1, number).text))

    async def run() -> None:
        client, numbers = sender(kind, world), iter(range(1, 601))
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(send(client, numbers) for _ in range(30)))
        await client.close()

    asyncio.run(run())
    delivered = [int(one["sent"]) for one in world.deliveries() if one["status"] in (200, 201)]
    assert sorted(delivered) == sorted(number for number, outcome in outcomes.items() if outcome == DELIVERED)
    assert 60 < len(delivered) < 600  # whoever else is on a connection that goes away has to try again


FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
TOKEN_ERROR = {"@type": FCM_ERROR, "errorCode": "INVALID_ARGUMENT"}
FIELD_ERROR = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "message.data"}]}


@pytest.mark.parametrize(
    ("status", "details", "outcome"),
    [
        (200, None, DELIVERED),
        (404, [{"@type": FCM_ERROR, "errorCode": "UNREGISTERED"}], DEAD),
        (400, [TOKEN_ERROR], DEAD),
        (400, [FIELD_ERROR], REFUSED),
        (400, [TOKEN_ERROR, FIELD_ERROR], REFUSED),
        (403, [{"@type": FCM_ERROR, "errorCode": "SENDER_ID_MISMATCH"}], REFUSED),
        (404, [], REFUSED),  # of the project
        (400, None, REFUSED),
        (400, "details", REFUSED),
    ],
)
def test_fcm_condemns_a_token_only_where_no_field_is_to_blame(status: int, details: object, outcome: Outcome) -> None:
    body = {} if details is None else {"error": {"details": details}}
    assert outcome_of(status, None, json.dumps(body).encode()) == outcome


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (201, None, DELIVERED),
        (400, "9", REFUSED),
        (403, None, REFUSED),
        (429, "9", Outcome(Fate.BUSY, retry_after=9.0)),
        (503, None, BUSY),
    ],
)
def test_a_status_alone_says_whether_to_come_again(status: int, said: str | None, outcome: Outcome) -> None:
    assert by_status(status, said) == outcome


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        (None, None),
        ("0", 0.0),
        (" 120 ", 120.0),
        ("9" * 400, float("inf")),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0.0),
        ("-1", None),
        ("1.5", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", None),
    ],
)
def test_a_retry_after_is_seconds_a_date_or_nothing(said: str | None, wait: float | None) -> None:
    assert seconds(said) == wait


KEYED = {"loc-key": "k", "loc-args": ["a"]}


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (Payload(), {"aps": {}}),
        (
            Payload(alert="Hi", badge=0, sound="s", topic="t", type="x"),
            {
                "aps": {"alert": "Hi", "badge": 0, "sound": "s", "thread-id": "t"},
                "type": "x",
            },
        ),
        (Payload(body="Hi"), {"aps": {"alert": "Hi"}}),
        (Payload(title="T"), {"aps": {"alert": {"title": "T"}}}),
        (Payload(title="T", body="b", alert="Hi"), {"aps": {"alert": {"title": "T", "body": "Hi"}}}),
        (Payload(alert=KEYED), {"aps": {"alert": KEYED}}),
        (Payload(title="T", alert=KEYED), {"aps": {"alert": {"title": "T", **KEYED}}}),
    ],
)
def test_a_payload_is_what_apns_takes(payload: Payload, message: dict[str, Any]) -> None:
    assert message_of(payload) == message
