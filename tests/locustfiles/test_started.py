"""What a run starts for itself is watched, ended by force if it was asked for, and ended at last."""

import os
import signal
from pathlib import Path

import gevent
import pytest

from locustfiles._settings import Settings
from locustfiles._started import Started
from simulator.fleet import Fleet
from tests.end_to_end.commands import until


def test_without_a_system_of_its_own_there_is_nothing_to_end() -> None:
    nothing = Started()
    assert (nothing.url, nothing.client_key, nothing.api_key, nothing.deliveries) == ("", "", "", "")
    assert nothing.deaths() == []
    nothing.stop()


def test_a_backend_that_died_is_told_once_it_did(tmp_path: Path) -> None:
    started = Started()
    try:
        started.start(Settings.parse({"results": str(tmp_path)}), tmp_path, Fleet.create(tmp_path / "fleet", 20, 7))
        assert started.deaths() == []
        os.kill(_pids(started)[0], signal.SIGKILL)
        until(started.deaths, "the death is noticed")
        assert started.deaths() == ["The embedded backend ended in mid-run, so what came after was answered by nobody."]
    finally:
        started.stop()


@pytest.mark.parametrize("fault", ["kill", "restart"])
def test_a_fault_that_was_asked_for_is_no_death_and_the_backend_serves_again(fault: str, tmp_path: Path) -> None:
    settings = Settings.parse({"results": str(tmp_path), "backend_fault": [f"{fault}=0.1"]})
    started = Started()
    try:
        started.start(settings, tmp_path, Fleet.create(tmp_path / "fleet", 20, 7))
        url, first = started.url, _pids(started)
        assert started.struck == {}
        started.begin_faults()
        until(lambda: _in_time(started).struck.get(fault, 0) >= 2, "two of them")
        started.cease_faults()
        assert started.deaths() == []
        assert (started.url, set(_pids(started)) & set(first)) == (url, set())
    finally:
        started.stop()


def test_a_backend_that_died_before_it_was_to_be_killed_is_told(tmp_path: Path) -> None:
    settings = Settings.parse({"results": str(tmp_path), "backend_fault": ["kill=0.2"]})
    started = Started()
    try:
        started.start(settings, tmp_path, Fleet.create(tmp_path / "fleet", 20, 7))
        os.kill(_pids(started)[0], signal.SIGKILL)
        started.begin_faults()
        until(lambda: _in_time(started)._faults.died, "the death is noticed")  # type: ignore[union-attr]  # there are some
        assert started.deaths() == ["The embedded backend ended in mid-run, so what came after was answered by nobody."]
        assert started.struck == {}
    finally:
        started.stop()


def _in_time(started: Started) -> Started:
    """The same, after its greenlets had a turn."""
    gevent.sleep(0.05)
    return started


def _pids(started: Started) -> list[int]:
    return started._backend.pids if started._backend is not None else []
