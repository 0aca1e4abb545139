"""A correct backend behind a network at its worst: nothing is called wrong, and what cannot be known is told."""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.chaos.process import Chaos, chaos
from tests.chaos.toxics import FAIR, Toxic, each
from tests.end_to_end.commands import Result, pushfleet, started

SECONDS: Final = int(os.environ.get("PUSHFLEET_CHAOS_SECONDS", "8"))  # `make test-long` asks for more
SEEDS: Final = tuple(map(int, os.environ.get("PUSHFLEET_CHAOS_SEEDS", "1").split(",")))
DEVICES: Final = 300
RATE: Final = 60
TIMEOUT: Final = 1  # seconds: so that what is held back is given up, and acts late
SHARE: Final = 0.015  # of each toxic


@contextmanager
def deployment(place: Path, shares: Mapping[Toxic, float], seed: int, *options: object) -> Iterator[dict[str, Any]]:
    """A backend with gateways of its own over a fleet, and a proxy before it: the backend's line, and the proxy."""
    fleet = pushfleet("fleet", "create", place / "fleet", "--devices", DEVICES, "--seed", seed, cwd=place)
    assert fleet.code == 0, fleet.err
    serve = ("serve", "--store", "im.sqlite", "--api-limit", 0, "--fleet", place / "fleet", *options)
    with started(*serve, cwd=place) as server:
        assert server.stdout is not None
        ready: dict[str, Any] = json.loads(server.stdout.readline())
        with chaos(ready["url"], shares, seed) as proxy:
            yield {**ready, "proxy": proxy}


def run(place: Path, served: dict[str, Any], seed: int, seconds: int, *options: object) -> Result:
    """A run through the proxy, with pushes to half of the people."""
    proxy: Chaos = served["proxy"]
    return pushfleet(
        *("run", "--host", proxy.url, "--client-key", served["client_key"], "--api-key", served["api_key"]),
        *("--fleet", place / "fleet", "--rate", RATE, "--run-time", f"{seconds}s", "--seed", seed, "--json"),
        *("--readback", f"push?share=0.5&gateways={served['gateways']['deliveries']}"),
        *("--readback", f"sqlite:{place / 'im.sqlite'}", "--timeout", TIMEOUT, "--gate", "errors < 60%"),
        *("--run-id", "chaos", *options),
        cwd=place,
        patience=seconds + 300.0,
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_correct_backend_behind_a_bad_network_is_never_called_wrong(seed: int, tmp_path: Path) -> None:
    with deployment(tmp_path, each(SHARE), seed) as served:
        done = run(tmp_path, served, seed, SECONDS)
        counts = served["proxy"].stop()
    assert done.code in (0, 2), done.err
    summary = done.summary
    # A request that the network held back acts late, and may bring an old token back: that is told, and is no verdict.
    assert done.anomalies <= {"zombie_write"}, summary["correctness"]["examples"]
    assert {toxic for toxic in FAIR if not counts.get(toxic)} == set()
    assert summary["operations"]["info"] > SECONDS
    _explained(summary, tmp_path / "results" / "runs" / "chaos" / "report.html")


def test_a_middlebox_that_sends_old_requests_again_is_found(tmp_path: Path) -> None:
    """So the run above is not blind: this is what no network may do, and people lose their pushes by it."""
    with deployment(tmp_path, {Toxic.REPLAY_LATE: 0.3}, 1) as served:
        done = run(tmp_path, served, 1, 8, "--scenario", "token_rotation", "--scenario", "phone_switch")
        assert served["proxy"].stop()[Toxic.REPLAY_LATE] > 20
    assert done.code == 1, done.err
    assert done.anomalies & {"lost_update", "stale_push", "resurrected_token"}


def _explained(summary: dict[str, Any], report: Path) -> None:
    """Every unknown register is counted under a reason, and the report says the same."""
    registers = summary["correctness"]["registers"]
    told = [re.match(r"(\d+) of \d+ registers cannot be judged: \w", reason) for reason in summary["reasons"]]
    assert sum(int(one[1]) for one in told if one) == registers["unknown"]
    assert registers["total"] == registers["judged"] + registers["unknown"]
    page = report.read_text()
    for reason in summary["reasons"]:
        assert reason.replace("'", "&#39;").replace("<", "&lt;") in page
