"""How many pushes a second the gateways take on one core: `python tests/benchmarks/gateways.py`.

h2load (Debian's nghttp2-client) pushes over TLS, 10 connections of 100 streams: to APNs for 2,000 current tokens of a
fleet in turn, to FCM for one, as h2load sends one body only. The gateways have one core and h2load the other. Every
answer must be 200 and every push must be in the journal. Figures are the best of the rounds. Wants two idle cores.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import jwt
import orjson
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.fleet import Fleet
from simulator.gateways import Gateways
from simulator.gateways.journal import read_deliveries
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.simulator.gateways.pushing import Pusher

GOAL = 10_000  # a second, to APNs on the fast front end
TOKENS = 2_000
PUSHES = {"fast": 60_000, "faulty": 20_000}
RUN = 1 << 20  # the value of run 1's generation 0


class Load(NamedTuple):
    """What h2load is to send."""

    urls: list[str]
    headers: dict[str, str]
    body: bytes


def main() -> None:
    """Print a line for each front end and provider; exit with 1 if the goal is missed, or a push is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if shutil.which("h2load") is None:
        sys.exit("h2load is not installed: apt-get install nghttp2-client")
    with tempfile.TemporaryDirectory() as name:
        fleet = Fleet.create(Path(name) / "fleet", devices=2 * TOKENS, seed=1)
        rates = {(front, kind): _measure(front, kind, fleet, rounds) for front in PUSHES for kind in ("apns", "fcm")}
    sys.exit(rates["fast", "apns"] < GOAL or not all(rates.values()))


def _measure(front: str, kind: str, fleet: Fleet, rounds: int) -> float:
    """The best rate; 0 if a push was not answered 200, or is not in the journal."""
    count = PUSHES[front]
    with _gateways(front, fleet) as gateways, Pusher(gateways.ready) as pusher:
        load = _apns(gateways.ready["apns"], fleet) if kind == "apns" else _fcm(gateways.ready["fcm"], pusher, fleet)
        found = [_round(gateways.pid, load, count) for _ in range(rounds)]
        gateways.stop()
        kept = read_deliveries(Path(gateways.ready["journal"]))
    rate, good, cpu = max(found)
    journaled = int((kept["status"] == 200).sum())
    print(
        f"{front:6} {kind:4} {rate:9,.0f} pushes/s   {good:,} of {count:,} answered 200   "
        f"{cpu * 1e6:5.1f} µs of CPU each   {journaled:,} of {rounds * count:,} journaled",
        flush=True,
    )
    return rate if all(one[1] == count for one in found) and journaled == rounds * count else 0.0


@contextmanager
def _gateways(front: str, fleet: Fleet) -> Iterator[Gateways]:
    """Gateways on the first core, with this process and what it starts from now on on the last."""
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder:
        os.sched_setaffinity(0, {cores[0]})
        try:
            with Gateways.start(Path(folder), fleet=fleet.directory, front=front) as gateways:
                os.sched_setaffinity(0, {cores[-1]})
                yield gateways
        finally:
            os.sched_setaffinity(0, cores)


def _tokens(fleet: Fleet, kind: PushType) -> list[str]:
    """Current tokens of the fleet's devices of a kind."""
    devices = [device for device in range(fleet.devices) if kind in fleet.types(device)][:TOKENS]
    for device in devices:
        fleet.state["slots"][device, fleet.types(device).index(kind)] = RUN | 1
    return [mint(Provenance(fleet.number, 1, device, 0, kind, 1)) for device in devices]


def _apns(apns: dict[str, Any], fleet: Fleet) -> Load:
    urls = [f"{apns['production']}/3/device/{token}" for token in _tokens(fleet, PushType.IOS)]
    claims, header = {"iss": apns["team_id"], "iat": time.time()}, {"kid": apns["key_id"]}
    key = jwt.encode(claims, Path(apns["key"]).read_text(), algorithm="ES256", headers=header)
    headers = {"authorization": f"bearer {key}", "apns-topic": apns["topic"], "apns-push-type": "alert"}
    return Load(urls, headers, orjson.dumps({"aps": {"alert": f"Hello {Mark(fleet.number, 2, 3).text}"}}))


def _fcm(fcm: dict[str, Any], pusher: Pusher, fleet: Fleet) -> Load:
    access = pusher.access_token().json()["access_token"]
    token = next(token for token in _tokens(fleet, PushType.FCM) if ":" in token)  # a bare FID goes into another field
    message = {"token": token, "notification": {"title": Mark(fleet.number, 2, 3).text}}
    url = f"{fcm['url']}/v1/projects/{fcm['project_id']}/messages:send"
    return Load([url], {"authorization": f"Bearer {access}"}, orjson.dumps({"message": message}))


def _round(pid: int, load: Load, count: int) -> tuple[float, int, float]:
    """Pushes a second, how many were answered 200, and the gateways' CPU seconds for each."""
    process = psutil.Process(pid)
    with tempfile.TemporaryDirectory() as folder:
        urls, body = Path(folder) / "urls", Path(folder) / "body"
        urls.write_text("\n".join(load.urls))
        body.write_bytes(load.body)
        named = [part for name, value in load.headers.items() for part in ("-H", f"{name}: {value}")]
        command = ["h2load", "-n", str(count), "-c", "10", "-m", "100", "-i", str(urls), "-d", str(body), *named]
        before = process.cpu_times()
        said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
        after = process.cpu_times()
    cpu = (after.user + after.system - before.user - before.system) / count
    good = re.findall(r"status codes: (\d+) 2xx", said)[0]
    return float(re.findall(r"([\d.]+) req/s", said)[0]), int(good), cpu


if __name__ == "__main__":
    main()
