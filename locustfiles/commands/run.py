"""`pushfleet run`: Locust with our locustfile, headless, and a verdict at the end."""

import sys
from typing import Any

import click

from locustfiles.commands._life import life
from locustfiles.commands._way import way


@click.command(context_settings={"ignore_unknown_options": False, "allow_interspersed_args": True})
@click.option("--host", metavar="URL", help="The deployment to test; without it, an embedded backend is started.")
@click.option("--confirm-target", metavar="HOST", help="Name the host again, if it is not this machine.")
@click.option("--client-key", metavar="K", envvar="PUSHFLEET_CLIENT_KEY", help="IM-CLIENT-KEY of the deployment.")
@click.option("--api-key", metavar="K", envvar="PUSHFLEET_API_KEY", help="IM-API-KEY, to log simulated people in.")
@way
@click.option("--devices", metavar="N", help="Phones in the fleet (default: 1000, or all of --fleet).")
@click.option("--seed", metavar="S", help="Seed of the fleet and of every choice (default: drawn and printed).")
@click.option("--fleet", metavar="DIR", help="Directory of a fleet that outlives the run; made if missing.")
@life
@click.option("--rate", metavar="N", help="Arrivals a second, open model (default: 100).")
@click.option("--users", metavar="N", help="People at once, closed model: each waits for its answers.")
@click.option(
    "--shape",
    metavar="NAME[:KEY=VALUE,…]",
    help="How arrivals rise and fall, --rate being the peak: ramp, steps, spike, soak, day, release_day, outage.",
)
@click.option("--think-time", metavar="SECONDS", help="Mean pause of a user in the closed model (default: 1).")
@click.option("--run-time", metavar="TIME", default="60s", show_default=True, help="How long: 90, 90s, 3m, 1h20m.")
@click.option("--processes", metavar="N", default="1", show_default=True, help="Generator processes.")
@click.option("--gate", metavar="EXPR", multiple=True, help="A limit, like 'p99(subscribe) < 250ms' (repeatable).")
@click.option("--require", metavar="ANOMALY", multiple=True, help="What must have had a chance, or all (repeatable).")
@click.option(
    "--readback",
    metavar="SPEC",
    multiple=True,
    help="How to read what the backend holds: 'sqlite:PATH?query=…', 'postgresql://…?query=…', or push (repeatable).",
)
@click.option("--bug", metavar="NAME", help="Plant a fault in the embedded backend.")
@click.option(
    "--store",
    metavar="SPEC",
    envvar="PUSHFLEET_STORE",
    help="Store of the embedded backend: sqlite:PATH or postgresql://… (default: a file in the run's folder).",
)
@click.option("--backend-processes", metavar="N", help="Processes of the embedded backend (default: 1).")
@click.option(
    "--backend-fault",
    metavar="NAME=SECONDS",
    multiple=True,
    help="End the embedded backend, and start it again, whenever it has served so long: kill, restart (repeatable).",
)
@click.option(
    "--gateway-fault", metavar="NAME=SHARE", multiple=True, help="What gateways do to a share of requests (repeatable)."
)
@click.option(
    "--arrivals",
    metavar="HOW",
    help="People come at random (poisson, the default), or equally far apart (constant).",
)
@click.option(
    "--max-in-flight", metavar="N", help="People under way at once in one process, unless --users (default: 1000)."
)
@click.option("--results", metavar="DIR", default="results/runs", show_default=True, help="Where run folders go.")
@click.option("--run-id", metavar="ID", help="Name of the run's folder (default: the time).")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on stdout, and nothing else there.")
@click.argument("locust_options", nargs=-1, type=click.UNPROCESSED)
def run(**options: Any) -> None:  # noqa: ANN401 - handed on as one mapping
    """One load run: start the target, load it, read back what it holds, judge every register, report.

    Options after -- go to Locust as they are. With --readback push the run starts gateways that stand in for APNs, FCM
    and Web Push, pushes to a sampled share of people (push?share=0.05) when one of their scenarios has ended, and
    judges what arrives. A --host must push to the gateways of `pushfleet gateways`: push?gateways=URL.

    \b
    Example:
      pushfleet run --devices 2000 --rate 200 --run-time 15s --gate "p99(subscribe) < 250ms"
      pushfleet run --readback "push?share=0.2" --rate 200 --run-time 15s
      pushfleet run --bug key-on-token --rate 200 --run-time 15s
      pushfleet run --shape spike:base=0.1 --rate 500 --run-time 60s
      pushfleet run --network mobile --rate 200 --run-time 15s
      pushfleet run --sdk field --rate 200 --run-time 15s
      pushfleet run --backend-fault kill=2s --gate "errors < 90%" --rate 200 --run-time 15s
      pushfleet run --host http://127.0.0.1:8080 --client-key K --api-key A --readback sqlite:/srv/im.sqlite
      pushfleet run --host https://127.0.0.1:8443 --ca-file ca.pem --client-key K --api-key A --timeout 5
    """
    from gevent import monkey

    # Before anything that opens sockets or makes locks is imported: Locust would patch too late.
    monkey.patch_all()
    from locustfiles._launch import launch

    sys.exit(launch(options))
