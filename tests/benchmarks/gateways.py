"""How many pushes a second the fast front end takes on one core: `python tests/benchmarks/gateways.py`.

h2load (Debian's nghttp2-client) sends to the APNs listener over TLS, 10 connections of 100 streams, to 2,000 minted
tokens in turn. The gateways have one core and h2load the other. Every answer must be 200 and every push must be in the
journal. Figures are the best of the rounds. Wants two idle cores.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import jwt
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from simulator.gateways.journal import read_deliveries
from simulator.gateways.process import Gateways
from simulator.tokens import PushType, mint_many
from simulator.tokens.mark import Mark

GOAL = 10_000
PUSHES = 60_000


def main() -> None:
    """Print a line for each round; exit with 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    if shutil.which("h2load") is None:
        sys.exit("h2load is not installed: apt-get install nghttp2-client")
    with tempfile.TemporaryDirectory() as folder, Gateways.start(Path(folder) / "gateways") as gateways:
        cores = sorted(psutil.Process().cpu_affinity())
        psutil.Process(gateways.pid).cpu_affinity(cores[:1])
        for thread in psutil.Process(gateways.pid).threads():
            psutil.Process(thread.id).cpu_affinity(cores[:1])
        psutil.Process().cpu_affinity(cores[-1:])
        best = max(_round(gateways, Path(folder)) for _ in range(rounds))
        kept = len(read_deliveries(Path(gateways.ready["journal"])))
    print(f"journaled {kept:,} of {rounds * PUSHES:,} pushes")
    sys.exit(best < GOAL or kept != rounds * PUSHES)


def _round(gateways: Gateways, folder: Path) -> float:
    apns = gateways.ready["apns"]
    urls, body = folder / "urls", folder / "body"
    tokens = mint_many(1, 1, np.arange(2000), 0, PushType.IOS, 1).tolist()
    urls.write_text("\n".join(f"{apns['production']}/3/device/{token.decode()}" for token in tokens))
    body.write_text(f'{{"aps":{{"alert":"Hello {Mark(1, 2, 3).text}"}}}}')
    claims = {"iss": apns["team_id"], "iat": time.time()}
    key = jwt.encode(claims, Path(apns["key"]).read_text(), algorithm="ES256", headers={"kid": apns["key_id"]})
    headers = [f"authorization: bearer {key}", f"apns-topic: {apns['topic']}", "apns-push-type: alert"]
    named = [part for header in headers for part in ("-H", header)]
    load = ["h2load", "-n", str(PUSHES), "-c", "10", "-m", "100", "-i", str(urls), "-d", str(body), *named]
    process = psutil.Process(gateways.pid)
    before = process.cpu_times()
    said = subprocess.run(load, capture_output=True, text=True, check=True, timeout=120).stdout
    after = process.cpu_times()
    rate = float(re.findall(r"([\d.]+) req/s", said)[0])
    good = int(re.findall(r"status codes: (\d+) 2xx", said)[0])
    cpu = (after.user + after.system - before.user - before.system) / PUSHES
    print(f"{rate:9,.0f} pushes/s   {good:,} of {PUSHES:,} answered 200   {cpu * 1e6:5.1f} µs of CPU each", flush=True)
    return rate if good == PUSHES else 0.0


if __name__ == "__main__":
    main()
