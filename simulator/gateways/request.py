"""What a provider is asked, what it answers, and what is kept of it: the words between judges and front ends."""

from typing import NamedTuple, Protocol

from simulator.gateways.delivery import Delivery


class Headers(Protocol):
    """A request's headers, by names in lower case."""

    def get(self, name: str, /) -> str | None:
        """The first value of a header; None if it is not there."""
        ...

    def items(self) -> list[tuple[str, str]]:
        """Every header and its value, those that come twice among them, in their order."""
        ...


class Request(NamedTuple):
    """One HTTP request, read to its end."""

    method: str
    path: str  # without the query
    headers: Headers
    body: bytes
    peer: str  # tells connections apart, as "127.0.0.1:50312" does


class Answer(NamedTuple):
    """An HTTP answer; an empty body is sent as headers alone, without an empty DATA frame."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


class Judged(NamedTuple):
    """What a provider makes of a request."""

    answer: Answer
    delivery: Delivery | None  # None: no token was named, so that nothing was pushed to anybody


class Judge(Protocol):
    """One provider: what would the real one answer? It keeps no more state than the real one must."""

    def judge(self, request: Request) -> Judged:
        """Judge one request. Raises nothing, whatever is sent."""
        ...
