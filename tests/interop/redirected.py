"""Web Push endpoints bear real hosts' names: how clients reach the gateways by them, without a look-up.

A server's certificate is checked for the endpoint's host; only where that is reached is another.
"""

import socket
import ssl
from urllib.parse import urlsplit

import aiohttp
import requests
from aiohttp.abc import AbstractResolver, ResolveResult
from requests.adapters import HTTPAdapter

from tests.interop.world import World, address


def session(world: World, *, trusting: World | None = None) -> requests.Session:
    """For `webpush`; it trusts the authority of `trusting`."""
    made = requests.Session()
    made.trust_env = False
    made.verify = (trusting or world).ready["certificate_authority"]
    made.mount("https://", _Adapter(*address(world.ready["web_push"]["url"])))
    return made


def connector(world: World, *, trusting: World | None = None) -> aiohttp.TCPConnector:
    """For the session of `webpush_async`; it trusts the authority of `trusting`. Call it in a running loop."""
    trust = ssl.create_default_context(cafile=(trusting or world).ready["certificate_authority"])
    return aiohttp.TCPConnector(resolver=_Resolver(*address(world.ready["web_push"]["url"])), ssl=trust)


class _Adapter(HTTPAdapter):
    """Connects to one address, whatever the URL."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._host, self._port = host, port

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, ARG002 - as requests has it
        named = urlsplit(request.url).hostname
        checked = {"server_hostname": named, "assert_hostname": named, "ca_certs": verify, "cert_reqs": "CERT_REQUIRED"}
        return self.poolmanager.connection_from_host(self._host, port=self._port, scheme="https", pool_kwargs=checked)


class _Resolver(AbstractResolver):
    """Has one address for every name."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    async def resolve(
        self,
        host: str,
        port: int = 0,  # noqa: ARG002 - as aiohttp has it
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=self._host, port=self._port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """It holds nothing."""
