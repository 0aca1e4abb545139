"""The fault-injecting front end: raw h2 and h11 on asyncio, since granian can neither go away nor reset a stream.

The judges are the fast front end's. `Desk` decides what becomes of a request; `http2` and `http1` do it. As in the fast
front end, a delivery is journaled in the same go of the loop in which its request's last byte was read.
"""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final, cast

from simulator.gateways.addresses import Address
from simulator.gateways.authority import Certificates
from simulator.gateways.desk import Desk
from simulator.gateways.http1 import Http1
from simulator.gateways.http2 import Http2

_BACKLOG: Final = 4096
_H2: Final = "h2"
_PREFACE: Final = b"PRI"  # no method of HTTP/1.1 begins so (RFC 9113, 3.4)


@asynccontextmanager
async def listening(
    desks: Mapping[str, Desk], addresses: Mapping[str, Address], certificates: Certificates
) -> AsyncIterator[None]:
    """Serve each desk at the address of its name; on leaving, connections are closed, whatever is under way."""
    context = _context(certificates)
    open_now = set[Http1 | Http2]()
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda desk=desk: _Chooser(desk, open_now),  # type: ignore[misc]  # mypy has no type for a default of a lambda
            *addresses[name],
            ssl=context,
            backlog=_BACKLOG,
            reuse_port=sys.platform == "linux",  # the port is held by a socket of this process: see `reserved`
        )
        for name, desk in desks.items()
    ]
    try:
        yield
    finally:
        for server in servers:
            server.close()
        for connection in list(open_now):
            connection.close()


class _Chooser(asyncio.Protocol):
    """Hands a new connection to the protocol that its client speaks.

    That was agreed upon while the TLS session was set up; and where it was not, as by aioapns with a plain SSL context,
    HTTP/2 is told by how it begins.
    """

    def __init__(self, desk: Desk, open_now: set[Http1 | Http2]) -> None:
        self._desk = desk
        self._open_now = open_now
        self._begun = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        agreed = transport.get_extra_info("ssl_object").selected_alpn_protocol()
        if agreed is not None:
            self._hand_over(Http2 if agreed == _H2 else Http1)

    def data_received(self, data: bytes) -> None:
        self._begun += data
        if len(self._begun) >= len(_PREFACE):
            protocol = self._hand_over(Http2 if self._begun.startswith(_PREFACE) else Http1)
            protocol.data_received(self._begun)

    def _hand_over(self, kind: type[Http1 | Http2]) -> Http1 | Http2:
        protocol = kind(self._desk, self._open_now)
        self._transport.set_protocol(protocol)
        protocol.connection_made(self._transport)
        return protocol


def _context(certificates: Certificates) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificates.chain, certificates.key)
    context.set_alpn_protocols([_H2, "http/1.1"])
    return context
