import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from simulator.commands.gateways import gateways
from simulator.errors import UsageError
from tests.simulator.gateways.pushing import Pusher

GATEWAYS = "import sys; from simulator.commands.gateways import gateways; gateways(standalone_mode=False)"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_they_print_one_line_of_json_serve_and_end_with_0(tmp_path: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", GATEWAYS, "--folder", str(tmp_path)],
        stdin=subprocess.DEVNULL,  # as under a service manager: it is no reason to end
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        assert sorted(ready) == [
            *("apns", "certificate_authority", "deliveries", "faults", "fcm", "front", "journal", "pid", "seed"),
            "web_push",
        ]
        with Pusher(ready) as pusher:
            assert pusher.apns().status_code == 200
        process.send_signal(number)
        assert process.wait(60) == 0
        assert (process.stdout.read(), process.stderr.read()) == (b"", b"")
    assert json.loads((tmp_path / "gateways.json").read_text()) == ready


def test_the_seed_that_was_drawn_is_told(tmp_path: Path) -> None:
    ready = []
    for _ in range(2):
        with subprocess.Popen(
            [sys.executable, "-c", GATEWAYS, "--folder", str(tmp_path), "--front", "faulty", "--fault", "slow=0.5"],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[3],
        ) as process:
            assert process.stdout is not None
            ready.append(json.loads(process.stdout.readline()))
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0
    assert ready[0]["seed"] != ready[1]["seed"]
    assert (ready[0]["front"], ready[0]["faults"]) == ("faulty", [["slow", 0.5, 0.5]])


def test_several_wrong_options_are_told_at_once() -> None:
    result = CliRunner().invoke(gateways, ["--front", "back", "--seed", "x", "--apns-port", "-1"])
    assert isinstance(result.exception, UsageError)
    assert result.exception.exit_code == 64
    assert str(result.exception).splitlines() == [
        "--seed x is out of range: give a whole number below 2**64.",
        "--front back is unknown: choose from fast, faulty.",
        "--apns-port -1 is out of range: give a port, or 0.",
        "--folder is missing: name a directory for credentials and journal.",
    ]
