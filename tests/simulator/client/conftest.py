from collections.abc import Iterator

import gevent
import pytest


@pytest.fixture(autouse=True)
def _no_test_hangs() -> Iterator[None]:
    """A request that waits for ever fails its test instead of stopping the suite."""
    with gevent.Timeout(20):
        yield
