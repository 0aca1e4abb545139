"""A control listener and a platform as pushes see them: what is pushed arrives as the test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import gevent
import numpy as np
import orjson
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer
from numpy.typing import NDArray

from simulator.client import Request, Response
from simulator.gateways.delivery import DELIVERY, NOBODY, PACK, Delivery, Provider, Topic
from simulator.tokens.mark import Mark, find_mark

OK = b'{"RC":0,"RM":"OK","result":{}}'


def delivery(mark: Mark | None, register: int, value: int, received: int, **other: int) -> bytes:
    """One delivery's record; `other` are fields of `Delivery`."""
    owner, sent = (mark.person, mark.sent) if mark is not None else (NOBODY, 0)
    said = {"status": 200, "reason": 0, "push_type": 0, "fleet": mark.fleet if mark else 1, "origin": register, **other}
    return PACK.pack(
        *Delivery(
            provider=Provider.APNS,
            topic=Topic.ALERT,
            owner=owner,
            sent=sent,
            register=register,
            value=value,
            received=received,
            answered=received + 1,
            **said,
        )
    )


@dataclass
class Listener:
    """What the gateways' control listener answers from: deliveries, handed out `batch` at a time."""

    batch: int = 16_384
    journal: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        self.asked.append(environ["QUERY_STRING"])
        after = int(environ["QUERY_STRING"].removeprefix("after="))
        start("200 OK", [("x-total", str(len(self.journal))), ("Content-Type", "application/octet-stream")])
        return [b"".join(self.journal[after : after + self.batch])]

    @contextmanager
    def served(self) -> Iterator[str]:
        """Its URL, as long as it is up."""
        server = WSGIServer(("127.0.0.1", 0), self, log=None, spawn=Pool(8))
        server.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.stop(timeout=0.01)  # connections that are kept alive end with it

    def records(self) -> NDArray[np.void]:
        return np.frombuffer(b"".join(self.journal), DELIVERY)


@dataclass
class Platform:
    """A transport to a backend that pushes: `reaches` puts deliveries into the gateways' journal.

    Its log says that a push is closed once it was asked about it `asks` times.
    """

    reaches: Callable[[Mark], None]
    tokens: int = 1
    asks: int = 1
    answer: Response = field(default_factory=lambda: Response(200, {b"im-push-id": b"9"}, OK))
    marks: list[Mark] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    hangs: bool = False

    def send(self, request: Request) -> Response:
        if request.method == "GET":
            self.asks -= 1
            log = {"selected": self.tokens, "attempted": self.tokens, "delivered": self.tokens}
            entry = {**log, "failed": 0, "pruned": 0, "closed": self.asks <= 0}
            return Response(200, {}, orjson.dumps({"RC": 0, "result": entry}))
        mark = find_mark(request.body)
        assert mark is not None
        self.marks.append(mark)
        self.bodies.append(orjson.loads(request.body))
        if self.hangs:
            gevent.sleep(60)
        self.reaches(mark)
        return self.answer
