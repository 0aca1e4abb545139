"""`pushfleet gateways`: the simulated push providers in the foreground."""

from typing import Any

import click

from simulator.commands._foreground import signals_to_end, wait_for_the_end


@click.command()
@click.option("--folder", metavar="DIR", help="Where credentials and journal are kept, and found again; required.")
@click.option("--fleet", metavar="DIR", help="The fleet whose tokens are current or superseded; else all are current.")
@click.option("--front", metavar="NAME", default="fast", show_default=True, help="fast, or faulty: able to fail.")
@click.option("--fault", multiple=True, metavar="NAME=SHARE", help="A fault for a share of the pushes; repeatable.")
@click.option(
    "--stale-seconds",
    metavar="SECONDS",
    default="2",
    show_default=True,
    help="How long a dead token still takes pushes.",
)
@click.option(
    "--most-per-minute",
    metavar="N",
    default="0",
    help="Pushes a provider takes for one device, then 429; 0: any number.",
)
@click.option(
    "--environment",
    metavar="NAME",
    default="production",
    show_default=True,
    help="Where APNs tokens are good; or sandbox.",
)
@click.option("--seed", metavar="N", help="Of all that is drawn; drawn itself if not given.")
@click.option("--host", metavar="IP", default="127.0.0.1", show_default=True, help="The IP address to listen on.")
@click.option("--apns-port", metavar="PORT", default="0", help="Of APNs; for this and the next, 0 takes any free one.")
@click.option("--sandbox-port", metavar="PORT", default="0", help="Of APNs' sandbox.")
@click.option("--fcm-port", metavar="PORT", default="0", help="Of FCM and Google's token endpoint.")
@click.option("--web-push-port", metavar="PORT", default="0", help="Of all three browsers' push services.")
@click.option(
    "--deliveries-port", metavar="PORT", default="0", help="Where it is told what was delivered (plain HTTP)."
)
def gateways(**options: Any) -> None:  # noqa: ANN401 - as click hands them over
    """Serve simulated APNs, FCM and Web Push until Ctrl-C.

    Prints one line of JSON once they are ready, which also stands in DIR/gateways.json: every URL, the files of the
    credentials to push with, the certificate authority to trust, and the journal of what was delivered. Started again
    with the same --folder and ports, a deployment that pushes to them needs no new configuration.

    \b
    Faults, as NAME=SHARE or NAME=SHARE:SECONDS, with --front faulty:
      goaway       the connection ends before the push is looked at
      reset        the push is delivered, and its sender never told
      stall        its connection says nothing for SECONDS (30)
      slow         the answer comes SECONDS (0.5) late
      throttle     429 with Retry-After of SECONDS (1)
      unavailable  503 with Retry-After of SECONDS (1)
      error        500

    Exit codes: 0 ended as told, 2 the gateways died, 64 they cannot be started so.

    \b
    Example:
      pushfleet gateways --folder providers --fleet fleet --front faulty --fault throttle=0.05:2 --fault reset=0.01
    """
    import secrets

    import orjson

    from simulator.gateways import Gateways
    from simulator.gateways.settings import Settings

    if options["seed"] is None:
        options["seed"] = str(secrets.randbelow(2**32))
    settings = Settings.parse(options)
    with (
        signals_to_end() as told,
        Gateways.start(
            settings.folder,
            fleet=settings.fleet,
            front=settings.front,
            faults=options["fault"],
            stale_seconds=settings.stale_seconds,
            most_per_minute=settings.most_per_minute,
            environment=settings.environment,
            seed=settings.seed,
            host=settings.host,
            ports=settings.ports,
        ) as running,
    ):
        click.echo(orjson.dumps(running.ready))
        wait_for_the_end(told, "the push gateways", running.alive, running.log)
