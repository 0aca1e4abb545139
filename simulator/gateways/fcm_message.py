"""Which fields a message to FCM has, and of what kinds: Google's JSON transcoding refuses whatever else it meets.

After firebase.google.com, "projects.messages" and "projects.messages.send", with the fields that firebase-admin 7.7
sends. Names are accepted as the protocol buffers have them and in lowerCamelCase; null is the same as left out
(protobuf.dev, "ProtoJSON format").
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.gateways.fcm_refusal import Violation

# Of a value that is not null, and where it stands; what is wrong with it is added to the list: generators would cost a
# good message, as nearly all are, twice as much.
Check = Callable[[object, str, list[Violation]], None]

_DURATION: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,9})?s")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
_NUMBER: Final = re.compile(r"-?[0-9]{1,10}")
_LONGEST_TTL: Final = 4 * 7 * 24 * 3600  # seconds
_MOST_BYTES: Final = 4096
_RESERVED: Final = re.compile(r"from|message_type|google.*|gcm.*", re.DOTALL)  # keys that an app may not send


def _of_type(name: str, holds: Callable[[object], bool]) -> Check:
    def check(value: object, where: str, wrong: list[Violation]) -> None:
        if not holds(value):
            shown = f", {str(value).lower()}" if isinstance(value, int | float) else ""
            wrong.append(Violation(where, f"Invalid value at '{where}' ({name}){shown}"))

    return check


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_whole(value: object) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str) and _NUMBER.fullmatch(value) is not None
    )


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_text: Final = _of_type("TYPE_STRING", _is_text)
_flag: Final = _of_type("TYPE_BOOL", lambda value: isinstance(value, bool))
_whole: Final = _of_type("TYPE_INT32", _is_whole)
_real: Final = _of_type("TYPE_FLOAT", lambda value: isinstance(value, int | float) and not isinstance(value, bool))
_struct: Final = _of_type("type.googleapis.com/google.protobuf.Struct", lambda value: isinstance(value, dict))
_duration: Final = _of_type("type.googleapis.com/google.protobuf.Duration", _matches(_DURATION))
_timestamp: Final = _of_type("type.googleapis.com/google.protobuf.Timestamp", _matches(_TIMESTAMP))


def _enum(name: str, *words: str) -> Check:
    def holds(value: object) -> bool:
        return value.upper() in words if isinstance(value, str) else _is_whole(value)

    return _of_type(f"type.googleapis.com/google.firebase.fcm.v1.{name}", holds)


def _many(check: Check) -> Check:
    def check_all(value: object, where: str, wrong: list[Violation]) -> None:
        if not isinstance(value, list):
            wrong.append(Violation(where, f"Invalid value at '{where}' (a list)"))
            return
        for place, item in enumerate(value):
            check(item, f"{where}[{place}]", wrong)

    return check_all


def _texts_by_name(value: object, where: str, wrong: list[Violation]) -> None:
    if not isinstance(value, dict):
        wrong.append(Violation(where, f"Invalid value at '{where}' (a map of strings)"))
        return
    for place, item in enumerate(value.values()):
        _text(item, f"{where}[{place}].value", wrong)


def _record(fields: Mapping[str, Check]) -> Check:
    known = {spelled: check for name, check in fields.items() for spelled in (name, _camel(name))}

    def check(value: object, where: str, wrong: list[Violation]) -> None:
        if not isinstance(value, dict):
            wrong.append(Violation(where, f"Invalid value at '{where}' (an object)"))
            return
        for name, item in value.items():
            if name not in known:
                text = f"Invalid JSON payload received. Unknown name {_quoted(name)}{_at(where)}."
                wrong.append(Violation(where, text))
            elif item is not None:
                known[name](item, f"{where}.{name}" if where else name, wrong)

    return check


def _camel(name: str) -> str:
    return re.sub("_(.)", lambda found: found[1].upper(), name)


def _quoted(name: str) -> str:
    return f'"{name[:100]}"'


def _at(where: str) -> str:
    return f" at '{where}': Cannot find field" if where else ": Cannot find field"


def _ttl(value: object, where: str, wrong: list[Violation]) -> None:
    _duration(value, where, wrong)
    if isinstance(value, str) and _DURATION.fullmatch(value) and not 0 <= float(value[:-1]) <= _LONGEST_TTL:
        wrong.append(Violation(where, f"Invalid ttl at '{where}': it must be from 0 to {_LONGEST_TTL} seconds"))


_LABEL: Final = _record({"analytics_label": _text})
_COLOR: Final = _record(dict.fromkeys(("red", "green", "blue", "alpha"), _real))
_TEXTS: Final = _many(_text)
_ANDROID_NOTIFICATION: Final = _record(
    {
        **dict.fromkeys(("title", "body", "icon", "color", "sound", "tag", "click_action"), _text),
        **dict.fromkeys(("body_loc_key", "title_loc_key", "channel_id", "ticker", "image"), _text),
        **dict.fromkeys(("body_loc_args", "title_loc_args"), _TEXTS),
        **dict.fromkeys(("sticky", "local_only", "default_sound", "default_vibrate_timings"), _flag),
        **dict.fromkeys(("default_light_settings", "bypass_proxy_notification"), _flag),
        "event_time": _timestamp,
        "notification_priority": _enum(
            "NotificationPriority",
            *(f"PRIORITY_{name}" for name in ("UNSPECIFIED", "MIN", "LOW", "DEFAULT", "HIGH", "MAX")),
        ),
        "vibrate_timings": _many(_duration),
        "visibility": _enum("Visibility", "VISIBILITY_UNSPECIFIED", "PRIVATE", "PUBLIC", "SECRET"),
        "notification_count": _whole,
        "light_settings": _record({"color": _COLOR, "light_on_duration": _duration, "light_off_duration": _duration}),
        "proxy": _enum("Proxy", "PROXY_UNSPECIFIED", "ALLOW", "DENY", "IF_PRIORITY_LOWERED"),
    }
)
_ANDROID: Final = _record(
    {
        **dict.fromkeys(("collapse_key", "restricted_package_name"), _text),
        **dict.fromkeys(("direct_boot_ok", "bandwidth_constrained_ok", "restricted_satellite_ok"), _flag),
        "priority": _enum("AndroidMessagePriority", "NORMAL", "HIGH"),
        "ttl": _ttl,
        "data": _texts_by_name,
        "notification": _ANDROID_NOTIFICATION,
        "fcm_options": _LABEL,
    }
)
_WEBPUSH: Final = _record(
    {
        **dict.fromkeys(("headers", "data"), _texts_by_name),
        "notification": _struct,
        "fcm_options": _record({"link": _text, "analytics_label": _text}),
    }
)
_APNS: Final = _record(
    {
        "headers": _texts_by_name,
        "payload": _struct,
        "live_activity_token": _text,
        "fcm_options": _record({"analytics_label": _text, "image": _text}),
    }
)
_REQUEST: Final = _record(
    {
        "validate_only": _flag,
        "message": _record(
            {
                **dict.fromkeys(("name", "token", "fid", "topic", "condition"), _text),
                "data": _texts_by_name,
                "notification": _record(dict.fromkeys(("title", "body", "image"), _text)),
                "android": _ANDROID,
                "webpush": _WEBPUSH,
                "apns": _APNS,
                "fcm_options": _LABEL,
            }
        ),
    }
)


def violations(document: dict[str, Any]) -> tuple[Violation, ...]:
    """All that is wrong with a request's fields; first whatever is of no known name or kind, then what is too much."""
    wrong: list[Violation] = []
    _REQUEST(document, "", wrong)
    if not wrong:
        _of_content(document.get("message") or {}, wrong)
    return tuple(wrong)


def _of_content(message: dict[str, Any], wrong: list[Violation]) -> None:
    data, notification = message.get("data") or {}, message.get("notification") or {}
    reserved = [key for key in data if _RESERVED.fullmatch(key)]
    wrong += [Violation("message.data", f"Invalid data payload key: {key[:100]}") for key in reserved]
    texts = "".join([*data, *data.values(), *filter(None, notification.values())])
    if len(texts.encode()) > _MOST_BYTES:
        text = f"Message is too big: it may have {_MOST_BYTES} bytes of data and notification."
        wrong.append(Violation("message", text))
