"""One HTTP/1.1 message off a stream: enough of RFC 9112 for our own client and backend, which always name lengths."""

import asyncio
import json
from typing import NamedTuple, Self


class Message(NamedTuple):
    """A request or an answer, whole."""

    head: bytes  # with the empty line
    body: bytes

    @classmethod
    async def read(cls, stream: asyncio.StreamReader) -> Self | None:
        """The next message; None if the stream ended before it was whole."""
        try:
            head = await stream.readuntil(b"\r\n\r\n")
            return cls(head, await stream.readexactly(_length(head)))
        except (asyncio.IncompleteReadError, OSError):
            return None

    @property
    def data(self) -> bytes:
        """All its bytes."""
        return self.head + self.body

    @property
    def path(self) -> str:
        """Of a request."""
        return self.head.split(b" ", 2)[1].decode()

    @property
    def register(self) -> tuple[str, str] | None:
        """The type and deviceId that a subscribe or unsubscribe is about; None for any other request."""
        if self.path not in ("/me/subscribe", "/me/unsubscribe"):
            return None
        fields = json.loads(self.body)
        return fields["type"], fields["deviceId"]


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length":
            return int(value)
        if name == b"transfer-encoding":
            raise ValueError("a message came in chunks, which this proxy does not read")
    return 0
