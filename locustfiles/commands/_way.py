"""The options that say how a command reaches a deployment; those of `run` and `capacity`."""

from collections.abc import Callable
from typing import Any, Final

import click

_OPTIONS: Final = (
    click.option(
        "--proxy",
        metavar="URL",
        envvar="PUSHFLEET_PROXY",
        help="HTTP proxy on the way to the deployment: http://[user:password@]host:port.",
    ),
    click.option("--ca-file", metavar="FILE", help="PEM file of the authorities to trust (default: the system's)."),
    click.option("--insecure", is_flag=True, help="Do not verify the deployment's certificate. Reports say so."),
    click.option(
        "--connect-timeout",
        metavar="SECONDS",
        help="Time for a connection to be open (default: 10, or --timeout if less).",
    ),
    click.option(
        "--handshake-timeout",
        metavar="SECONDS",
        help="Time for TLS to be agreed on (default: 10, or --timeout if less).",
    ),
    click.option(
        "--first-byte-timeout", metavar="SECONDS", help="Time for an answer's first byte (default: --timeout)."
    ),
    click.option(
        "--timeout",
        metavar="SECONDS",
        help="Time for an answer to be complete (default: 10, or with --sdk the SDK's own, up to 180; given, it bounds "
        "those too, and how long the end of a run is waited for).",
    ),
)


def way(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
