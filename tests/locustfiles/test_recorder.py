import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EACH = 50  # as `recording` has it


def test_every_operation_reaches_the_statistics_and_whoever_listens_meanwhile() -> None:
    command = [sys.executable, "-m", "tests.locustfiles.recording"]
    process = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    said: dict[str, Any] = json.loads(process.stdout)
    assert (said["kept"], said["requests"], said["heard"]) == (2 * EACH + 1, 2 * EACH + 1, EACH)
    assert said["fired"] == EACH  # and no more: where only the tally listens, it is told directly
    assert said["failures"] == 2 * EACH // 10
    assert said["times"] == [[4, 2 * EACH + 1]]
    assert said["first"] == {
        "request_type": "POST",
        "name": "subscribe/fcm",
        "response_time": 4.0,
        "response_length": 0,
        "exception": "None",
        "context": {},
    }
