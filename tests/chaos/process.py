"""The proxy as a test uses it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.toxics import Toxic

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30.0  # seconds: a bound on a test that hangs


class Chaos:
    """A running proxy: its `url`, and what it did by the time it was stopped."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout is not None
        self.url = f"http://127.0.0.1:{int(process.stdout.readline())}"

    def stop(self) -> dict[str, int]:
        """End it; toxic → how often it was done."""
        out, _ = self._process.communicate(timeout=_PATIENCE)
        counts: dict[str, int] = json.loads(out)
        return counts


@contextmanager
def chaos(url: str, shares: Mapping[Toxic, float], seed: int) -> Iterator[Chaos]:
    """A proxy in front of `url` that does each toxic to its share of the exchanges."""
    words = [f"{toxic}={share}" for toxic, share in shares.items()]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.chaos", url, str(seed), *words],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Chaos(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
