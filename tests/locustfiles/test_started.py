"""What a run starts for itself is watched, and ended."""

import os
import signal
from pathlib import Path

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
        (pid,) = started._backend.pids if started._backend is not None else []
        os.kill(pid, signal.SIGKILL)
        until(started.deaths, "the death is noticed")
        assert started.deaths() == ["The embedded backend ended in mid-run, so what came after was answered by nobody."]
    finally:
        started.stop()
