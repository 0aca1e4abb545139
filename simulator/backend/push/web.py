"""Web Push by pywebpush over aiohttp: VAPID (RFC 8292) and aes128gcm (RFC 8291).

Endpoints bear real providers' host names. Their addresses come from the mapping and from nowhere else: a host that is
not in it is refused by the resolver, which never asks anybody.
"""

import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from py_vapid import Vapid
from pywebpush import WebPushException, webpush_async

from simulator.backend.push.outcome import BUSY, DEAD, REFUSED, Outcome, by_status
from simulator.backend.push.providers import Address, Providers
from simulator.backend.pusher import Payload, Subscription

_GONE: Final = (404, 410)
_LIFE: Final = 24 * 3600  # seconds that a push is kept for a browser that is not running
_SECONDS: Final = 10.0
_HTTPS: Final = 443


class Mapped(AbstractResolver):
    """Finds the hosts of a mapping, and fails for all others."""

    def __init__(self, hosts: Mapping[str, Address]) -> None:
        self._hosts = hosts

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - the mapping says which
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        """The mapped address; OSError for a host that is not mapped."""
        address = self._hosts.get(host)
        if address is None:
            raise OSError(f"{host} is not mapped to a gateway")
        return [
            ResolveResult(
                hostname=host,
                host=address.host,
                port=address.port,
                family=family,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """There is nothing to close."""


class WebSender:
    """The type `web`."""

    def __init__(self, providers: Providers) -> None:
        self._hosts = providers.web
        self._vapid = Vapid.from_file(str(providers.vapid_key))
        self._subject = providers.vapid_subject
        connector = aiohttp.TCPConnector(
            resolver=Mapped(providers.web),
            ssl=ssl.create_default_context(cafile=str(providers.authority)),
            use_dns_cache=False,
        )
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(_SECONDS))

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        """Make one attempt; a token that is no subscription, or of a host that is not mapped, is refused unsent."""
        told = _subscription(subscription.token)
        if told is None or not self._is_mapped(told["endpoint"]):
            return REFUSED
        try:
            answer = await webpush_async(
                told,
                data=orjson.dumps(message_of(payload)).decode(),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._subject},
                ttl=_LIFE if payload.expiry is None else payload.expiry,
                timeout=_SECONDS,
                aiohttp_session=self._session,
            )
        except WebPushException as error:
            return _outcome(getattr(error, "response", None))
        except (aiohttp.ClientError, TimeoutError, OSError):
            return BUSY
        return _outcome(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    def _is_mapped(self, endpoint: str) -> bool:
        parts = urlsplit(endpoint)
        return parts.scheme == "https" and parts.hostname in self._hosts and parts.port in (None, _HTTPS)


def _outcome(answer: Any) -> Outcome:  # noqa: ANN401 - aiohttp's answer, or None: pywebpush could not use the keys
    if answer is None:
        return REFUSED
    if answer.status in _GONE:
        return DEAD
    return by_status(answer.status, answer.headers.get("retry-after"))


def _subscription(token: str) -> dict[str, Any] | None:
    try:
        told = orjson.loads(token)
    except orjson.JSONDecodeError:
        return None
    if (
        not isinstance(told, dict)
        or not isinstance(told.get("endpoint"), str)
        or not isinstance(told.get("keys"), dict)
    ):
        return None
    return told


def message_of(payload: Payload) -> dict[str, Any]:
    """A payload as the app's service worker takes it."""
    return {name: value for name, value in payload._asdict().items() if value is not None}
