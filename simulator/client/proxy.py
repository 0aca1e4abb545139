"""Going through an HTTP proxy: a tunnel by CONNECT for https (RFC 9110, section 9.3.6), whole URLs for http.

Only a proxy that was named is used; the environment's http_proxy is not looked at, since what a load test goes through
is part of what it measures.
"""

from base64 import b64encode
from typing import NamedTuple, Self
from urllib.parse import unquote, urlsplit

from gevent import socket

from simulator.client.origin import Origin
from simulator.client.transport import ProxyRefused
from simulator.errors import UsageError

_MOST_HEAD_BYTES = 64 * 1024


class Proxy(NamedTuple):
    """An HTTP proxy and what it wants to be told of who we are; the repr does not show that."""

    origin: Origin
    authorization: bytes  # a header line with its CRLF; empty: none

    @classmethod
    def parse(cls, url: str) -> Self:
        """Take `http://[user:password@]host:port` apart. Raises UsageError, which never repeats a password."""
        try:
            parts = urlsplit(url)
        except ValueError:  # its brackets do not match; the error repeats what is between them
            raise UsageError(
                "The proxy's URL cannot be read: give one such as http://proxy.example.com:3128."
            ) from None
        _, at, place = parts.netloc.rpartition("@")
        origin = Origin.parse(parts._replace(netloc=place).geturl())
        if origin.secure or origin.prefix:
            raise UsageError(f"The proxy {origin} cannot be used: give one such as http://proxy.example.com:3128.")
        said = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}".encode()
        return cls(origin, b"Proxy-Authorization: Basic %b\r\n" % b64encode(said) if at else b"")

    def __repr__(self) -> str:
        return f"<Proxy {self.origin}>"

    def tunnel(self, sock: socket.socket, target: Origin) -> None:
        """Have the proxy connect this socket, which is connected to it, to `target`. Raises ProxyRefused."""
        place = f"[{target.host}]:{target.port}" if ":" in target.host else f"{target.host}:{target.port}"
        request = f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n".encode("ascii")
        head = bytearray()
        try:
            sock.sendall(request + self.authorization + b"\r\n")
            # Byte by byte: what follows the head belongs to TLS, and a connection has few of these bytes.
            while not head.endswith(b"\r\n\r\n"):
                byte = sock.recv(1)
                if not byte or len(head) > _MOST_HEAD_BYTES:
                    raise ProxyRefused(f"The proxy {self.origin} did not answer CONNECT as a proxy does.")
                head += byte
        except OSError as error:
            raise ProxyRefused(f"The proxy {self.origin} broke off: {error.strerror or error}.") from None
        version, _, rest = bytes(head.split(b"\r\n", 1)[0]).partition(b" ")
        if not version.startswith(b"HTTP/1.") or not rest.startswith(b"2"):
            said = rest[:40].decode("latin-1")
            raise ProxyRefused(f"The proxy {self.origin} did not connect to {target}: {said!r}.")
