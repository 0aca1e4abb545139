"""Gateways for the senders' tests."""

from collections.abc import Iterator

import pytest

from simulator.gateways.process import Gateways


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateways]:
    with Gateways.start(tmp_path_factory.mktemp("gateways")) as running:
        yield running
