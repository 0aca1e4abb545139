"""`pushfleet serve`: the embedded backend in the foreground."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import click

from simulator.errors import CannotKnow

_LOOK_SECONDS: Final = 0.5  # how often the backend is looked after


@click.command()
@click.option("--port", default="0", show_default=True, help="The port to listen on; 0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--database", type=click.Path(path_type=Path), help="The SQLite file; without it, one that is deleted.")
@click.option("--bug", metavar="NAME", help="Plant a fault.")
@click.option(
    "--durability",
    default="power",
    show_default=True,
    help="What an acknowledged write survives: power (the loss of power), or kill (a kill -9, and faster).",
)
@click.option("--client-key", envvar="PUSHFLEET_CLIENT_KEY", help="The public client key; drawn if not given.")
@click.option("--api-key", envvar="PUSHFLEET_API_KEY", help="The secret API key; drawn if not given.")
def serve(
    *,
    port: str,
    host: str,
    database: Path | None,
    bug: str | None,
    durability: str,
    client_key: str | None,
    api_key: str | None,
) -> None:
    """Serve the embedded IMKIT backend until Ctrl-C.

    Prints one line of JSON once it is ready: url, client_key, api_key, database. Keys are better given as
    PUSHFLEET_CLIENT_KEY and PUSHFLEET_API_KEY than as options, which every user of the machine can read.

    Exit codes: 0 ended as told, 2 the backend died, 64 it cannot be started so.

    \b
    Example:
      pushfleet serve --port 8080 --bug key-on-token
    """
    import json
    import tempfile

    from simulator.backend import Embedded
    from simulator.backend.settings import Settings

    with ExitStack() as stack:
        if database is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="pushfleet-"))
            database = Path(folder) / "backend.sqlite"
        keys = {"client_key": client_key, "api_key": api_key}
        settings = Settings.parse(database=database, host=host, port=port, bug=bug, durability=durability, given=keys)
        told = stack.enter_context(_signals_to_end())
        backend = stack.enter_context(
            Embedded.start(
                settings.database,
                host=settings.host,
                port=settings.port,
                bug=settings.bug,
                durability=settings.durability,
                client_key=settings.client_key,
                api_key=settings.api_key,
            )
        )
        ready = {name: str(getattr(backend, name)) for name in ("url", "client_key", "api_key", "database")}
        click.echo(json.dumps(ready))
        while not told.wait(_LOOK_SECONDS):
            if not backend.alive():
                raise CannotKnow(f"the embedded backend died, of no doing of ours. Its last words: {backend.log()}")


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
