"""What tests of every part share."""

from pathlib import Path

import pytest

from simulator.fleet import Fleet
from tests.stage import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """A stage with forty devices, iPhones and Androids."""
    return Stage(Fleet.create(tmp_path / "fleet", 40, 5))
