"""firebase-admin 7, Google's own client of FCM, synchronous and asynchronous."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import firebase_admin
import pytest
from firebase_admin import credentials, exceptions, messaging

from simulator.tokens import Provenance, PushType, mint
from tests.interop.conftest import RUN, World

# What google's packages warn of at import, under the Python and protobuf of today.
pytestmark = pytest.mark.filterwarnings("ignore")


def app_of(ready: dict[str, Any], account: str, monkeypatch: pytest.MonkeyPatch) -> firebase_admin.App:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ready["certificate_authority"])
    monkeypatch.setenv("SSL_CERT_FILE", ready["certificate_authority"])
    url = f"{ready['fcm']['url']}/v1/projects/{{0}}/messages:send"
    monkeypatch.setattr(messaging._MessagingService, "FCM_URL", url)
    return firebase_admin.initialize_app(credentials.Certificate(ready["fcm"][account]), name=f"{account} {url}")


@pytest.fixture
def app(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[firebase_admin.App]:
    made = app_of(world.ready, "service_account", monkeypatch)
    yield made
    with suppress(RuntimeError):  # it closes its asynchronous client on a loop that asyncio.run has closed by then
        firebase_admin.delete_app(made)
    del made
    gc.collect()  # what it leaves open is warned of here, where it is ignored, and not in a later test


def message(token: str) -> messaging.Message:
    return messaging.Message(token=token, notification=messaging.Notification(title="Hello"))


@pytest.mark.parametrize("form", ["fcm-163", "fcm-142"])
def test_a_message_is_delivered(world: World, app: firebase_admin.App, form: str) -> None:
    name = messaging.send(message(world.token(PushType.FCM, form=form)), app=app)
    assert name.startswith(f"projects/{world.ready['fcm']['project_id']}/messages/")
    assert world.last() == (world.device(PushType.FCM) << 24 | 4, RUN | 2, 200)


def test_messages_are_delivered_asynchronously(world: World, app: firebase_admin.App) -> None:
    tokens = [world.token(PushType.FCM, nth, form="fcm-163") for nth in range(5)]
    batch = asyncio.run(messaging.send_each_async([message(token) for token in tokens], app=app))
    assert [answer.success for answer in batch.responses] == [True] * 5


def test_a_dead_token_is_unregistered(world: World, app: firebase_admin.App) -> None:
    with pytest.raises(messaging.UnregisteredError):
        messaging.send(message(world.token(PushType.FCM, generation=1, form="fcm-163")), app=app)


def test_a_token_that_nobody_has_is_an_invalid_argument(app: firebase_admin.App) -> None:
    with pytest.raises(exceptions.InvalidArgumentError):
        messaging.send(message("c" * 22 + ":APA91b" + "E" * 134), app=app)


def test_somebody_elses_project_is_a_sender_id_mismatch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    other = app_of(world.ready, "other_service_account", monkeypatch)
    try:
        with pytest.raises(messaging.SenderIdMismatchError):
            messaging.send(message(world.token(PushType.FCM, form="fcm-163")), app=other)
    finally:
        firebase_admin.delete_app(other)


def test_an_exceeded_quota_is_told(throttled: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    limited = app_of(throttled, "service_account", monkeypatch)
    try:
        with pytest.raises(messaging.QuotaExceededError):
            messaging.send(message(mint(Provenance(1, 1, 1, 0, PushType.FCM, 1), form="fcm-163")), app=limited)
    finally:
        firebase_admin.delete_app(limited)
