from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import gevent
import orjson
import pytest

from simulator.client.api import Client
from simulator.client.issuing import ApiKeyRefused, HostRefuses, NotIssued, RateLimited
from simulator.client.seeding import MOST_ATTEMPTS, MOST_WAITS, obtain_client_tokens
from simulator.client.transport import Refused, Request, Response, TransportError

LIMITED = Response(429, {b"retry-after": b"60"}, b"{}")
BROKEN = Response(503, {}, b"{}")
BAD_KEY = Response(401, {}, b'{"error":"INVALID_API_KEY","message":"no"}')


def people(count: int) -> Iterator[tuple[int, str, str]]:
    return ((number, f"client-{number}", f"Nick {number}") for number in range(count))


@dataclass
class Issuer:
    """A transport that issues tokens, unless `trouble` has something else to answer to the n-th request."""

    trouble: Callable[[int], Response | TransportError | None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    def send(self, request: Request) -> Response:
        client_id = str(orjson.loads(request.body)["_id"])
        self.asked.append(client_id)
        answer = self.trouble(len(self.asked))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            gevent.sleep(0)
        finally:
            self.at_once -= 1
        if isinstance(answer, TransportError):
            raise answer
        return answer or Response(
            200, {}, b'{"RC":0,"result":{"token":"t-%b","expirationDate":9}}' % client_id.encode()
        )


@dataclass
class Seeding:
    issuer: Issuer
    kept: dict[int, tuple[bytes, float]] = field(default_factory=dict)
    progress: list[int] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def run(self, count: int, parallel: int = 4) -> None:
        obtain_client_tokens(
            Client(self.issuer, client_key="client-key", api_key="s3cret"),
            people(count),
            lambda person, token, expires: self.kept.update({person: (token, expires)}),
            parallel=parallel,
            progress=self.progress.append,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        gevent.sleep(0)


def test_every_person_gets_their_own_token_once() -> None:
    seeding = Seeding(Issuer())
    seeding.run(50)
    assert seeding.kept == {number: (b"t-client-%d" % number, 9.0) for number in range(50)}
    assert sorted(seeding.issuer.asked) == sorted(f"client-{number}" for number in range(50))
    assert seeding.progress == list(range(1, 51))
    assert seeding.slept == []


def test_as_many_are_asked_for_at_once_as_allowed() -> None:
    seeding = Seeding(Issuer())
    seeding.run(50, parallel=7)
    assert seeding.issuer.most_at_once == 7


def test_nobody_to_seed_is_done_at_once() -> None:
    seeding = Seeding(Issuer())
    seeding.run(0)
    assert (seeding.kept, seeding.progress) == ({}, [])


def test_at_the_rate_limit_it_waits_as_long_as_asked_and_goes_on() -> None:
    seeding = Seeding(Issuer(lambda request: LIMITED if request in {3, 7} else None))
    seeding.run(20)
    assert len(seeding.kept) == 20
    assert seeding.slept == [60.0, 60.0]


def test_a_rate_limit_that_never_ends_stops_with_a_clear_error() -> None:
    seeding = Seeding(Issuer(lambda _: LIMITED))
    with pytest.raises(RateLimited, match=r"rate limit.*60 s") as raised:
        seeding.run(3, parallel=1)
    assert seeding.slept == [60.0] * MOST_WAITS
    assert not raised.value.passing


def test_a_rate_limit_that_asks_for_hours_is_not_waited_for() -> None:
    seeding = Seeding(Issuer(lambda _: Response(429, {b"retry-after": b"86400"}, b"")))
    with pytest.raises(RateLimited, match="86400 s"):
        seeding.run(1)
    assert seeding.slept == []


def test_trouble_that_passes_is_sat_out() -> None:
    seeding = Seeding(Issuer(lambda request: BROKEN if request <= 3 else None))
    seeding.run(1)
    assert seeding.kept == {0: (b"t-client-0", 9.0)}
    assert seeding.slept == [0.5, 1.0, 2.0]


def test_trouble_that_stays_stops_with_its_reason() -> None:
    seeding = Seeding(Issuer(lambda _: BROKEN))
    with pytest.raises(NotIssued, match=r"client-0.*503"):
        seeding.run(5, parallel=1)
    assert seeding.issuer.asked == ["client-0"] * MOST_ATTEMPTS


def test_a_bad_api_key_stops_at_once_and_is_never_shown() -> None:
    seeding = Seeding(Issuer(lambda _: BAD_KEY))
    with pytest.raises(ApiKeyRefused, match="--api-key") as raised:
        seeding.run(1000)
    assert "s3cret" not in str(raised.value)
    assert len(seeding.issuer.asked) <= 4
    assert seeding.slept == []


def test_a_host_that_refuses_connections_stops_at_once() -> None:
    seeding = Seeding(Issuer(lambda _: Refused("http://h:1 refused the connection: nobody listens there.")))
    with pytest.raises(HostRefuses, match="refused the connection"):
        seeding.run(1000)
    assert len(seeding.issuer.asked) <= 4


def test_what_was_obtained_before_a_failure_is_kept() -> None:
    seeding = Seeding(Issuer(lambda request: BAD_KEY if request == 10 else None))
    with pytest.raises(ApiKeyRefused):
        seeding.run(1000, parallel=1)
    assert sorted(seeding.kept) == list(range(9))


def test_an_error_while_keeping_reaches_the_caller() -> None:
    def disk_full(*_: object) -> None:
        raise OSError("disk full")

    client = Client(Issuer(), client_key="k", api_key="k")
    with pytest.raises(OSError, match="disk full"):
        obtain_client_tokens(client, people(100), disk_full)


def test_killing_the_seeding_stops_its_greenlets() -> None:
    issuer = Issuer(lambda _: LIMITED)
    client = Client(issuer, client_key="k", api_key="k")
    seeding = gevent.spawn(
        obtain_client_tokens, client, people(100), lambda *_: None, parallel=4, sleep=lambda _: gevent.sleep(0)
    )
    while len(issuer.asked) < 8:
        gevent.sleep(0)
    seeding.kill()
    asked = len(issuer.asked)
    for _ in range(5):
        gevent.sleep(0)
    assert len(issuer.asked) == asked
