"""Gateways, each kind started once, and a watch that nothing leaves this machine."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from simulator.fleet import Fleet
from simulator.gateways.process import Gateways
from tests.interop import nodejs
from tests.interop.closed import LOOPBACK, Watch
from tests.interop.world import World

Start = Callable[..., World]


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """The watch, in every test of this folder."""
    watch = Watch()
    watch.set_up(monkeypatch)
    yield watch
    assert watch.refused() == []
    assert {host for host, _ in watch.connected} <= {LOOPBACK}


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet.create(tmp_path_factory.mktemp("interop") / "fleet", devices=10_000, seed=1)


@pytest.fixture(scope="session")
def start(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts gateways, or finds those that were started with the same options."""
    started, unused = dict[str, World](), iter(range(fleet.devices))
    with ExitStack() as stack:

        def find(**options: Any) -> World:  # noqa: ANN401 - those of Gateways.start
            name = repr(sorted(options.items()))
            if name not in started:
                folder = tmp_path_factory.mktemp("gateways")
                gateways = stack.enter_context(Gateways.start(folder, fleet=fleet.directory, **options))
                started[name] = World(gateways, fleet, unused)
            started[name].begin()
            return started[name]

        yield find


@pytest.fixture
def world(start: Start) -> World:
    """Providers that notice at once that a token is dead."""
    return start(stale_seconds=0.0)


@pytest.fixture
def late(start: Start) -> World:
    """Providers that notice after a while that a token is dead, as the real ones do."""
    return start(stale_seconds=0.4)


@pytest.fixture
def throttled(start: Start) -> World:
    """Providers that have had enough of everybody: 429, and to be asked again after a second."""
    return start(front="faulty", faults=("throttle=1",))


@pytest.fixture
def unavailable(start: Start) -> World:
    """Providers that cannot answer now: 503, and to be asked again after a second."""
    return start(front="faulty", faults=("unavailable=1",))


@pytest.fixture
def leaving(start: Start) -> World:
    """Providers that end every third connection or so, and say that they have not looked at the push."""
    return start(front="faulty", faults=("goaway=0.3",))


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts of `node` and the packages of its lock file; skips the test where Node is not.

    With PUSHFLEET_TEST_NODE=required, as in `.ci/run`, the test fails there.
    """
    if missing := nodejs.missing():
        (pytest.fail if os.environ.get("PUSHFLEET_TEST_NODE") == "required" else pytest.skip)(missing)
    return nodejs.install(tmp_path_factory.mktemp("node"))
