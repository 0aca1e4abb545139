"""Client tokens from `POST /admin/clients`: what its answer comes to, which is a token or an exception.

PushfleetError
├── UsageError
│   └── ApiKeyRefused    nothing will come of trying again with this key
└── CannotKnow
    └── NotIssued        any other reason; `passing` says whether trying again may help
        ├── RateLimited  too many calls a minute; `retry_after` says how long to wait
        └── HostRefuses  no connection to the host at all
"""

import binascii
import math
from base64 import urlsafe_b64decode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from simulator.client.contract import error_code, json_object, return_code
from simulator.client.outcome import Fault
from simulator.client.retry import retry_after
from simulator.client.transport import NotSent, Response, TransportError
from simulator.errors import CannotKnow, UsageError

# Numbers above this are milliseconds, as JavaScript counts; in seconds it would be the year 5138.
_MILLISECONDS_FROM: Final = 1e11
_REMEDY: Final = "Check --host and that the server runs."
_REMEDIES: Final = {
    Fault.TLS: "Give --ca-file the authority that vouches for the server, and --host the name that it vouches for.",
    Fault.PROXY: "Check --proxy, and that it may connect there.",
}


class IssuedToken(NamedTuple):
    """A client token, and when it expires in seconds since 1970 (UTC); `math.inf` if the server did not say."""

    token: bytes
    expires: float

    def __repr__(self) -> str:
        return f"<IssuedToken of {len(self.token)} bytes, expires {self.expires}>"


class ApiKeyRefused(UsageError):  # noqa: N818 - named for what happened, as its siblings are
    """The server does not accept the API key."""


class NotIssued(CannotKnow):
    """A client token could not be had."""

    def __init__(self, message: str, *, passing: bool, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.passing = passing
        self.retry_after = retry_after  # seconds; 0.0 = the server did not say


class RateLimited(NotIssued):
    """The server takes no more of these calls for now."""


class HostRefuses(NotIssued):
    """The host cannot be connected to."""


def issued(client_id: str, send: Callable[[], Response]) -> IssuedToken:
    """Send once and return the token out of the answer. Raises as the module says."""
    try:
        response = send()
    except NotSent as error:
        raise HostRefuses(f"{error} {_REMEDIES.get(error.fault, _REMEDY)}", passing=False) from None
    except TransportError as error:
        raise NotIssued(f"No client token for {client_id}: {error}", passing=True) from None
    document = json_object(response.body)
    if not 200 <= response.status < 300:
        raise _refusal(client_id, response, document)
    if return_code(document) != 0:
        raise NotIssued(
            f"No client token for {client_id}: status {response.status} with RC {return_code(document)}."
            " Check that --host is an IMKIT server's base URL.",
            passing=False,
        )
    return _token(client_id, document.get("result"))


def _refusal(client_id: str, response: Response, document: dict[str, Any]) -> ApiKeyRefused | NotIssued:
    status, code = response.status, error_code(document)
    if status in {401, 403}:
        return ApiKeyRefused(
            f"The server refused the API key ({_said(status, code)})."
            " Set --api-key or PUSHFLEET_API_KEY to a valid one."
        )
    if status == 429:
        wait = retry_after(response.headers, document)
        return RateLimited(f"The server's rate limit was reached ({status}).", passing=True, retry_after=wait)
    text = f"No client token for {client_id}: the server answered {_said(status, code)}."
    if status >= 500 or status == 408:
        return NotIssued(f"{text} Look into the server's log.", passing=True)
    if status == 407:
        return NotIssued(
            "A proxy on the way wants to know who we are (407): give PUSHFLEET_PROXY a user and a password.",
            passing=False,
        )
    if 300 <= status < 400:
        return NotIssued(
            f"{text} That is a redirect, and none is followed: give --host the base URL that it leads to.",
            passing=False,
        )
    return NotIssued(f"{text} Check that --host is an IMKIT server's base URL.", passing=False)


def _said(status: int, code: str | None) -> str:
    # Only what looks like a code is repeated: a server may echo in its answer what it was sent.
    plain = code is not None and code.replace("_", "").isalnum() and code.isupper() and len(code) <= 40
    return f"{status} {code}" if plain else str(status)


def _token(client_id: str, result: object) -> IssuedToken:
    token = result.get("token") if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise NotIssued(f"No client token for {client_id}: the answer carries none that can be sent.", passing=False)
    if not token:
        raise NotIssued(f"No client token for {client_id}: the answer's token is empty.", passing=False)
    return IssuedToken(token.encode("ascii"), _expires(result, token))


def _expires(result: Mapping[str, Any], token: str) -> float:
    for said in (result.get("expirationDate"), _claims(token).get("exp")):
        moment = _moment(said)
        if moment is not None:
            return moment
    return math.inf


def _moment(said: object) -> float | None:
    """Read a date as JavaScript writes it: ISO 8601, or a number of seconds or milliseconds."""
    if isinstance(said, bool):
        return None
    if isinstance(said, int | float):
        return said / 1000 if said > _MILLISECONDS_FROM else float(said)
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _claims(token: str) -> dict[str, Any]:
    """Read a JWT's claims without checking its signature, which is the server's business; {} for other tokens."""
    middle = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        return json_object(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except binascii.Error:
        return {}
