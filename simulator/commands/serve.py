"""`pushfleet serve`: the embedded backend and its push providers in the foreground."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from simulator.errors import CannotKnow

if TYPE_CHECKING:
    from simulator.backend import Embedded
    from simulator.gateways.process import Gateways

_LOOK_SECONDS: Final = 0.5  # how often the processes are looked after


@click.command()
@click.option("--port", default="0", show_default=True, help="The port to listen on; 0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--store",
    "--database",
    envvar="PUSHFLEET_STORE",
    metavar="SPEC",
    help="A SQLite file, or postgresql://user:password@host:port/name; without it, a file that is deleted.",
)
@click.option("--processes", default="1", show_default=True, help="Server processes that share the port and the store.")
@click.option("--bug", metavar="NAME", help="Plant a fault.")
@click.option(
    "--durability",
    default="power",
    show_default=True,
    help="What an acknowledged write survives: power (the loss of power), or kill (a kill -9, and faster).",
)
@click.option("--fleet", metavar="DIR", help="The fleet whose tokens can be superseded; without it, all are current.")
@click.option("--folder", metavar="DIR", help="Where the providers keep keys and deliveries; without it, deleted.")
@click.option("--client-key", envvar="PUSHFLEET_CLIENT_KEY", help="The public client key; drawn if not given.")
@click.option("--api-key", envvar="PUSHFLEET_API_KEY", help="The secret API key; drawn if not given.")
def serve(**options: Any) -> None:  # noqa: ANN401 - as click hands them over
    """Serve the embedded IMKIT backend and the simulated push providers until Ctrl-C.

    Prints one line of JSON once both are ready: url, client_key, api_key, store, and under gateways the providers'
    URLs, keys and certificate. Keys are better given as PUSHFLEET_CLIENT_KEY and PUSHFLEET_API_KEY than as options,
    which every user of the machine can read, and a store with a password as PUSHFLEET_STORE.

    Exit codes: 0 ended as told, 2 a process died, 64 it cannot be started so.

    \b
    Example:
      pushfleet serve --port 8080 --bug key-on-token
    """
    import json

    with ExitStack() as stack:
        backend, gateways, told = _start(stack, options)
        ready: dict[str, Any] = {"url": backend.url, "client_key": backend.client_key, "api_key": backend.api_key}
        ready["store"] = backend.store.describe()
        if isinstance(backend.store.where, Path):
            ready["database"] = str(backend.store.where)
        click.echo(json.dumps({**ready, "gateways": gateways.ready}))
        while not told.wait(_LOOK_SECONDS):
            for name, server in (("embedded backend", backend), ("gateways", gateways)):
                if not server.alive():
                    raise CannotKnow(f"the {name} died, of no doing of ours. Last words: {server.log()}")


def _start(stack: ExitStack, options: dict[str, Any]) -> tuple["Embedded", "Gateways", threading.Event]:
    """The running backend and providers, and the event that tells them to end; all belong to `stack`."""
    import tempfile

    from simulator.backend import Embedded
    from simulator.backend.settings import Settings
    from simulator.gateways.process import Gateways

    kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pushfleet-")))
    options["store"] = options["store"] or str(kept / "backend.sqlite")
    settings = Settings.parse(options, {name: options.pop(name) for name in ("client_key", "api_key")})
    told = stack.enter_context(_signals_to_end())
    folder = Path(options["folder"] or kept / "gateways")
    fleet = Path(options["fleet"]) if options["fleet"] else None
    gateways = stack.enter_context(Gateways.start(folder, fleet=fleet))
    backend = Embedded.start(
        settings.store.text,
        processes=settings.processes,
        host=settings.host,
        port=settings.port,
        bug=settings.bug,
        durability=settings.durability,
        providers=gateways.file,
        client_key=settings.client_key,
        api_key=settings.api_key,
    )
    return stack.enter_context(backend), gateways, told


@contextmanager
def _signals_to_end() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set, in place of what they would do otherwise."""
    told = threading.Event()
    before = {number: signal.signal(number, lambda *_: told.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
