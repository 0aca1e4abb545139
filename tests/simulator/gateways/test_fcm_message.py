"""Google's transcoding knows each field of a message and its kind, and refuses all others, whatever the token."""

from typing import Any

import pytest

from simulator.gateways.fcm_message import violations
from simulator.gateways.fcm_refusal import Violation


def found(**message: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - whatever JSON may hold
    return [(field, text) for field, text in violations({"message": {"token": "x", **message}})]


RIGHT: list[dict[str, Any]] = [
    {},
    {"notification": {"title": "Hello", "body": "World", "image": "https://example.com/a.png"}},
    {"data": {"a": "1", "b": ""}, "fcm_options": {"analytics_label": "a"}, "name": "x"},
    {"data": None, "notification": None, "android": None},
    {"android": {"priority": "high", "ttl": "3600s", "collapse_key": "k", "direct_boot_ok": True}},
    {"android": {"priority": "NORMAL", "ttl": "0.5s", "restricted_package_name": "com.example", "data": {"a": "1"}}},
    {"android": {"collapseKey": "k", "fcmOptions": {"analyticsLabel": "a"}, "notification": {"bodyLocKey": "k"}}},
    {"android": {"notification": {"body_loc_args": ["a", "b"], "notification_count": 5, "sticky": False}}},
    {"android": {"notification": {"notification_count": "5", "visibility": "private", "proxy": "ALLOW"}}},
    {"android": {"notification": {"event_time": "2026-11-24T12:00:00.5Z", "vibrate_timings": ["0.1s", "1s"]}}},
    {"android": {"notification": {"light_settings": {"color": {"red": 0.5, "alpha": 1}, "light_on_duration": "1s"}}}},
    {"android": {"notification": {"notification_priority": "PRIORITY_MAX"}}},
    {"apns": {"headers": {"apns-priority": "10"}, "payload": {"aps": {"badge": 1}, "own": [1]}}},
    {"webpush": {"headers": {"TTL": "5"}, "notification": {"any": [1]}, "fcm_options": {"link": "https://a.b"}}},
    {"data": {"text": "x" * 4092}},
    {"data": {"fro": "1", "message_types": "2"}},
    {"android": {"ttl": "2419200s"}},
]


@pytest.mark.parametrize("message", RIGHT)
def test_a_message_of_known_fields_is_good(message: dict[str, Any]) -> None:
    assert found(**message) == []


def unknown(name: str, where: str) -> tuple[str, str]:
    return where, f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field."


PRIORITY = "type.googleapis.com/google.firebase.fcm.v1.AndroidMessagePriority"
WRONG: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"dada": {}}, unknown("dada", "message")),
    ({"notification": {"sound": "x"}}, unknown("sound", "message.notification")),
    ({"android": {"time_to_live": 5}}, unknown("time_to_live", "message.android")),
    ({"android": {"notification": {"badge": 1}}}, unknown("badge", "message.android.notification")),
    ({"apns": {"aps": {}}}, unknown("aps", "message.apns")),
    ({"token": 5}, ("message.token", "Invalid value at 'message.token' (TYPE_STRING), 5")),
    (
        {"data": {"a": "1", "n": 12}},
        ("message.data[1].value", "Invalid value at 'message.data[1].value' (TYPE_STRING), 12"),
    ),
    ({"data": {"n": None}}, ("message.data[0].value", "Invalid value at 'message.data[0].value' (TYPE_STRING)")),
    ({"data": {"n": True}}, ("message.data[0].value", "Invalid value at 'message.data[0].value' (TYPE_STRING), true")),
    ({"data": []}, ("message.data", "Invalid value at 'message.data' (a map of strings)")),
    ({"notification": "Hello"}, ("message.notification", "Invalid value at 'message.notification' (an object)")),
    (
        {"android": {"direct_boot_ok": "yes"}},
        ("message.android.direct_boot_ok", "Invalid value at 'message.android.direct_boot_ok' (TYPE_BOOL)"),
    ),
    (
        {"android": {"ttl": 3600}},
        (
            "message.android.ttl",
            "Invalid value at 'message.android.ttl' (type.googleapis.com/google.protobuf.Duration), 3600",
        ),
    ),
    (
        {"android": {"ttl": "2419201s"}},
        ("message.android.ttl", "Invalid ttl at 'message.android.ttl': it must be from 0 to 2419200 seconds"),
    ),
    (
        {"android": {"ttl": "-1s"}},
        ("message.android.ttl", "Invalid ttl at 'message.android.ttl': it must be from 0 to 2419200 seconds"),
    ),
    (
        {"android": {"priority": "urgent"}},
        (
            "message.android.priority",
            f"Invalid value at 'message.android.priority' ({PRIORITY})",
        ),
    ),
    (
        {"android": {"notification": {"body_loc_args": "a"}}},
        (
            "message.android.notification.body_loc_args",
            "Invalid value at 'message.android.notification.body_loc_args' (a list)",
        ),
    ),
    (
        {"android": {"notification": {"body_loc_args": ["a", 1]}}},
        (
            "message.android.notification.body_loc_args[1]",
            "Invalid value at 'message.android.notification.body_loc_args[1]' (TYPE_STRING), 1",
        ),
    ),
    (
        {"android": {"notification": {"notification_count": 1.5}}},
        (
            "message.android.notification.notification_count",
            "Invalid value at 'message.android.notification.notification_count' (TYPE_INT32), 1.5",
        ),
    ),
    (
        {"apns": {"payload": []}},
        (
            "message.apns.payload",
            "Invalid value at 'message.apns.payload' (type.googleapis.com/google.protobuf.Struct)",
        ),
    ),
    ({"data": {"from": "1"}}, ("message.data", "Invalid data payload key: from")),
    ({"data": {"google.a": "1"}}, ("message.data", "Invalid data payload key: google.a")),
    ({"data": {"gcm": "1"}}, ("message.data", "Invalid data payload key: gcm")),
    (
        {"data": {"text": "x" * 4093}},
        ("message", "Message is too big: it may have 4096 bytes of data and notification."),
    ),
    (
        {"notification": {"title": "é" * 1024, "body": "é" * 1025}},
        ("message", "Message is too big: it may have 4096 bytes of data and notification."),
    ),
]


@pytest.mark.parametrize(("message", "violation"), WRONG)
def test_each_wrong_field_is_told_by_its_path(message: dict[str, Any], violation: tuple[str, str]) -> None:
    assert found(**message) == [violation]


def test_all_that_is_wrong_is_told_at_once() -> None:
    assert [field for field, _ in found(dada=1, data={"a": 1, "b": 2}, android={"ttl": 5})] == [
        "message",
        "message.data[0].value",
        "message.data[1].value",
        "message.android.ttl",
    ]


def test_an_unknown_name_of_the_request_itself_has_no_path() -> None:
    text = 'Invalid JSON payload received. Unknown name "massage": Cannot find field.'
    assert violations({"massage": {}}) == (Violation("", text),)


@pytest.mark.parametrize("document", [{}, {"message": None}, {"validate_only": True}, {"validateOnly": False}])
def test_a_request_may_lack_everything_as_far_as_its_fields_go(document: dict[str, Any]) -> None:
    assert violations(document) == ()
