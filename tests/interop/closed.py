"""Nothing leaves this machine: every look-up of a name and every connection is watched, and most are refused."""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest

LOOPBACK = "127.0.0.1"


class LeftTheMachineError(OSError):
    """A name was to be looked up, or a host to be connected to, that is not here. No packet was sent for it.

    An OSError, so that clients close their sockets as they do when the network fails.
    """


class Watch:
    """What clients have done since it was set up in `socket`, which all Python clients here go through."""

    def __init__(self) -> None:
        self.connected = set[tuple[str, int]]()  # hosts and ports
        self._refused = list[str]()

    def set_up(self, patch: pytest.MonkeyPatch) -> None:
        """Looking a name up, and connecting to what is not loopback, raises LeftTheMachineError."""
        for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"):
            patch.setattr(socket, name, self._looking_up(getattr(socket, name)))
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, self._connecting(getattr(socket.socket, name)))

    def refused(self) -> list[str]:
        """What was refused and not asked for yet; a client may have made the exception its own, or swallowed it."""
        refused, self._refused = self._refused, []
        return refused

    def _looking_up(self, look_up: Callable[..., Any]) -> Callable[..., Any]:
        def watched(host: Any, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as socket has it
            if host is not None and _address(host) is None:
                self._refuse(f"look up {host}")
            return look_up(host, *arguments, **options)

        return watched

    def _connecting(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        def watched(unconnected: socket.socket, where: Any) -> Any:  # noqa: ANN401 - as socket has it
            if unconnected.family in (socket.AF_INET, socket.AF_INET6):
                if (there := _address(where[0])) is None or not there.is_loopback:
                    self._refuse(f"connect to {where[0]}")
                self.connected.add(where[:2])
            return connect(unconnected, where)

        return watched

    def _refuse(self, what: str) -> None:
        self._refused.append(what)
        raise LeftTheMachineError(f"A client wanted to {what}, which is not this machine: redirect it to the gateways.")


def _address(host: str | bytes) -> IPv4Address | IPv6Address | None:
    """None: it is a name."""
    try:
        return ip_address(host.decode() if isinstance(host, bytes) else host)
    except ValueError:
        return None
