"""The server that the tests start: it is nobody's to end but theirs, and theirs to end however they end."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from tests.postgresql import Postgresql

KILLED = """
import os, signal
from tests.postgresql import Postgresql
server = Postgresql.start()
print(server.pid, server.folder, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_tests_that_are_killed() -> None:
    root = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", KILLED], capture_output=True, text=True, check=False, cwd=root, timeout=60
    )
    pid, folder = run.stdout.split()
    with suppress(psutil.NoSuchProcess):
        psutil.Process(int(pid)).wait(60)
    assert not psutil.pid_exists(int(pid))
    shutil.rmtree(folder)


def test_it_listens_on_loopback_alone_and_is_gone_when_it_is_stopped() -> None:
    with Postgresql.start() as server:
        process = psutil.Process(server.pid)
        listening = [held.laddr for held in process.net_connections() if held.status == psutil.CONN_LISTEN]
        assert listening == [("127.0.0.1", server.port)]
    assert not process.is_running()
    assert not server.folder.exists()
