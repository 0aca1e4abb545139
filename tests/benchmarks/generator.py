"""How many requests a second the generator sends from one core, beside others: `python tests/benchmarks/generator.py`.

nginx from Debian has one core and the load the other. All send the same POST with the same headers, closed: each user
the next when the last is answered. Contestants take turns, round after round; a round is counted by nginx, and its CPU
by the kernel, after three seconds to warm up. Medians of the rounds. Wants two idle cores, nginx and wrk; autocannon
and Artillery take part where `npm install --prefix tests/benchmarks/node` has been run.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.benchmarks.answering import TOKEN, nginx, requests
from tests.benchmarks.layers import LAYERS
from tests.benchmarks.rivals import BODY, HEADERS

HERE: Final = Path(__file__).parent
NODE: Final = HERE / "node" / "node_modules" / ".bin"
BASE: Final = "FastHttpUser"
OURS: Final = "pushfleet"
GOAL: Final = 6.0  # times FastHttpUser
WARM_UP: Final = 3.0  # seconds, in which every phone is seen for the first time
STARTING: Final = 60.0  # seconds until the first request, at the most
MORE: Final = 500  # users more, to see what one takes


class Round(NamedTuple):
    """What a round came to."""

    rate: float  # requests a second
    cpu: float  # seconds of CPU for each
    memory: int  # bytes resident at its end


def main() -> None:
    """Print a line for each contestant; exit with 1 if the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of a round")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--only", nargs="*", help="contestants")
    options = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with nginx(cores[-1]) as port, tempfile.TemporaryDirectory(prefix="pushfleet-bench-") as folder:
        few = _contestants(port, options.users, Path(folder))
        many = _contestants(port, options.users + MORE, Path(folder))
        names = [name for name in few if not options.only or name in options.only]
        rounds: dict[str, list[Round]] = {name: [] for name in names}
        for number in range(options.rounds):
            for name in names:
                _say(f"round {number + 1} of {options.rounds}: {name}")
                rounds[name].append(_round(few[name], port, cores[0], options.seconds))
        memory = {name: _round(many[name], port, cores[0], 1.0).memory for name in names}
    _say("")
    sys.exit(_table({name: _median(each) for name, each in rounds.items()}, memory))


def _contestants(port: int, users: int, folder: Path) -> dict[str, Sequence[str]]:
    host, python, count = f"http://127.0.0.1:{port}", sys.executable, str(users)
    locust = (python, "-m", "locust", "-f", str(HERE / "rivals.py"), "--headless", "--only-summary", "--skip-log")
    load = ("-u", count, "-r", count, "-t", "1h", "--host", host)
    phones = ("run", "--host", host, "--client-key", "k", "--api-key", "k", "--users", count, "--think-time", "0")
    life = ("--devices", "4000", "--scenario", "app_launch", "--run-time", "1h", "--max-in-flight", "100000")
    found: dict[str, Sequence[str]] = {
        "HttpUser": (*locust, *load, "Http"),
        BASE: (*locust, *load, "Fast"),
        OURS: (python, "-c", "from locustfiles.cli import main; main()", *phones, *life, "--results", str(folder)),
        **{f"  {layer}": (python, str(HERE / "layers.py"), str(port), layer, count, str(folder)) for layer in LAYERS},
    }
    if wrk := shutil.which("wrk"):
        found["wrk"] = (wrk, "-t1", "-c", count, "-d", "3600", "-s", str(_script(folder)), f"{host}/me/subscribe")
    if (cannon := NODE / "autocannon").exists():
        headers = [word for name, value in HEADERS.items() for word in ("-H", f"{name}={value}")]
        body = ("-m", "POST", "-b", json.dumps(BODY), "-c", count, "-d", "3600")
        found["autocannon"] = (str(cannon), *body, *headers, f"{host}/me/subscribe")
    if (artillery := NODE / "artillery").exists():
        found["Artillery"] = (str(artillery), "run", "--quiet", str(_plan(folder, host, users)))
    return found


def _script(folder: Path) -> Path:
    """The request, as wrk has it."""
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in HEADERS.items())
    path = folder / "wrk.lua"
    path.write_text(f'wrk.method = "POST"\n{headers}wrk.body = [[{json.dumps(BODY)}]]\n')
    return path


def _plan(folder: Path, host: str, users: int) -> Path:
    """The load, as Artillery has it: as many virtual users, each in a loop."""
    post = {"post": {"url": "/me/subscribe", "headers": HEADERS, "json": BODY}}
    config = {"target": host, "phases": [{"duration": 1, "arrivalCount": users}], "http": {"maxSockets": users}}
    path = folder / f"artillery-{users}.json"
    path.write_text(json.dumps({"config": config, "scenarios": [{"flow": [{"loop": [post], "count": 100_000_000}]}]}))
    return path


def _round(command: Sequence[str], port: int, core: int, seconds: float) -> Round:
    process = psutil.Popen(["taskset", "-c", str(core), *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _started(process, port)
        time.sleep(WARM_UP)
        began, count, cpu = time.perf_counter(), requests(port), _cpu(process)
        time.sleep(seconds)
        ended, done, used = time.perf_counter(), requests(port) - 1, _cpu(process)
        return Round((done - count) / (ended - began), (used - cpu) / max(done - count, 1), process.memory_info().rss)
    finally:
        with suppress(psutil.NoSuchProcess):
            process.kill()
        process.wait()


def _started(process: psutil.Popen, port: int) -> None:
    """Wait until requests arrive in numbers."""
    until, last = time.monotonic() + STARTING, requests(port)
    while time.monotonic() < until and process.poll() is None:
        time.sleep(0.1)
        now = requests(port)
        if now - last > 20:
            return
        last = now
    sys.exit(f"no load came from: {' '.join(process.args[3:])}")


def _cpu(process: psutil.Popen) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _median(rounds: Sequence[Round]) -> Round:
    rates, cpus, memories = zip(*rounds, strict=True)
    return Round(median(rates), median(cpus), int(median(memories)))


def _table(found: dict[str, Round], memory: dict[str, int]) -> int:
    base = found.get(BASE)
    print(f"{'':16}{'requests/s':>12}{'x ' + BASE:>18}{'CPU µs each':>14}{'x less':>8}{'MB':>8}{'kB a user':>12}")
    for name, seen in found.items():
        rate, less = (seen.rate / base.rate, base.cpu / seen.cpu) if base else (0.0, 0.0)
        user = (memory[name] - seen.memory) / MORE / 1000
        print(
            f"{name:16}{seen.rate:12,.0f}{rate:18.2f}{seen.cpu * 1e6:14.1f}{less:8.2f}"
            f"{seen.memory / 1e6:8.0f}{user:12.1f}"
        )
    return int(base is not None and OURS in found and found[OURS].rate < GOAL * base.rate)


def _say(what: str) -> None:
    sys.stderr.write(f"\r\x1b[K{what}")
    sys.stderr.flush()


if __name__ == "__main__":
    assert len(TOKEN) == len(HEADERS["IM-Authorization"])
    main()
