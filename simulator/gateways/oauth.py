"""Google's token endpoint: access tokens in exchange for what a service account has signed.

After developers.google.com/identity/protocols/oauth2/service-account, "Preparing to make an authorized API call".
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

import jwt
import orjson

from simulator.gateways.jwt_cache import seconds
from simulator.gateways.request import Answer, Judge, Judged, Request
from simulator.gateways.trust import ServiceAccount, Trust

PATH: Final = "/token"
LIFE_SECONDS: Final = 3599  # what Google says of an hour
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SCOPES: Final = frozenset(
    f"https://www.googleapis.com/auth/{name}" for name in ("firebase.messaging", "cloud-platform")
)
_LONGEST: Final = 3600.0  # seconds from iat to exp
_AHEAD: Final = 60.0  # seconds that a client's clock may be ahead of ours
_REMEMBERED: Final = 100_000
_JSON: Final = (
    ("content-type", "application/json; charset=UTF-8"),
    ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
)
# What google-auth writes into every assertion, whatever the account's token_uri says.
_GOOGLES: Final = "https://oauth2.googleapis.com/token"


class AccessTokens:
    """The access tokens handed out, until they expire. `clock` gives Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[str, float]] = OrderedDict()  # project and end, the oldest first

    def issue(self, project: str) -> str:
        """A new token for the service account of `project`."""
        token = f"ya29.c.{secrets.token_urlsafe(96)}"
        self._known[token] = project, self._clock() + LIFE_SECONDS
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return token

    def account_of(self, token: str) -> str | None:
        """The project of the service account; None if the token is none of ours, or has expired."""
        found = self._known.get(token)
        return found[0] if found is not None and self._clock() < found[1] else None


class _Refused(Exception):  # noqa: N818 - it is an answer
    """No token is given; `error` is RFC 6749's word."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class TokenEndpoint:
    """Answers at `uri`, which is what assertions must be made out to."""

    def __init__(self, trust: Trust, tokens: AccessTokens, uri: str, clock: Callable[[], float]) -> None:
        self._projects = {account.email: project for project, account in trust.accounts.items()}
        self._accounts = trust.accounts
        self._tokens = tokens
        self._uri = uri
        self._clock = clock

    def answer(self, request: Request) -> Answer:
        """Answer one request. Raises nothing, whatever is sent."""
        if request.method != "POST":
            return Answer(405, (*_JSON, ("allow", "POST")), orjson.dumps({"error": "invalid_request"}))
        try:
            project = self._project(request.body)
        except _Refused as refused:
            return Answer(400, _JSON, orjson.dumps({"error": refused.error, "error_description": str(refused)}))
        token = {
            "access_token": self._tokens.issue(project),
            "expires_in": LIFE_SECONDS,
            "token_type": "Bearer",
        }
        return Answer(200, _JSON, orjson.dumps(token))

    def _project(self, body: bytes) -> str:
        form = parse_qs(body.decode("utf-8", "replace"))
        if form.get("grant_type") != [_GRANT]:
            raise _Refused("unsupported_grant_type", f"Invalid grant_type: only {_GRANT} is known here.")
        assertions = form.get("assertion", [])
        if len(assertions) != 1:
            raise _Refused("invalid_request", "Missing required parameter: assertion")
        project = self._issuer(assertions[0])
        self._judge_claims(_claims(assertions[0], self._accounts[project]))
        return project

    def _issuer(self, assertion: str) -> str:
        """The project of whoever says to have signed it, which is not yet proven."""
        try:
            said = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise _Refused("invalid_grant", "Bad JWT: it cannot be decoded.") from None
        project = self._projects.get(str(said.get("iss")))
        if project is None:
            raise _Refused("invalid_grant", "Invalid grant: account not found")
        return project

    def _judge_claims(self, claims: dict[str, Any]) -> None:
        if claims.get("aud") not in (self._uri, _GOOGLES):
            raise _Refused("invalid_grant", f"Invalid JWT: Failed audience check. It must be {self._uri}.")
        issued, expires, now = seconds(claims, "iat"), seconds(claims, "exp"), self._clock()
        if not (
            issued is not None
            and expires is not None
            and issued - _AHEAD <= now < expires
            and expires - issued <= _LONGEST
        ):
            raise _Refused(
                "invalid_grant",
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                "Check your iat and exp values in the JWT claim.",
            )
        if not _SCOPES & set(str(claims.get("scope")).split()):
            raise _Refused("invalid_scope", "Invalid OAuth scope or ID token audience provided.")


def _claims(assertion: str, account: ServiceAccount) -> dict[str, Any]:
    """What the account has signed."""
    unchecked = {f"verify_{claim}": False for claim in ("exp", "iat", "nbf", "aud", "iss", "sub", "jti")}
    try:
        claims: dict[str, Any] = jwt.decode(assertion, account.public, algorithms=["RS256"], options=unchecked)  # type: ignore[arg-type]  # the options are a TypedDict
    except jwt.InvalidTokenError:
        raise _Refused("invalid_grant", "Invalid JWT Signature.") from None
    return claims


class WithTokenEndpoint:
    """A judge of pushes, and the token endpoint at the same address."""

    def __init__(self, endpoint: TokenEndpoint, judge: Judge) -> None:
        self._endpoint = endpoint
        self._judge = judge.judge

    def judge(self, request: Request) -> Judged:
        """Judge one request."""
        if request.path == PATH:
            return Judged(self._endpoint.answer(request), None)
        return self._judge(request)
