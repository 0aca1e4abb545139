import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def logged(manner: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.locustfiles.tallying", manner]
    said = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    return dict(json.loads(said.stdout))


def test_locusts_statistics_are_the_same_with_a_tally() -> None:
    plain = logged("plain")
    assert plain["total"]["num_requests"] == 500
    assert plain["total"]["num_none_requests"] == 5
    assert plain["total"]["num_failures"] == 10
    assert logged("tallied") == plain


def test_a_request_is_added_soon_by_itself_and_once() -> None:
    told = logged("tallied-once")
    assert (told["total"]["num_requests"], told["push"]["response_times"]) == (1, [[5, 1]])
