"""The platform's own calls: in its name, within its limit, and none while the server takes none."""

from collections.abc import Iterator

import orjson

from locustfiles._platform import Platform
from simulator.client import Client, Fault, Request, Response
from simulator.phones.pace import Pace

OK = Response(200, {}, b'{"RC":0,"RM":"OK","result":{}}')
LIMITED = Response(429, {}, b'{"error":"RATE_LIMIT_EXCEEDED","message":"slow down","retryAfter":7}')


class Wire:
    def __init__(self, *answers: Response) -> None:
        self.answers: Iterator[Response] = iter(answers)
        self.requests: list[Request] = []

    def send(self, request: Request) -> Response:
        self.requests.append(request)
        return next(self.answers)


def test_a_client_is_registered_with_the_api_key_until_the_server_has_had_enough() -> None:
    wire, now = Wire(OK, LIMITED), [0]
    platform = Platform(Client(wire, client_key="c", api_key="a"), Pace(1000, lambda: now[0]))
    assert platform.may_call()
    assert platform.subscribe("ann", "ios", "t", "d").status == 200
    assert platform.may_call()
    assert platform.subscribe("bob", "fcm", "u", "e").fault is Fault.RATE_LIMITED
    assert [orjson.loads(request.body) for request in wire.requests] == [
        {"type": "ios", "token": "t", "deviceId": "d", "clientId": "ann"},
        {"type": "fcm", "token": "u", "deviceId": "e", "clientId": "bob"},
    ]
    assert all(
        b"IM-API-KEY: a" in request.headers and b"IM-CLIENT-KEY" not in request.headers for request in wire.requests
    )
    now[0] = 6_900_000_000
    assert not platform.may_call()
    now[0] = 7_200_000_000
    assert platform.may_call()
