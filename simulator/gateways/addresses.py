"""The addresses of the listeners, known before anything listens: credentials and certificates must name them."""

import errno
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Final

from simulator.errors import UsageError

LISTENERS: Final = ("apns", "sandbox", "fcm", "web_push", "deliveries")

Address = tuple[str, int]


def url(scheme: str, address: Address) -> str:
    """The URL of an address."""
    host, port = address
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def option_of(listener: str) -> str:
    """How the port of a listener is given."""
    return f"--{listener.replace('_', '-')}-port"


@contextmanager
def reserved(host: str, ports: Mapping[str, int]) -> Iterator[dict[str, Address]]:
    """Address and port of each listener, kept free for this process until the context ends; 0 and none find one.

    `host` is an IP address. Raises UsageError, with a line for each port that somebody else listens on.
    """
    with ExitStack() as held:
        addresses, mistakes = dict[str, Address](), list[str]()
        for listener in LISTENERS:
            try:
                addresses[listener] = _hold(host, ports.get(listener, 0), held)
            except OSError as error:
                mistakes.append(_unusable(host, ports.get(listener, 0), option_of(listener), error))
        if mistakes:
            raise UsageError("\n".join(mistakes))
        yield addresses


def _hold(host: str, port: int, held: ExitStack) -> Address:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # The servers share their ports (SO_REUSEPORT), so that they would split the connections with another one that
        # does, without a word. This socket does not share, and is refused if anybody listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        address: Address = probe.getsockname()[:2]
    if sys.platform == "linux":
        # Bound and not listening, it gets no connections, and the port is nobody else's for the asking.
        holder = held.enter_context(socket.socket(family, socket.SOCK_STREAM))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(address)
    return address


def _unusable(host: str, port: int, option: str, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: name another with {option}, or 0 for any free one."
    return f"--host {host} {option} {port} cannot be listened on ({error.strerror}): name others."
