"""FCM's HTTP v1 API by aiohttp, with OAuth by google-auth, Google's own library.

firebase-admin, the official client, can be pointed at another address only by changing a private attribute of its own.
httpx, which has HTTP/2, forgets answers that it has read along with a GOAWAY: what was delivered would be sent again.
"""

import asyncio
import ssl
from functools import partial
from typing import Any, Final

import aiohttp
import orjson
import requests
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from simulator.backend.push.outcome import BUSY, DEAD, DELIVERED, REFUSED, Fate, Outcome, by_status
from simulator.backend.push.providers import Providers
from simulator.backend.pusher import Payload, Subscription

_SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
_BAD_REQUEST: Final = "type.googleapis.com/google.rpc.BadRequest"
_DEAD_CODES: Final = frozenset({"UNREGISTERED", "INVALID_ARGUMENT"})  # of FcmError: the token is at fault
_FID_CHARACTERS: Final = 22
_SECONDS: Final = 10.0
_TOKEN_SECONDS: Final = 5.0  # the end of the backend waits for the thread that asks for a token
# The last ones are what google-auth passes on of a token endpoint's odd answer.
_FAILURES: Final = (
    *(aiohttp.ClientError, OSError, GoogleAuthError, requests.RequestException),
    *(ValueError, TypeError, OverflowError, RecursionError),
)


class FcmSender:
    """The types `fcm` and `android`; a token of 22 characters is an installation id and goes into its own field."""

    def __init__(self, providers: Providers) -> None:
        self._url = f"{providers.fcm_url}/v1/projects/{providers.fcm_project}/messages:send"
        self._credentials: Any = Credentials.from_service_account_file(str(providers.fcm_account), scopes=[_SCOPE])
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy of the environment's
        self._session.max_redirects = 0  # it goes nowhere but where it was told to
        self._session.verify = str(providers.authority)
        self._refreshing = asyncio.Lock()
        context = ssl.create_default_context(cafile=str(providers.authority))
        self._client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context), timeout=aiohttp.ClientTimeout(_SECONDS)
        )

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        """Make one attempt."""
        try:
            bearer = await self._bearer()
            async with self._client.post(
                self._url,
                json={"message": message_of(subscription.token, payload)},
                headers={"authorization": f"Bearer {bearer}"},
                allow_redirects=False,
            ) as answer:
                status, retry_after, body = answer.status, answer.headers.get("retry-after"), await answer.read()
        except _FAILURES:
            return BUSY
        if status == 401:  # the provider has forgotten the token it gave: ask for another
            if self._credentials.token == bearer:  # unless somebody did meanwhile
                self._credentials.token = None
            return BUSY
        return outcome_of(status, retry_after, body)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        self._session.close()

    async def _bearer(self) -> str:
        # By `refresh`: `before_request` makes google-auth ask iamcredentials.googleapis.com where the account
        # may be used, from a thread of its own, whatever the account's file says.
        async with self._refreshing:
            if not self._credentials.valid:
                request = partial(Request(self._session), timeout=_TOKEN_SECONDS)
                await asyncio.to_thread(self._credentials.refresh, request)
        bearer = str(self._credentials.token)
        bearer.encode("ascii")  # a ValueError: no header can carry it
        return bearer


def outcome_of(status: int, retry_after: str | None, body: bytes) -> Outcome:
    """What an answer of FCM's says of an attempt."""
    if 200 <= status < 300:
        return DELIVERED
    if _fcm_error(body) in _DEAD_CODES:
        return DEAD
    outcome = by_status(status, retry_after)
    return outcome if outcome.fate is Fate.BUSY else REFUSED


def _fcm_error(body: bytes) -> str:
    """The code of an FcmError among an error's details, empty for none; nor if they say that a field is to blame."""
    try:
        details = orjson.loads(body)["error"]["details"]
        if any(one.get("@type") == _BAD_REQUEST for one in details):
            return ""
        return next((str(one["errorCode"]) for one in details if one.get("@type") == _FCM_ERROR), "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def message_of(token: str, payload: Payload) -> dict[str, Any]:
    """A payload as FCM takes it: a text is shown, a key is localised by the app."""
    target = {"fid" if len(token) == _FID_CHARACTERS else "token": token}
    notification: dict[str, Any] = {"title": payload.title, "body": payload.body}
    android: dict[str, Any] = {"sound": payload.sound, "icon": payload.icon}
    if isinstance(payload.alert, str):
        notification["body"] = payload.alert
    elif payload.alert is not None:
        android |= {"body_loc_key": payload.alert["loc-key"], "body_loc_args": payload.alert["loc-args"]}
    if payload.badge is not None:
        android["notification_count"] = payload.badge
    shown = {"notification": {name: value for name, value in android.items() if value is not None}}
    options = {
        "collapse_key": payload.collapse_key,
        "ttl": f"{payload.expiry}s" if payload.expiry is not None else None,
    }
    return {
        **target,
        "notification": {name: value for name, value in notification.items() if value is not None},
        "android": {**shown, **{name: value for name, value in options.items() if value is not None}},
        **({"data": {"type": payload.type}} if payload.type is not None else {}),
    }
