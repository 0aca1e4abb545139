"""An SDK in TOML: what apps that use it register and send, and what they do on a 401; one SDK a file in this folder.

    summary = "The SDK for Flutter."

    [types]                         # that a device registers, in the order of its slots, by what it runs
    ios = ["fcm"]
    android = ["fcm"]
    tokens = "fcm-163"              # the form of the tokens it sends; left out: what each type's tokens have
    source = "…"                    # or assumption = "…"; every table says one of the two

    [device_id]                     # where the app takes the deviceId from; none: it sends none, and is refused
    ios = "vendor"
    android = "android_id"

    [headers]                       # sent with every call, beside the client's own
    User-Agent = "Dart/3.9 (dart:io)"
    accept-language = "{language}"  # of the device's locale, as is {time_zone}

    [timeouts]
    connect_s = 60                  # until a connection is open, TLS included
    answer_s = 180                  # until the answer is complete

    [unauthorized]
    again = "new_token"             # after a 401: never, same_token, or new_token: with one that the app asked for

    [launch]
    registers = "unless_registered" # or always: whether an app that starts registers what it knows is registered

    [locales.en-US]                 # only where headers tell of them
    time_zone = "America/New_York"
    share = 1

Which devices have which SDK is said by a mixture: `simulator.sdks.mixture`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any, Final

from simulator.errors import UsageError
from simulator.sourced import WHOSE, misshared, unknown, unsourced
from simulator.tokens.format import form_named
from simulator.tokens.types import PushType

PLATFORMS: Final = ("ios", "android", "browser")  # that have SDKs; phones whose app was never moved from GCM have none

_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "types": (*PLATFORMS, "tokens"),
    "device_id": PLATFORMS,
    "timeouts": ("connect_s", "answer_s"),
    "unauthorized": ("again",),
    "launch": ("registers",),
}
_NAMELESS: Final = "none"  # in place of where a deviceId is from
_KEEPERS: Final = {
    "ios": ("keychain", "vendor", _NAMELESS),
    "android": ("android_id", "preferences", _NAMELESS),
    "browser": ("local_storage", _NAMELESS),
}
_USUAL_KEEPER: Final = {"ios": "vendor", "android": "android_id", "browser": "local_storage"}
_LAUNCHES: Final = ("always", "unless_registered")
_TYPES: Final = {kind.wire: kind for kind in PushType}
_WIRES: Final = tuple(_TYPES)
_SLOTS: Final = 2
_LONGEST: Final = 3600  # seconds
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
_PLACES: Final = ("{language}", "{time_zone}")
# The client's and the transport's own.
_TAKEN: Final = frozenset(
    {"content-type", "content-length", "accept-encoding", "host", "im-client-key", "im-authorization", "im-api-key"}
)


class SdkError(UsageError):
    """An SDK that cannot be used; a sentence a line for everything that is wrong with it."""


class Again(StrEnum):
    """How an SDK tries once more after a 401."""

    NEVER = "never"
    SAME_TOKEN = "same_token"  # noqa: S105 - no secret
    NEW_TOKEN = "new_token"  # noqa: S105 - no secret


@dataclass(frozen=True, slots=True)
class Sdk:
    """How apps that use an SDK call the API. Platforms are those of PLATFORMS."""

    name: str
    summary: str
    types: tuple[tuple[str, tuple[PushType, ...]], ...]  # by platform: what a device registers, by slot
    keepers: tuple[tuple[str, str], ...]  # by platform: where the app keeps the deviceId, as `Keeper` names it
    sends_device_id: bool
    tokens: str | None  # the form of those it sends; None: what each type's tokens have
    heads: tuple[bytes, ...]  # header lines, one for each locale
    shares: tuple[float, ...]  # of the locales
    connect: float | None  # seconds; None, as the next: the run's own
    answer: float | None
    again: Again
    remembers: bool  # does not register what it knows is registered, when the app starts

    @property
    def platforms(self) -> tuple[str, ...]:
        """What it runs on."""
        return tuple(platform for platform, _ in self.types)


# The app of the API's own page, by no SDK of IMKIT's: its types and deviceIds are the fleet's.
NO_SDK: Final = Sdk(
    name="none",
    summary="An app of the API's own page.",
    types=(),
    keepers=(),
    sends_device_id=True,
    tokens=None,
    heads=(b"User-Agent: pushfleet\r\n",),
    shares=(1.0,),
    connect=None,
    answer=None,
    again=Again.NEVER,
    remembers=False,
)


def sdk_of(name: str, document: Mapping[str, Any]) -> Sdk:
    """The SDK in a file; SdkError with all that is wrong with it."""
    if errors := list(mistakes(document)):
        raise SdkError("\n".join(f"SDK {name}: {error}" for error in errors))
    types, device_id = document["types"], document["device_id"]
    platforms = [platform for platform in PLATFORMS if platform in types]
    locales = document.get("locales") or {"": {"time_zone": "", "share": 1.0}}
    return Sdk(
        name=name,
        summary=document["summary"],
        types=tuple((each, tuple(_TYPES[wire] for wire in types[each])) for each in platforms),
        keepers=tuple(
            (each, _USUAL_KEEPER[each] if device_id[each] == _NAMELESS else device_id[each]) for each in platforms
        ),
        sends_device_id=_NAMELESS not in (device_id[each] for each in platforms),
        tokens=types.get("tokens"),
        heads=tuple(_head(document["headers"], language, each["time_zone"]) for language, each in locales.items()),
        shares=tuple(float(each["share"]) for each in locales.values()),
        connect=float(document["timeouts"]["connect_s"]),
        answer=float(document["timeouts"]["answer_s"]),
        again=Again(document["unauthorized"]["again"]),
        remembers=document["launch"]["registers"] == _LAUNCHES[1],
    )


def _head(headers: Mapping[str, str], language: str, time_zone: str) -> bytes:
    lines = (f"{name}: {value}\r\n" for name, value in headers.items() if name not in WHOSE)
    return "".join(lines).replace("{language}", language).replace("{time_zone}", time_zone).encode("ascii")


def mistakes(document: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each thing that is wrong with an SDK's file."""
    yield from unknown("", document, ("summary", *_KEYS, "headers", "locales"))
    if not isinstance(document.get("summary"), str):
        yield "it has no summary: tell the SDK in a sentence."
    for name in (*_KEYS, "headers"):
        table = document.get(name)
        if not isinstance(table, dict):
            yield f"it has no table [{name}]."
            continue
        yield from unsourced(name, table)
        if name in _KEYS:
            yield from unknown(f"{name}: ", table, (*_KEYS[name], *WHOSE))
        yield from _OF_TABLES[name](table)
    yield from _of_platforms(document)
    yield from _of_locales(document)


def _of_types(table: Mapping[str, Any]) -> Iterator[str]:
    for platform in PLATFORMS:
        kinds = table.get(platform, ["fcm"])
        if not isinstance(kinds, list) or not 1 <= len(kinds) <= _SLOTS or any(kind not in _WIRES for kind in kinds):
            yield f"types: {platform} = {kinds!r} is no list of one type or two: choose from {', '.join(_WIRES)}."
    registered = {kind for each in PLATFORMS if isinstance(table.get(each), list) for kind in table[each]}
    for kind in sorted(registered & _TYPES.keys()) if "tokens" in table else ():
        try:
            form_named(str(table["tokens"]), _TYPES[kind])
        except UsageError as error:
            yield f"types: {error}."


def _of_device_id(table: Mapping[str, Any]) -> Iterator[str]:
    for platform in PLATFORMS:
        if platform in table and table[platform] not in _KEEPERS[platform]:
            known = ", ".join(_KEEPERS[platform])
            yield f"device_id: {platform} = {table[platform]!r} is nothing that keeps one: choose from {known}."


def _of_timeouts(table: Mapping[str, Any]) -> Iterator[str]:
    for key in _KEYS["timeouts"]:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LONGEST:
            yield f"timeouts: {key} = {value!r} is not a number above 0, up to {_LONGEST}."


def _of_choices(name: str, key: str, choices: tuple[str, ...], table: Mapping[str, Any]) -> Iterator[str]:
    if table.get(key) not in choices:
        yield f"{name}: {key} = {table.get(key)!r} is unknown: choose from {', '.join(choices)}."


def _of_headers(table: Mapping[str, Any]) -> Iterator[str]:
    for name, value in table.items():
        if name in WHOSE:
            continue
        if not _NAME.fullmatch(name) or name.lower() in _TAKEN:
            yield f"headers: {name} is no name of a header that an SDK can add."
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value != value.strip():
            yield f"headers: {name} = {value!r} is no value that a header can carry."


_OF_TABLES: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]]] = {
    "types": _of_types,
    "device_id": _of_device_id,
    "headers": _of_headers,
    "timeouts": _of_timeouts,
    "unauthorized": partial(_of_choices, "unauthorized", "again", tuple(Again)),
    "launch": partial(_of_choices, "launch", "registers", _LAUNCHES),
}


def _of_platforms(document: Mapping[str, Any]) -> Iterator[str]:
    """Types and deviceIds are of the same platforms, of one at least."""
    tables = document.get("types"), document.get("device_id")
    if not all(isinstance(table, dict) for table in tables):
        return
    types, device_id = ({each for each in PLATFORMS if table and each in table} for table in tables)
    if not types:
        yield f"types: it runs nowhere: name one of {', '.join(PLATFORMS)}."
    for platform in sorted(types ^ device_id):
        yield f"{platform} is in one of types and device_id: name it in both."


def _of_locales(document: Mapping[str, Any]) -> Iterator[str]:
    headers, locales = document.get("headers"), document.get("locales", {})
    told = isinstance(headers, dict) and any(place in str(value) for value in headers.values() for place in _PLACES)
    if not isinstance(locales, dict) or bool(locales) is not told:
        yield "locales: give some where headers tell {language} or {time_zone}, and nowhere else."
        return
    yield from misshared("locales", locales, ("time_zone", "share"))
    for name, table in locales.items():
        time_zone = table.get("time_zone") if isinstance(table, dict) else ""
        if not name.isascii() or not isinstance(time_zone, str) or not time_zone.isascii():
            yield f"locales.{name}: time_zone = {time_zone!r} is no text that a header can carry."
