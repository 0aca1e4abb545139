from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import gevent
import pytest

from simulator.client.parsing import AnswerReader
from tests.simulator.client.certificates import Authority, server_context
from tests.simulator.client.torture.exposed import Fed, Wire


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def tls(authority: Authority) -> Wire:
    return Wire(server_context(authority.issue("127.0.0.1")), str(authority.ca_file))


@pytest.fixture(params=["tcp", "tls"])
def wire(request: pytest.FixtureRequest, tls: Wire) -> Wire:
    return tls if request.param == "tls" else Wire(None, None)


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> Fed:
    fed, feed = Fed(), AnswerReader.feed

    def spy(reader: AnswerReader, data: bytes) -> bool:
        fed.take(len(data))
        return feed(reader, data)

    monkeypatch.setattr(AnswerReader, "feed", spy)
    return fed


@pytest.fixture(autouse=True)
def _no_socket_is_left_open() -> Iterator[None]:
    gevent.sleep(0)  # the event loop is there
    before = sockets()
    yield
    assert sockets() == before


def sockets() -> int:
    """How many this process has open."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the listing's own
            count += descriptor.readlink().name.startswith("socket:")
    return count
