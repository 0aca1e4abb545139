"""Runs that come after other runs: what is remembered between them must be true, or be refused."""

import json
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.end_to_end.commands import PATIENCE, pushfleet, started, summary_of, until

LOAD = ("--devices", 60, "--rate", 40, "--run-time", "2s", "--json")
KEYS = ("--client-key", "ck", "--api-key", "ak")
QUERY = "SELECT type, deviceId, clientId, token FROM subscriptions"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


@contextmanager
def served(port: int, cwd: Path) -> Iterator[dict[str, Any]]:
    with started("serve", "--database", "im.sqlite", "--port", port, *KEYS, cwd=cwd) as server:
        assert server.stdout is not None
        ready: dict[str, Any] = json.loads(server.stdout.readline())
        yield ready


def test_people_are_logged_in_anew_when_the_target_has_forgotten_them(tmp_path: Path) -> None:
    port = free_port()
    codes = []
    for seed_of_run in ("one", "two"):
        # Each server draws a signing secret of its own: the client tokens of the other are worth nothing here.
        with served(port, tmp_path) as ready:
            read = ("--readback", f"sqlite:{tmp_path / 'im.sqlite'}?query={QUERY}")
            run = pushfleet(
                "run", "--host", ready["url"], *KEYS, *read, *LOAD, "--seed", 5, "--run-id", seed_of_run, cwd=tmp_path
            )
        counted = run.summary["operations"]
        codes.append((run.code, counted["fail"] - counted["due"]))
    assert codes == [(0, 0), (0, 0)], run.err


def test_a_store_that_knows_later_runs_of_a_fleet_than_its_directory_is_refused(tmp_path: Path) -> None:
    with served(free_port(), tmp_path) as ready:
        read = ("--readback", f"sqlite:{tmp_path / 'im.sqlite'}?query={QUERY}")
        run = ("run", "--host", ready["url"], *KEYS, *read, *LOAD, "--seed", 5, "--fleet", "fleet")
        assert pushfleet(*run, cwd=tmp_path).code == 0
        shutil.rmtree(tmp_path / "fleet")  # and with it, how many runs there were
        again = pushfleet(*run, cwd=tmp_path)
    assert again.code == 64
    assert "holds tokens of run 1 of this fleet, but its directory knows 0" in again.err


def test_a_run_that_is_under_way_is_not_judged_yet(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "live"
    load = ("run", "--devices", 60, "--rate", 40, "--run-time", "60s", "--run-id", "live", "--json")
    with started(*load, cwd=tmp_path) as run:
        until(lambda: list((folder / "journal").glob("*.open")), "the journal is begun")
        early = [pushfleet(command, folder, cwd=tmp_path) for command in ("check", "report")]
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    assert [result.code for result in early] == [64, 64], early[0].err
    assert all("still under way" in result.err for result in early)
    # And looking at it too early has not harmed it.
    assert summary_of(out)["correctness"]["registers"]["unknown"] == 0, err


def test_a_second_ctrl_c_while_the_first_drains_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "results" / "runs" / "twice"
    load = ("run", "--devices", 60, "--rate", 40, "--run-time", "60s", "--run-id", "twice", "--json")
    with started(*load, cwd=tmp_path) as run:
        until(lambda: list((folder / "journal").glob("*.open")), "the journal is begun")
        run.send_signal(signal.SIGINT)
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=PATIENCE)
    summary = summary_of(out)
    assert (run.returncode, summary["verdict"]) == (2, "unknown"), err
    assert "Traceback" not in err
    assert not any(summary["correctness"]["anomalies"].values())
