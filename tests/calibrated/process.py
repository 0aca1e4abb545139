"""The calibrated server as a test or a benchmark uses it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

_ROOT = Path(__file__).parents[2]


class Handled(NamedTuple):
    """A subscribe as the server saw it; moments are monotonic ns."""

    token: str
    read: int
    answered: int


@contextmanager
def calibrated(shape: str, *options: str, pinned: Sequence[str] = ()) -> Iterator[str]:
    """Serve, and give the URL; `pinned` are the words before the command."""
    command = [*pinned, sys.executable, "-m", "tests.calibrated", shape, *options]
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


def handled(url: str) -> list[Handled]:
    """Every subscribe that the server answered, in that order."""
    with urlopen(f"{url}/log", timeout=60) as answer:  # noqa: S310 - our own server on loopback
        return [Handled(*each) for each in json.load(answer)]
