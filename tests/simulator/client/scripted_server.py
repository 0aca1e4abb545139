"""A server that does to each connection exactly what a script says, and keeps every request it read.

It runs on greenlets of the test's own hub, so that nothing depends on threads taking turns.
"""

import ssl
import struct
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import gevent
from gevent import socket
from gevent import ssl as gevent_ssl
from gevent.event import Event

OK_BODY = b'{"RC":0,"RM":"OK","result":{}}'


def answer(body: bytes = OK_BODY, *, status: str = "200 OK", headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n%b\r\n%b" % (status.encode(), len(body), headers, body)


class Peer:
    """One accepted connection, from the server's side."""

    def __init__(self, sock: socket.socket, requests: list[bytes]) -> None:
        self.sock = sock
        self._requests = requests

    def read_request(self) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        self._requests.append(head + b"\r\n\r\n" + body)
        return self._requests[-1]

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def reset(self) -> None:
        """Close with a TCP reset: what lingering for zero seconds does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def end_politely(self) -> None:
        """Close as the wire has it: with TLS the end is a message of its own, which a close alone leaves out."""
        if isinstance(self.sock, gevent_ssl.SSLSocket):
            self.sock.settimeout(0.0)
            with suppress(OSError):  # it is said, and nobody waits for the client to say the same
                self.sock.unwrap()
        self.sock.close()

    def wait_for_end(self) -> None:
        while self.sock.recv(1024):
            pass

    def _more(self) -> bytes:
        data = self.sock.recv(65536)
        if not data:
            raise EOFError
        return data


Script = Callable[[Peer], None]


def serve_forever(peer: Peer) -> None:
    while True:
        peer.read_request()
        peer.send(answer())


class ScriptedServer:
    """Plays one script a connection, in order; connections beyond the last script are served for ever.

    A script that ends closes its connection. The client going away ends a script and is no failure.
    """

    def __init__(self, *scripts: Script, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = Event()  # set whenever a connection has been closed by its script
        self._scripts = list(scripts)
        self._context = context
        self._listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        self._listener.bind((host, 0))
        self._listener.listen(64)
        self.port: int = self._listener.getsockname()[1]
        self._host = f"[{host}]" if ":" in host else host
        self._greenlets: list[gevent.Greenlet[..., None]] = [gevent.spawn(self._accept)]
        self._failures: list[Exception] = []

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://{self._host}:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        gevent.killall(self._greenlets)
        self._listener.close()
        if error is None:
            assert self._failures == []

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a piece that is sent is on its way
            script = self._scripts[self.connections] if self.connections < len(self._scripts) else serve_forever
            self.connections += 1
            self._greenlets.append(gevent.spawn(self._play, script, sock))

    def _play(self, script: Script, sock: socket.socket) -> None:
        try:
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
                sock.do_handshake()
            script(Peer(sock, self.requests))
        except (OSError, EOFError):
            pass
        except Exception as error:  # noqa: BLE001 - it fails the test when the server is closed
            self._failures.append(error)
        finally:
            sock.close()
            self.ended.set()
