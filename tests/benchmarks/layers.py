"""pushfleet's generator without Locust, as far up as asked for: what `generator.py` runs to price each layer.

`python tests/benchmarks/layers.py PORT LAYER USERS [FOLDER]`, until it is killed. What it keeps goes into FOLDER, which
whoever kills it removes; without one, into a temporary folder that Ctrl-C and SIGTERM remove.
"""

import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402 - after the patch, as Locust has it
from gevent.event import Event  # noqa: E402 - as above

sys.path.insert(0, str(Path(__file__).parents[2]))

from locustfiles._assignment import Assignment  # noqa: E402 - as above
from locustfiles._generator import Generator  # noqa: E402 - as above
from locustfiles._users import Closed  # noqa: E402 - as above
from scenarios import SCENARIOS  # noqa: E402 - as above
from simulator.client import Client, HttpTransport, Request  # noqa: E402 - as above
from simulator.fleet import ClientTokens, Fleet  # noqa: E402 - as above
from tests.benchmarks.answering import TOKEN  # noqa: E402 - as above

LAYERS = ("transport", "client", "phones", "journal", "events")
"""Each with all before it; the last is Locust's request event with its statistics, without Locust's users."""

DEVICE = "6F9619FF-8B86-D011-B42D-00C04FC964FF"


def main() -> None:
    """Send requests from so many greenlets, each the next when the last is answered, until somebody ends this."""
    port, layer, users, *kept = sys.argv[1:]
    # In the main greenlet, whichever runs: a generator takes SystemExit for a fault of the scenario that it came into.
    gevent.signal_handler(signal.SIGTERM, gevent.getcurrent().throw, SystemExit)
    with tempfile.TemporaryDirectory(prefix="pushfleet-layers-", dir=kept[0] if kept else None) as folder:
        host = f"http://127.0.0.1:{port}"
        if layer in LAYERS[:2]:
            once = _simple(host, layer)
            gevent.joinall([gevent.spawn(_for_ever, once) for _ in range(int(users))], raise_error=True)
        generator = _generator(host, layer, Path(folder))
        for _ in range(int(users)):
            Closed(generator, SCENARIOS["app_launch"]).come()
        Event().wait()


def _for_ever(once: Callable[[], None]) -> None:
    while True:
        once()


def _simple(host: str, layer: str) -> Callable[[], None]:
    transport = HttpTransport(host)
    client, token = Client(transport, client_key="k"), TOKEN.encode()
    if layer == "client":
        return lambda: _fine(client.subscribe(token, "ios", "a" * 64, DEVICE).outcome == 0)
    headers = client._person_headers(token)
    request = Request("/me/subscribe", headers, b'{"type":"ios","token":"%b","deviceId":"%b"}' % (b"a" * 64, b"d" * 36))
    return lambda: _fine(transport.send(request).status == 200)


def _fine(well: bool) -> None:  # noqa: FBT001 - private
    if not well:
        sys.exit("a request was not answered well")


def _generator(host: str, layer: str, folder: Path) -> Generator:
    fleet = Fleet.create(folder / "fleet", 2000, 1)
    with ClientTokens(folder / "fleet", host) as tokens:
        for person in range(fleet.people):
            tokens.add(person, TOKEN.encode(), 4e9)
    (folder / "journal").mkdir()
    plain = ("run", str(folder), str(folder / "fleet"), 1, 1, host, host, "k")
    assignment = Assignment(*plain, scenarios=["app_launch"], think_time=0.0)
    environment, tally = _environment(layer)
    generator = Generator(assignment, environment, worker=0, tally=tally)
    if layer == "phones":
        generator._world.observe = lambda _: None
    return generator


def _environment(layer: str) -> tuple[Any, Callable[..., None] | None]:
    """As much of Locust's as the generator uses, and what of ours listens to its requests."""
    if layer == "events":
        from locust.env import Environment  # noqa: PLC0415 - only here

        from locustfiles._tally import Tally  # noqa: PLC0415 - as above

        environment = Environment()
        environment.create_local_runner()  # it is the runner that keeps the statistics
        return environment, Tally.of(environment).listener
    return SimpleNamespace(events=SimpleNamespace(request=SimpleNamespace(fire=lambda **_: None))), None


if __name__ == "__main__":
    main()
