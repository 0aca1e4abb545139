"""firebase-admin 7, Google's own client of FCM: synchronous over requests, asynchronous over httpx."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import firebase_admin
import pytest
from firebase_admin import credentials, exceptions, messaging
from google.auth.exceptions import RefreshError

from simulator.gateways.delivery import Topic
from simulator.tokens import PushType
from simulator.tokens.mark import Mark
from tests.interop.closed import Watch
from tests.interop.world import Device, World, address

# Google would rather have installation ids; phones still hand out tokens.
pytestmark = pytest.mark.filterwarnings("ignore:Message.token is deprecated:DeprecationWarning")

# What became of each message: its exception, or None.
Send = Callable[..., list[exceptions.FirebaseError | None]]


@contextmanager
def app(
    world: World, patch: pytest.MonkeyPatch, account: str = "service_account", **options: str
) -> Iterator[firebase_admin.App]:
    fcm = world.ready["fcm"]
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        patch.setenv(name, world.ready["certificate_authority"])
    patch.setattr(messaging._MessagingService, "FCM_URL", f"{fcm['url']}/v1/projects/{{0}}/messages:send")
    certificate = credentials.Certificate(fcm.get(account, account))
    bound(certificate)
    made = firebase_admin.initialize_app(certificate, {"httpTimeout": 60, **options}, name=account)
    try:
        yield made
    finally:
        messaging._get_messaging_service(made)._client.close()
        firebase_admin.delete_app(made)


def bound(certificate: credentials.Certificate) -> None:
    """Tell google-auth in which regions the account may be used, as gcloud does: nowhere in particular.

    Since 2.55 it asks iamcredentials.googleapis.com otherwise, from a thread of its own, whatever the account's file
    says, and has no option against it (google-cloud-python issue 17653).
    """
    tomorrow = datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1)  # without a zone, as google-auth has it
    certificate.get_credential()._set_regional_access_boundary({"encodedLocations": "0x0", "expiry": tomorrow})


def sent(messages: Sequence[messaging.Message], app: firebase_admin.App) -> list[exceptions.FirebaseError | None]:
    found: list[exceptions.FirebaseError | None] = []
    for message in messages:
        try:
            assert messaging.send(message, app=app).startswith(f"projects/{app.project_id}/messages/")
        except exceptions.FirebaseError as error:
            found.append(error)
        else:
            found.append(None)
    return found


def sent_together(messages: Sequence[messaging.Message], app: firebase_admin.App) -> list[Exception | None]:
    return [answer.exception for answer in messaging.send_each(list(messages), app=app).responses]


def sent_asynchronously(messages: Sequence[messaging.Message], app: firebase_admin.App) -> list[Exception | None]:
    async def run() -> list[Exception | None]:
        try:
            batch = await messaging.send_each_async(list(messages), app=app)
        finally:
            # Here, as delete_app closes it on a loop that it was never used on.
            await messaging._get_messaging_service(app)._async_client.aclose()
        return [answer.exception for answer in batch.responses]

    return asyncio.run(run())


@pytest.fixture(params=[sent, sent_together, sent_asynchronously], ids=["send", "send_each", "send_each_async"])
def send(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Sends messages to tokens, or (message, …) as given, in each of the client's ways."""

    def run(world: World, *messages: messaging.Message | str, account: str = "service_account", **options: str) -> Any:  # noqa: ANN401 - as above
        with app(world, monkeypatch, account, **options) as made:
            return request.param([message(one) if isinstance(one, str) else one for one in messages], made)

    return run


def message(token: str, text: str = "Hello") -> messaging.Message:
    return messaging.Message(token=token, notification=messaging.Notification(title=text))


def dead(phone: Device, form: str = "fcm-163") -> str:
    token = phone.token(form)
    phone.rotate()
    return token


def details(error: exceptions.FirebaseError | None) -> list[str]:
    """What Google's error is about: the token (FcmError), or another field (BadRequest)."""
    assert error is not None
    assert error.http_response is not None
    found = error.http_response.json()["error"].get("details", [])
    return [detail["@type"].rpartition(".")[2] for detail in found]


@pytest.mark.parametrize(
    ("kind", "form"),
    [("FCM", "fcm-163"), ("FCM", "fcm-142"), ("ANDROID", "fcm-163"), ("ANDROID", "gcm-140"), ("ANDROID", "gcm-162")],
)
def test_a_message_is_delivered(world: World, send: Send, closed: Watch, kind: str, form: str) -> None:
    phone = world.device(PushType[kind])
    assert send(world, phone.token(form)) == [None]
    assert world.seen() == [phone.seen(Topic.MESSAGE)]
    assert address(world.ready["fcm"]["url"]) in closed.connected


def test_a_message_to_an_installation_id_is_delivered(world: World, send: Send) -> None:
    phone = world.device(PushType.FCM)
    fid = phone.token("fid")
    assert send(world, messaging.Message(fid=fid, data={"text": "Hello"})) == [None]
    assert (len(fid), world.seen()) == (22, [phone.seen(Topic.MESSAGE)])


def test_many_messages_are_each_delivered_once(world: World, send: Send) -> None:
    phones = [world.device(PushType.FCM) for _ in range(20)]
    assert send(world, *(phone.token("fcm-163") for phone in phones)) == [None] * 20
    assert sorted(world.seen()) == sorted(phone.seen(Topic.MESSAGE) for phone in phones)


def test_what_a_message_says_arrives(world: World, send: Send) -> None:
    mark = Mark(world.fleet.number, 7, 12345)
    assert send(world, message(world.device(PushType.FCM).token("fcm-163"), mark.text)) == [None]
    assert world.marks() == [mark]


def test_a_dead_token_is_unregistered_and_the_others_are_delivered(world: World, send: Send) -> None:
    phone, old = world.device(PushType.FCM), world.device(PushType.FCM)
    alive, error = send(world, phone.token("fcm-163"), dead(old))
    assert (alive, type(error), details(error)) == (None, messaging.UnregisteredError, ["FcmError"])
    expected = [phone.seen(Topic.MESSAGE), old.seen(Topic.MESSAGE, 404, "UNREGISTERED", behind=1)]
    assert sorted(world.seen()) == sorted(expected)


def test_a_dead_installation_id_is_unregistered(world: World, send: Send) -> None:
    [error] = send(world, messaging.Message(fid=dead(world.device(PushType.FCM), "fid")))
    assert type(error) is messaging.UnregisteredError


def test_a_dead_token_is_delivered_to_until_google_notices(late: World, send: Send) -> None:
    token, answers, until = dead(late.device(PushType.FCM)), list[object](), time.monotonic() + 60
    while (not answers or answers[-1] is type(None)) and time.monotonic() < until:
        answers.append(type(send(late, token)[0]))
    assert (set(answers[:-1]), answers[-1]) == ({type(None)}, messaging.UnregisteredError)


def test_a_token_that_was_never_handed_out_is_an_invalid_argument(world: World, send: Send) -> None:
    tokens = ["c" * 22 + ":APA91b" + "E" * 134, "made up", world.device(PushType.FCM).token("fcm-163", ahead=1)]
    errors = send(world, *tokens)
    assert [type(error) for error in errors] == [exceptions.InvalidArgumentError] * 3
    assert [details(error) for error in errors] == [["FcmError"]] * 3


def test_a_message_that_is_too_big_is_an_invalid_argument_that_is_not_the_tokens(world: World, send: Send) -> None:
    [error] = send(world, message(world.device(PushType.FCM).token("fcm-163"), "x" * 5000))
    assert (type(error), details(error)) == (exceptions.InvalidArgumentError, ["BadRequest"])


def test_somebody_elses_account_is_a_sender_id_mismatch(world: World, send: Send) -> None:
    phone = world.device(PushType.FCM)
    [error] = send(world, phone.token("fcm-163"), account="other_service_account")
    assert (type(error), details(error)) == (messaging.SenderIdMismatchError, ["FcmError"])
    assert world.seen() == [phone.seen(Topic.MESSAGE, 403, "SENDER_ID_MISMATCH")]


def test_somebody_elses_project_is_denied(world: World, send: Send) -> None:
    [error] = send(world, world.device(PushType.FCM).token("fcm-163"), projectId="somebody-elses")
    assert (type(error), details(error)) == (exceptions.PermissionDeniedError, [])


def test_an_account_that_is_signed_for_with_another_key_gets_no_access_token(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fcm, forged = world.ready["fcm"], tmp_path / "forged.json"
    ours, other = (json.loads(Path(fcm[name]).read_text()) for name in ("service_account", "other_service_account"))
    forged.write_text(json.dumps({**ours, "private_key": other["private_key"]}))
    with app(world, monkeypatch, str(forged)) as made, pytest.raises(RefreshError, match="invalid_grant"):
        messaging.send(message(world.device(PushType.FCM).token("fcm-163")), app=made)


def test_a_dry_run_is_judged_and_nobody_gets_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = world.device(PushType.FCM)
    with app(world, monkeypatch) as made:
        assert messaging.send(message(phone.token("fcm-163")), dry_run=True, app=made)
        with pytest.raises(messaging.UnregisteredError):
            messaging.send(message(dead(phone)), dry_run=True, app=made)
    assert world.seen() == []


def test_google_is_asked_in_which_regions_an_account_may_be_used_unless_that_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch, closed: Watch
) -> None:
    with app(world, monkeypatch) as made:
        untold = made.credential.get_credential()
        untold._set_regional_access_boundary({})
        untold._set_blocking_regional_access_boundary_lookup()  # here, and not in a thread that outlives the watch
        assert messaging.send(message(world.device(PushType.FCM).token("fcm-163")), app=made)
    assert set(closed.refused()) == {"look up iamcredentials.googleapis.com"}


def test_an_exceeded_quota_is_told(throttled: World, send: Send) -> None:
    phone = throttled.device(PushType.FCM)
    [error] = send(throttled, phone.token("fcm-163"))
    assert (type(error), details(error)) == (messaging.QuotaExceededError, ["FcmError"])
    assert set(throttled.seen()) == {phone.seen(Topic.MESSAGE, 429, "QUOTA_EXCEEDED")}


def test_unavailable_is_told_after_as_many_attempts_as_google_has_it(
    unavailable: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = unavailable.device(PushType.FCM)
    with app(unavailable, monkeypatch) as made:
        [error] = sent([message(phone.token("fcm-163"))], made)
    assert type(error) is exceptions.UnavailableError
    assert unavailable.seen() == [phone.seen(Topic.MESSAGE, 503, "UNAVAILABLE")] * 5
    received = unavailable.deliveries()["received"].tolist()
    assert all(later - earlier > 0.9e9 for earlier, later in pairwise(received))
