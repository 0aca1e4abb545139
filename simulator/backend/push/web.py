"""Web Push by pywebpush over aiohttp: VAPID (RFC 8292) and aes128gcm (RFC 8291).

Endpoints bear real providers' host names. Their addresses come from the mapping and from nowhere else: a host that is
not in it is refused by the resolver, which never asks anybody, and nobody is followed to where a redirect points.
"""

import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractResolver, ResolveResult
from py_vapid import Vapid
from pywebpush import webpush_async

from simulator.backend.push.outcome import BUSY, DEAD, REFUSED, Outcome, by_status
from simulator.backend.push.providers import Address, Providers
from simulator.backend.pusher import Payload, Subscription

_GONE: Final = (404, 410)
_LIFE: Final = 24 * 3600  # seconds that a push is kept for a browser that is not running
_SECONDS: Final = 10.0
_HTTPS: Final = "https"
_PORT: Final = ":443"


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


class _Post:
    """A session for one push. It follows no redirect: to an address, aiohttp would go without asking the resolver.

    It keeps the answer, whatever pywebpush makes of it.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session
        self.answer: aiohttp.ClientResponse | None = None

    async def post(self, url: str, **options: Any) -> aiohttp.ClientResponse:  # noqa: ANN401 - as aiohttp takes them
        """Send it once."""
        self.answer = await self._session.post(url, allow_redirects=False, **options)
        return self.answer


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
        post = _Post(self._session)
        try:
            await webpush_async(
                told,
                data=orjson.dumps(message_of(payload)).decode(),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self._subject},
                ttl=_LIFE if payload.expiry is None else payload.expiry,
                timeout=_SECONDS,
                aiohttp_session=cast(aiohttp.ClientSession, post),
            )
        except (aiohttp.ClientError, TimeoutError, OSError):
            return BUSY
        except Exception:  # noqa: BLE001, S110 - pywebpush passes on whatever odd keys, or an answer's odd text, raise
            pass
        return REFUSED if post.answer is None else _outcome(post.answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    def _is_mapped(self, endpoint: str) -> bool:
        try:
            parts = urlsplit(endpoint)
        except ValueError:
            return False
        return parts.scheme == _HTTPS and parts.netloc.lower().removesuffix(_PORT) in self._hosts


def _outcome(answer: aiohttp.ClientResponse) -> Outcome:
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
