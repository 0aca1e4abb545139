"""`pushfleet capacity`: the highest rate of arrivals that meets the gates, and what the limit was."""

import sys
from typing import Any

import click

from locustfiles.commands._life import life
from locustfiles.commands._way import way


@click.command()
@click.option(
    "--gate", metavar="EXPR", multiple=True, help="A limit to keep, like 'p99(subscribe) < 50ms' (repeatable)."
)
@click.option("--start", metavar="N", default="50", show_default=True, help="Arrivals a second of the first trial.")
@click.option("--max", metavar="N", default="20000", show_default=True, help="No rate above it is tried.")
@click.option("--trial-time", metavar="TIME", default="5s", show_default=True, help="Load of each trial.")
@click.option(
    "--budget", metavar="TIME", default="150s", show_default=True, help="No trial begins that would end after it."
)
@click.option("--precision", metavar="P", default="10%", show_default=True, help="How near the bounds have to come.")
@click.option("--host", metavar="URL", help="The deployment to test; without it, each trial has an embedded backend.")
@click.option("--confirm-target", metavar="HOST", help="Name the host again, if it is not this machine.")
@click.option("--client-key", metavar="K", envvar="PUSHFLEET_CLIENT_KEY", help="IM-CLIENT-KEY of the deployment.")
@click.option("--api-key", metavar="K", envvar="PUSHFLEET_API_KEY", help="IM-API-KEY, to log simulated people in.")
@way
@click.option("--seed", metavar="S", help="Trial n has the seed S + n (default: drawn and printed).")
@life
@click.option("--processes", metavar="N", help="Generator processes of each trial (default: 1).")
@click.option(
    "--readback", metavar="SPEC", multiple=True, help="How to read the store: 'sqlite:PATH?query=…' (repeatable)."
)
@click.option("--bug", metavar="NAME", help="Plant a fault in the embedded backend.")
@click.option("--results", metavar="DIR", default="results/runs", show_default=True, help="Where the folder goes.")
@click.option("--json", "as_json", is_flag=True, help="Print capacity.json on stdout, and nothing else there.")
def capacity(**options: Any) -> None:  # noqa: ANN401 - handed on as one mapping
    """Find the highest rate of arrivals that meets the gates: double it until a trial fails, then bisect.

    Every trial is a short run of its own on fresh registers. What is not correct does not count as met. The report
    says whether the target or the generator was the limit, and charts response time against rate.

    Exit codes: 0 a rate was found, 1 even --start violated the gates, 2 unknown, 64 wrong usage.

    \b
    Example:
      pushfleet capacity --gate "p99(subscribe) < 50ms"
      pushfleet capacity --gate "p99(subscribe) < 250ms" --gate "errors < 0.01%" --start 500 --precision 5%
      pushfleet capacity --gate "p99(subscribe) < 50ms" --host http://127.0.0.1:8080 --readback sqlite:/srv/im.sqlite
    """
    from locustfiles._capacity import launch

    sys.exit(launch(options))
