from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from simulator.backend import Embedded
from tests.postgresql import Postgresql
from tests.simulator.backend.remote import Remote


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A correct backend on each database, shared by all tests: each takes a person and devices of its own."""
    with ExitStack() as ending:
        if request.param == "sqlite":
            store = f"sqlite:{tmp_path_factory.mktemp('backend') / 'backend.sqlite'}"
        else:
            server: Postgresql = request.getfixturevalue("postgresql")
            store = ending.enter_context(server.database())
        yield ending.enter_context(Embedded.start(store))


@pytest.fixture
def remote(backend: Embedded) -> Iterator[Remote]:
    with Remote(backend) as caller:
        yield caller
