from collections.abc import Iterator

import pytest

from simulator.backend import Embedded
from tests.simulator.backend.remote import Remote


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A correct backend that all tests share: each takes a person and devices of its own."""
    with Embedded.start(tmp_path_factory.mktemp("backend") / "backend.sqlite") as running:
        yield running


@pytest.fixture
def remote(backend: Embedded) -> Iterator[Remote]:
    with Remote(backend) as caller:
        yield caller
