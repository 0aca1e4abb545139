"""The way to the target: through which proxy, trusted by whose word, and how long each phase of a call may take."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from simulator.client import HttpTransport, Proxy, Timeouts, tls_context
from simulator.client.descriptors import raise_limit
from simulator.errors import UsageError

OPTIONS: Final = (
    "proxy",
    "ca_file",
    "insecure",
    "connect_timeout",
    "handshake_timeout",
    "first_byte_timeout",
    "timeout",
)
_PROXY: Final = "PUSHFLEET_PROXY"  # the environment's
_BOUNDS: Final = {
    "connect": "connect_timeout",
    "handshake": "handshake_timeout",
    "first_byte": "first_byte_timeout",
    "answer": "timeout",
}
_DAY: Final = 86_400.0  # seconds
_ANSWER: Final = 10.0  # seconds; those to connect and to shake hands are as many, and never more than the answer's
_TO_A_DEPLOYMENT: Final = ("proxy", "ca_file", "insecure", "handshake_timeout")
_PLACE: Final = re.compile(r"(?:\[[^\]]*\]|[^:/?#]*)(?::\d{1,5}(?=$|[/?#]))?")
_OF_TLS: Final = ("ca_file", "insecure", "handshake_timeout")


@dataclass(frozen=True, slots=True)
class Way:
    """How calls reach the target; made by `parse`. Plain values, so that a message can carry them."""

    proxy: str = field(default="", repr=False)  # URL, with its user and password; empty: none
    ca_file: str = ""  # PEM; empty: the system's authorities
    insecure: bool = False  # trust anybody
    connect: float = _ANSWER  # seconds, as the others: those of Timeouts
    handshake: float = _ANSWER
    first_byte: float = _ANSWER
    answer: float = _ANSWER
    bounds: tuple[str, ...] = ()  # those of the four that were asked for: an SDK waits no longer either

    @classmethod
    def parse(cls, options: Mapping[str, Any], *, host: str | None, number: Callable[..., float]) -> Self:
        """What the options as typed ask for; UsageError with all mistakes but those that `number` notes itself.

        `number` reads an option in seconds: its name, what stands for nothing said, and the most that it may be.
        """
        if host is None and options.get("proxy") == os.environ.get(_PROXY):
            options = {**options, "proxy": ""}  # whoever always sets it can still run against the embedded backend
        answer = number("timeout", _ANSWER, most=_DAY)
        usual = answer if answer > 0 else _ANSWER  # one mistake is enough
        quick = min(usual, _ANSWER)
        way = cls(
            proxy=str(options.get("proxy") or ""),
            ca_file=str(options.get("ca_file") or ""),
            insecure=bool(options.get("insecure")),
            connect=number("connect_timeout", quick, most=_DAY),
            handshake=number("handshake_timeout", quick, most=_DAY),
            first_byte=number("first_byte_timeout", usual, most=_DAY),
            answer=answer,
            bounds=tuple(field for field, name in _BOUNDS.items() if options.get(name) not in (None, "")),
        )
        if mistakes := [*_out_of_place(options, host), *way._mistakes()]:
            raise UsageError("\n".join(mistakes))
        return way

    @property
    def shown(self) -> str:
        """The proxy, without its user and password; empty: none."""
        return str(Proxy.parse(self.proxy).origin) if self.proxy else ""

    @property
    def timeouts(self) -> Timeouts:
        """The client's bounds."""
        return Timeouts(self.connect, self.handshake, self.first_byte, self.answer)

    def timeouts_of(self, connect: float, answer: float) -> Timeouts:
        """The bounds of an SDK that waits so many seconds; those that were asked for hold for it too."""
        most = {name: getattr(self, name) for name in self.bounds}
        whole = most.get("answer", answer)
        return Timeouts(
            min(connect, most.get("connect", whole if "answer" in most else connect)),
            min(connect, most.get("handshake", whole if "answer" in most else connect)),
            min(answer, whole, most.get("first_byte", answer)),
            min(answer, whole),
        )

    def transport(self, host: str, timeouts: Timeouts | None = None) -> HttpTransport:
        """To `host`, for this process, within the client's bounds or `timeouts`. UsageError if the CA file has gone."""
        return HttpTransport(
            host,
            timeouts=timeouts or self.timeouts,
            ca_file=self.ca_file or None,
            verify=not self.insecure,
            proxy=self.proxy or None,
            files=raise_limit(),
        )

    def _mistakes(self) -> Iterator[str]:
        if self.insecure and self.ca_file:
            yield f"--insecure trusts anybody, and --ca-file {self.ca_file} says whom to trust: give one of them."
        if self.first_byte > self.answer > 0:
            yield (
                f"--first-byte-timeout {self.first_byte:g} is beyond --timeout {self.answer:g}, which ends an answer "
                "sooner: give less, or raise --timeout."
            )
        yield from _mistakes_of_proxy(self.proxy)
        if self.ca_file:
            yield from _mistakes_of_ca_file(self.ca_file)


def _out_of_place(options: Mapping[str, Any], host: str | None) -> Iterator[str]:
    """Options of a way that this run does not go."""
    if host is None:
        for name in _given(options, _TO_A_DEPLOYMENT):
            yield f"{name} is for a deployment, and no --host was given: leave it out, or give --host."
    elif not host.startswith("https:"):
        for name in _given(options, _OF_TLS):
            yield f"{name} is for https, and --host {host} is none: leave it out, or give --host an https URL."


def _given(options: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[str]:
    return (f"--{name.replace('_', '-')}" for name in names if options.get(name) not in (None, "", False))


def _mistakes_of_proxy(url: str) -> Iterator[str]:
    try:
        if url:
            Proxy.parse(url)
    except UsageError:
        yield (
            f"--proxy {_place(url)} is no HTTP proxy: give one such as http://proxy.example.com:3128, or "
            "http://user:password@proxy.example.com:3128 in PUSHFLEET_PROXY."
        )


def _place(url: str) -> str:
    """Scheme, host and port of a URL that cannot be read, as far as none of them can be a user or a password."""
    scheme, found, rest = url.partition("://")
    place = _PLACE.match(rest.rpartition("@")[2])
    return f"{scheme}{found}{place[0] if place else ''}" if found else "without http:// in front"


def _mistakes_of_ca_file(path: str) -> Iterator[str]:
    try:
        tls_context(ca_file=path, verify=True)
    except UsageError as error:
        yield str(error).replace("The CA file", "--ca-file", 1)
