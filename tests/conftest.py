"""What tests of every part share."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from simulator.fleet import Fleet
from tests.postgresql import Postgresql
from tests.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage with forty devices: iPhones, Androids, and two browsers."""
    return Stage(Fleet.create(tmp_path / "fleet", 40, 5))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Postgresql]:
    """A PostgreSQL server that all tests share: each takes a database of its own."""
    with Postgresql.start() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: Postgresql) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with postgresql.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Names another empty database at each call, as --store takes it; the test is made on SQLite and PostgreSQL."""
    with ExitStack() as dropping:
        if request.param == "sqlite":
            numbers = count(1)
            yield lambda: f"sqlite:{tmp_path / f'store-{next(numbers)}.sqlite'}"
        else:
            server: Postgresql = request.getfixturevalue("postgresql")
            yield lambda: dropping.enter_context(server.database())


@pytest.fixture
def store(new_store: Callable[[], str]) -> str:
    """An empty database, as --store takes it; the test is made on SQLite and PostgreSQL."""
    return new_store()
