"""Finding out the address to serve on before the server binds it."""

import errno
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.errors import UsageError


@contextmanager
def reserved(host: str, port: int, *, joins: bool = False) -> Iterator[tuple[str, int]]:
    """The IP address and port to listen on, kept free for this process until the context ends; port 0 finds one.

    `joins` is for a process that is to share the port with others of its own kind. Raises UsageError if somebody else
    listens there, or the address is not this machine's.
    """
    try:
        family, kind, number, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not joins:
            with socket.socket(family, kind, number) as probe:
                # The server shares its port (SO_REUSEPORT), so that it would split the connections with another one
                # that does, without a word. This socket does not share, and is refused if anybody listens.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
                address = probe.getsockname()
        with socket.socket(family, kind, number) as held:
            if sys.platform == "linux":
                # Bound and not listening, it gets no connections, and the port is nobody else's for the asking.
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                held.bind(address)
            yield str(address[0]), int(address[1])
    except OSError as error:
        raise _unusable(host, port, error) from error


def _unusable(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(f"port {port} on {host} is in use: name another with --port, or 0 for any free one.")
    return UsageError(f"--host {host} --port {port} cannot be listened on ({error.strerror}): name others.")
