import os
import subprocess
import sys

import pytest

from simulator.client.http import HttpTransport
from simulator.client.transport import NoSocket, Request
from tests.simulator.client.scripted_server import ScriptedServer


def test_what_a_run_needs_besides_is_left_when_sockets_run_out() -> None:
    # Whatever is opened now is above 3.
    with ScriptedServer() as server, HttpTransport(server.url, files=3) as transport:
        with pytest.raises(NoSocket, match="3 files are open, and the run needs the rest"):
            transport.send(Request("/me/subscribe", b"", b"{}"))
        assert server.connections == 0
        with HttpTransport(server.url) as not_a_phone:
            assert not_a_phone.send(Request("/me/subscribe", b"", b"{}")).status == 200


@pytest.mark.parametrize(("files", "lowest"), [(1000, 1000 - 128), (100, 75)])
def test_the_limit_is_raised_as_far_as_may_be_and_some_are_spared(files: int, lowest: int) -> None:
    code = (
        "import resource; from simulator.client.descriptors import raise_limit; "
        "print(raise_limit(), resource.getrlimit(resource.RLIMIT_NOFILE)[0])"
    )
    limits = f'ulimit -Sn {files // 2} && ulimit -Hn {files} && exec "$@"'
    said = subprocess.check_output(["sh", "-c", limits, "sh", sys.executable, "-c", code], env=os.environ, text=True)
    assert said.split() == [str(lowest), str(files)]
