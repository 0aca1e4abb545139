"""`pushfleet serve`: the embedded backend and its push providers in the foreground."""

import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.commands._foreground import signals_to_end, wait_for_the_end

if TYPE_CHECKING:
    from simulator.backend import Embedded
    from simulator.gateways.process import Gateways


def _show_policies(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's signature
    """Print the open questions with their answers, and end."""
    if wanted:
        from simulator.backend.policy import Policy

        click.echo(Policy.help())
        context.exit()


@click.command()
@click.option(
    "--port", metavar="PORT", default="0", show_default=True, help="The port to listen on; 0 takes any free one."
)
@click.option("--host", metavar="ADDRESS", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--store",
    "--database",
    envvar="PUSHFLEET_STORE",
    metavar="SPEC",
    help="A SQLite file, or postgresql://user:password@host:port/name; without it, a file that is deleted.",
)
@click.option(
    "--processes",
    metavar="N",
    default="1",
    show_default=True,
    help="Server processes that share the port and the store.",
)
@click.option("--bug", metavar="NAME", help="Plant a fault.")
@click.option(
    "--durability",
    metavar="NAME",
    default="power",
    show_default=True,
    help="What an acknowledged write survives: power (the loss of power), or kill (a kill -9, and faster).",
)
@click.option(
    "--policy",
    multiple=True,
    metavar="NAME=VALUE",
    help="An answer to a question that IMKIT's documents leave open; repeatable. See --policies.",
)
@click.option("--policies", is_flag=True, is_eager=True, expose_value=False, callback=_show_policies, help="List them.")
@click.option(
    "--api-limit",
    metavar="N",
    default="1000",
    show_default=True,
    help="Calls a minute with the API key; 0: any number.",
)
@click.option("--fleet", metavar="DIR", help="The fleet whose tokens can be superseded; without it, all are current.")
@click.option("--folder", metavar="DIR", help="Where the providers keep keys and deliveries; without it, deleted.")
@click.option(
    "--client-key", metavar="K", envvar="PUSHFLEET_CLIENT_KEY", help="The public client key; drawn if not given."
)
@click.option("--api-key", metavar="K", envvar="PUSHFLEET_API_KEY", help="The secret API key; drawn if not given.")
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
        servers = (backend, gateways)
        wait_for_the_end(
            told,
            "the backend or its providers",
            lambda: all(server.alive() for server in servers),
            lambda: "\n".join(filter(None, (server.log() for server in servers))),
        )


def _start(stack: ExitStack, options: dict[str, Any]) -> tuple["Embedded", "Gateways", threading.Event]:
    """The running backend and providers, and the event that tells them to end; all belong to `stack`."""
    import tempfile

    from simulator.backend import Embedded
    from simulator.backend.settings import Settings
    from simulator.gateways.process import Gateways

    kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pushfleet-")))
    options["store"] = options["store"] or str(kept / "backend.sqlite")
    settings = Settings.parse(options, {name: options.pop(name) for name in ("client_key", "api_key")})
    told = stack.enter_context(signals_to_end())
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
        policy=settings.policy.texts(),
        api_limit=settings.api_limit,
        providers=gateways.file,
        client_key=settings.client_key,
        api_key=settings.api_key,
    )
    return stack.enter_context(backend), gateways, told
