"""`python -m tests.calibrated SHAPE [--exact]`: the server in a process of its own.

It prints its port when it listens. `GET /log` answers with what it did: of each subscribe the token, when it was read
and when it was answered (monotonic ns), as JSON. With --exact it spins for the last moments before an answer is due,
and takes a core of its own.
"""

import heapq
import select
import socket
import sys
import time
from random import Random
from typing import Final

import orjson

from tests.calibrated.delays import DELAYS, MS, stall_end

_SPIN: Final = 2 * MS  # epoll counts in milliseconds
_OK: Final = b'{"RC":0,"RM":"OK","result":{}}'
_TOKEN: Final = b'{"RC":0,"RM":"OK","result":{"token":"%s","expirationDate":"2099-01-01T00:00:00Z"}}' % (b"e" * 120)


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class Server:
    """One thread, one epoll, no queue but the kernel's."""

    def __init__(self, shape: str, *, exact: bool) -> None:
        self._shape, self._exact = shape, exact
        self._draw, self._rng = DELAYS[shape], Random(11)
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]
        self._poll = select.epoll()
        self._poll.register(self._listening.fileno(), select.EPOLLIN)
        self._peers: dict[int, socket.socket] = {}
        self._read: dict[int, bytes] = {}
        self._due: list[tuple[int, int, int, str]] = []  # when, in which order, to whom, of which token
        self._log: list[tuple[str, int, int]] = []
        self._received: dict[int, int] = {}
        self._number = 0

    def serve(self) -> None:
        """Until it is killed."""
        while True:
            found = self._poll.poll(self._patience())
            self._stall()  # whatever comes in a stall is read when it ends
            for number, _ in found:
                if number == self._listening.fileno():
                    self._accept()
                else:
                    self._hear(number)
            self._answer_due()

    def _stall(self) -> None:
        now = time.monotonic_ns()
        until = stall_end(self._shape, now)
        if until > now:
            time.sleep((until - now) / 1e9)

    def _patience(self) -> float:
        if not self._due:
            return 0.05
        left = self._due[0][0] - time.monotonic_ns() - (_SPIN if self._exact else 0)
        return max(0.0, min(left / 1e9, 0.05))

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except BlockingIOError:
                return
            peer.setblocking(False)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._peers[peer.fileno()], self._read[peer.fileno()] = peer, b""
            self._poll.register(peer.fileno(), select.EPOLLIN)

    def _hear(self, number: int) -> None:
        try:
            more = self._peers[number].recv(65536)
        except ConnectionError:
            more = b""
        if not more:
            self._poll.unregister(number)
            self._peers.pop(number).close()
            return
        data = self._read[number] + more
        head, end, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0) if end else 0
        if not end or len(body) < length:
            self._read[number] = data
            return
        self._read[number] = b""
        self._take(number, head, body)

    def _take(self, number: int, head: bytes, body: bytes) -> None:
        now = time.monotonic_ns()
        if head.startswith(b"GET /log"):
            self._peers[number].setblocking(True)
            self._peers[number].sendall(_answer(orjson.dumps(self._log)))
        elif b" /admin/clients " in head:
            self._peers[number].sendall(_answer(_TOKEN))
        else:
            token = str(orjson.loads(body).get("token", ""))
            self._number += 1
            self._received[self._number] = now
            heapq.heappush(self._due, (now + self._draw(self._rng), self._number, number, token))

    def _answer_due(self) -> None:
        now = time.monotonic_ns()
        while self._due and self._due[0][0] <= now:
            _, order, number, token = heapq.heappop(self._due)
            if stall_end(self._shape, now) > now:
                self._stall()
            answered = time.monotonic_ns()
            if number in self._peers:
                self._peers[number].sendall(_answer(_OK))
            self._log.append((token, self._received.pop(order), answered))


if __name__ == "__main__":
    server = Server(sys.argv[1], exact="--exact" in sys.argv[2:])
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve()
