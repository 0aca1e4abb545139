"""Locust's web UI as a test sees it: through the requests its page makes."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.end_to_end.commands import LOCUST, ROOT, started, until

LOCUSTFILE = ROOT / "locustfiles" / "subscribe.py"


def runs(place: Path) -> list[Path]:
    """Run folders that have their verdict."""
    return sorted(path.parent for path in (place / "results" / "runs").glob("*/report.html"))


def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


class WebUi:
    """Locust's web UI, through the requests its page makes."""

    def __init__(self, number: int, place: Path) -> None:
        self.url = f"http://127.0.0.1:{number}"
        self.place = place

    def get(self, path: str) -> str:
        with urlopen(self.url + path, timeout=30) as answer:  # noqa: S310 - loopback
            text: str = answer.read().decode()
            return text

    def post(self, path: str, **fields: object) -> None:
        with urlopen(self.url + path, urlencode(fields).encode(), timeout=30) as answer:  # noqa: S310 - loopback
            assert json.loads(answer.read())["success"] is True

    def answers(self) -> bool:
        try:
            return bool(self.get("/stats/requests"))
        except OSError:
            return False

    def workers(self) -> int:
        return len(json.loads(self.get("/stats/requests")).get("workers") or [])

    def records(self) -> bool:
        """Whether a journal is being written and has operations; the page's own figures are up to two seconds old."""
        return any(path.stat().st_size > 10_000 for path in self.place.glob("results/runs/*/journal/*.open"))

    def recorded(self, operations: int) -> bool:
        """Whether Locust has counted so many operations."""
        return self.operations() >= operations

    def has_verdicts(self, number: int) -> bool:
        return self.get("/pushfleet").count("<li>") == number

    def operations(self) -> int:
        total = next(row for row in json.loads(self.get("/stats/requests"))["stats"] if row["name"] == "Aggregated")
        return int(total["num_requests"])


def served(tmp_path: Path, *options: object) -> Iterator[WebUi]:
    number, bind = port(), port()
    where = ("-f", LOCUSTFILE, "--web-host", "127.0.0.1", "--web-port", number)
    if options:  # or all tests' masters would listen on Locust's one usual port, and get each other's workers
        options = (*options, "--master-bind-port", bind, "--master-port", bind)
    secrets = ("--client-key", "a-secret-key", "--api-key", "another-secret-key")
    with started(*where, *secrets, *options, "--devices", 100, cwd=tmp_path, command=LOCUST):
        ui = WebUi(number, tmp_path)
        until(lambda: ui.answers() and ui.workers() == (2 if options else 0), "the web UI answers")
        yield ui
