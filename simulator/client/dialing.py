"""Opening a connection: the name and the socket, then the TLS handshake, each within its own time-out."""

import _socket  # what the socket module and gevent's wrap: all that an open connection needs, and nothing around it
import errno
import math
import ssl
import sys
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, Final, TypeVar

import gevent
from gevent import socket
from gevent import ssl as gevent_ssl
from gevent.lock import BoundedSemaphore

from simulator.client.connection import Socket
from simulator.client.origin import Origin
from simulator.client.proxy import Proxy
from simulator.client.timeouts import Timeouts
from simulator.client.transport import (
    ConnectTimeout,
    NoSocket,
    NotSent,
    Refused,
    TlsFailed,
    Unreachable,
    Unresolved,
)
from simulator.errors import UsageError

# A name is looked up again after this long, so that a deployment may move; not for every connection, since look-ups
# go through a pool of a few threads and a burst of new connections would queue there.
ADDRESSES_LAST_SECONDS: Final = 30.0

_EXHAUSTED: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM})

_NO_SOCKET: Final = "No socket was left for {}: {}. Raise the limit (ulimit -n), or take more processes."

_Place = tuple[Any, ...]  # what connect() takes, which differs by family
_Address = tuple[int, _Place]
_Step = TypeVar("_Step")


class Dialer:
    """Opens connections to one origin. Belongs to one gevent hub."""

    def __init__(
        self,
        origin: Origin,
        context: ssl.SSLContext | None,
        *,
        timeouts: Timeouts,
        clock: Callable[[], float],
        proxy: Proxy | None = None,
        files: int = sys.maxsize,
    ) -> None:
        """Dial `origin`, with TLS if a context is given, through `proxy` if one is; `clock` is a monotonic one.

        From the descriptor `files` on none is for a socket.
        """
        self._origin = origin
        self._proxy = proxy
        self._place = proxy.origin if proxy is not None else origin  # whom the socket is connected to
        self._context = context
        self._timeouts = timeouts
        self._session: ssl.SSLSession | None = None
        self._clock = clock
        self._known: list[_Address] = []
        self._known_until = -math.inf
        self._looking_up = BoundedSemaphore()
        self._files = files

    def dial(self) -> Socket:
        """Open one connection, ready to be written to. Raises a leaf of NotSent; nothing has been sent then."""
        sock = self._within(self._timeouts.connect, "connected", self._reached)
        if (context := self._context) is not None:
            return self._within(self._timeouts.handshake, "secured", lambda: self._secured(sock, context))
        # gevent's own watchers and time-outs would only be in the way from now on.
        plain = _socket.socket(fileno=sock.detach())
        plain.setblocking(False)
        return plain

    def remember(self, session: ssl.SSLSession | None) -> None:
        """Keep a TLS session, which the next connection resumes."""
        self._session = session or self._session

    def _within(self, seconds: float, done: str, step: Callable[[], _Step]) -> _Step:
        limit = gevent.Timeout.start_new(seconds)
        try:
            return step()
        except gevent.Timeout as raised:
            if raised is not limit:  # somebody else's, around the whole request
                raise
            raise ConnectTimeout(f"{self._origin} was not {done} within {seconds:g} s.") from None
        finally:
            limit.close()

    def _reached(self) -> socket.socket:
        sock = self._connected()
        if self._proxy is not None and self._context is not None:
            try:
                self._proxy.tunnel(sock, self._origin)
            except BaseException:
                sock.close()
                raise
        return sock

    def _connected(self) -> socket.socket:
        problem: NotSent | None = None
        for family, address in self._addresses():
            try:
                return self._connect(family, address)
            except (Refused, Unreachable) as error:
                problem = error
        self._known_until = -math.inf
        raise problem or Unresolved(f"The name {self._place.host} has no address.")

    def _addresses(self) -> list[_Address]:
        if self._clock() < self._known_until:
            return self._known
        with self._looking_up:
            if self._clock() >= self._known_until:
                self._known = self._look_up()
                self._known_until = self._clock() + (math.inf if self._is_literal() else ADDRESSES_LAST_SECONDS)
            return self._known

    def _is_literal(self) -> bool:
        try:
            ip_address(self._place.host)
        except ValueError:
            return False
        return True

    def _look_up(self) -> list[_Address]:
        try:
            found = socket.getaddrinfo(self._place.host, self._place.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise Unresolved(f"The name {self._place.host} could not be resolved: {error}.") from None
        return [(family, address) for family, _, _, _, address in found]

    def _connect(self, family: int, address: _Place) -> socket.socket:
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise self._not_connected(error) from None
        if sock.fileno() >= self._files:
            sock.close()
            raise NoSocket(_NO_SOCKET.format(self._place, f"{self._files} files are open, and the run needs the rest"))
        try:
            _connect_without_delay(sock, address)
        except OSError as error:
            sock.close()
            raise self._not_connected(error) from None
        except BaseException:
            sock.close()
            raise
        return sock

    def _not_connected(self, error: OSError) -> NotSent:
        if isinstance(error, ConnectionRefusedError):
            return Refused(f"{self._place} refused the connection: nobody listens there.")
        if isinstance(error, TimeoutError):
            return ConnectTimeout(f"{self._place} did not answer the connection attempt.")
        if error.errno in _EXHAUSTED:
            return NoSocket(_NO_SOCKET.format(self._place, error.strerror))
        return Unreachable(f"{self._place} could not be reached: {error.strerror or error}.")

    def _secured(self, sock: socket.socket, context: ssl.SSLContext) -> Socket:
        try:
            # A ragged end must show: it may be somebody cutting the answer short.
            sock = context.wrap_socket(
                sock,
                server_hostname=self._origin.host,
                do_handshake_on_connect=False,
                suppress_ragged_eofs=False,
                session=self._session,
            )
            sock.do_handshake()
        except (OSError, ValueError) as error:
            sock.close()
            reason = getattr(error, "verify_message", "") or getattr(error, "reason", "") or error
            raise TlsFailed(f"The TLS handshake with {self._origin} failed: {reason}.") from None
        except BaseException:
            sock.close()
            raise
        sock.settimeout(0.0)
        return _Secured(sock, self)


class _Secured:
    """A TLS socket whose session the next connection resumes, which saves the server a signature."""

    __slots__ = ("_dialer", "_sock", "fileno", "recv", "recv_into", "send")

    def __init__(self, sock: ssl.SSLSocket, dialer: Dialer) -> None:
        self._sock = sock
        self._dialer = dialer
        self.send: Callable[[bytes], int] = sock.send
        self.recv: Callable[[int], bytes] = sock.recv
        self.recv_into: Callable[[memoryview], int] = sock.recv_into
        self.fileno: Callable[[], int] = sock.fileno

    def close(self) -> None:
        """Close it; a TLS 1.3 server sends the session with or after its first answer, so it is kept only now."""
        self._dialer.remember(self._sock.session)
        self._sock.close()


def _connect_without_delay(sock: socket.socket, place: _Place) -> None:
    sock.connect(place)
    # TCP connects a loopback port that nobody listens on to itself when it happens to be the one it chose.
    if sock.getsockname() == sock.getpeername():
        raise ConnectionRefusedError
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tls_context(*, ca_file: str | None, verify: bool) -> ssl.SSLContext:
    """Trust the system's authorities, or those in `ca_file` (PEM) alone; anybody at all without `verify`.

    Raises UsageError if the file cannot be read.
    """
    # gevent's class, so that it works whether or not the standard library is monkey-patched.
    context: ssl.SSLContext = gevent_ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    elif ca_file is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        _trust(context, ca_file)
    return context


def _trust(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except (OSError, ValueError) as error:
        no_pem = isinstance(error, ssl.SSLError | ValueError)
        why = "it holds no certificate in PEM that can be read" if no_pem else getattr(error, "strerror", error)
        raise UsageError(f"The CA file {ca_file} cannot be used: {why}. Give a PEM file of certificates.") from None
