from collections.abc import Callable
from typing import Final

from scenarios.registry import scenario
from simulator.client import Refusal
from simulator.phones import Fields, Phone

_MISSING: Final = Refusal(400, "MISSING_PARAMETER")
_INVALID: Final = Refusal(400, "INVALID_PARAMETER")
_TOO_LONG: Final = "9" * 8192
# What apps really upload in place of a token. By itself each is a string, which the API page allows: they come in
# requests that lack something else.
_STRAYS: Final = (
    "AAAAq0zVn1s:APA91bHkOq8bqC1wXyq6Nf3Jd1xC0mT7yYw4u0fD2",
    "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJhcHBJZCI6IjE6MSJ9.c2ln",
    "<a9d0ed10 e9cfd022 a61cb087 53f49c5a 0b0dfb38 3697bf9f 9d750a10 03da19c7>",
    "A9D0ED10E9CFD022A61CB08753F49C5A0B0DFB383697BF9F9D750A1003DA19C7",
    "undefined",
)


def _without(name: str) -> Callable[[Fields], Fields]:
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def _with(name: str, value: object) -> Callable[[Fields], Fields]:
    return lambda fields: {**fields, name: value}


def _stray(token: str) -> Callable[[Fields], Fields]:
    return lambda fields: {"type": fields["type"], "token": token}


# A clientId is the platform's to give; where it is no string, the rest is a whole request that may be half applied.
_REST: Final = [(_with("clientId", value), _INVALID) for value in (7, ["x"], {"$ne": ""}, _TOO_LONG)]
_OF_BOTH: Final = [
    *((_without(name), _MISSING) for name in ("type", "deviceId")),
    *((_with(name, value), _MISSING) for name in ("type", "deviceId") for value in (None, "")),
    *((_with(name, value), _INVALID) for name in ("type", "deviceId") for value in (7, ["x"], _TOO_LONG)),
    *((_with("type", value), _INVALID) for value in ("IOS", "apns", "ios ")),
]
_SUBSCRIBES: Final = [
    *_OF_BOTH,
    (_without("token"), _MISSING),
    *((_with("token", value), _MISSING) for value in (None, "")),
    *((_with("token", value), _INVALID) for value in (7, {"token": "x"}, _TOO_LONG)),
    *((_stray(token), _MISSING) for token in _STRAYS),
]
_UNSUBSCRIBES: Final = _OF_BOTH
_HALF_APPLICABLE: Final = 0.4  # assumption: the share of requests that a sloppy backend may half apply


@scenario(weight=0)
def bad_requests(phone: Phone) -> None:
    """An app with a mistake in it sends what the API does not allow, and is refused; nothing must come of it.

    Something is missing, null, empty, too long, no string, or of no known type; some requests carry a whole
    registration beside what is wrong. What the API page leaves open is expected to be refused as INVALID_PARAMETER.

    Calls: subscribe and unsubscribe, refused. Gives a chance to: rejected_write_applied, contract_breach.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    half = phone.rng.random() < _HALF_APPLICABLE
    if phone.rng.random() < 0.7:
        phone.subscribe_wrongly(*phone.rng.choice(_REST if half else _SUBSCRIBES))
    else:
        phone.unsubscribe_wrongly(*phone.rng.choice(_REST if half else _UNSUBSCRIBES))
