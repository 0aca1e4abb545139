import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("manner", "most"), [("spread", "few"), ("plain", "all")])
def test_a_few_users_begin_at_once_and_all_of_them_in_the_end(manner: str, most: str) -> None:
    command = [sys.executable, "-m", "tests.locustfiles.spawning", manner]
    process = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60)
    said: dict[str, Any] = json.loads(process.stdout)
    at_once = said.pop("most")
    assert at_once < 100 if most == "few" else at_once == 400
    assert said == {"counts": {"First": 400, "Second": 400}, "state": "running", "left": {"First": 100, "Second": 100}}
