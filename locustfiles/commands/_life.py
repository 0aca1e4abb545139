"""The options that say what phones do, on which network and by which SDK; those of `run` and `capacity`."""

from collections.abc import Callable
from typing import Any, Final

import click


def once(_: click.Context, option: click.Parameter, given: tuple[str, ...]) -> str | None:
    """The value of an option that is not repeatable, as its neighbours are; an empty one is as good as none."""
    if len(given) > 1:
        raise click.UsageError(f"{option.opts[0]} was given {len(given)} times ({', '.join(given)}): give it once.")
    return (given[0] or None) if given else None


_OPTIONS: Final = (
    click.option(
        "--mix",
        metavar="NAME|FILE",
        multiple=True,
        callback=once,
        help="What people do, such as adversarial (default: everyday).",
    ),
    click.option(
        "--scenario",
        metavar="NAME[=WEIGHT]",
        multiple=True,
        help="Live only this scenario, or with --mix give it this weight there (repeatable).",
    ),
    click.option(
        "--scenarios",
        metavar="DIR",
        type=click.Path(),
        multiple=True,
        envvar="PUSHFLEET_SCENARIOS",
        help="Folder with scenarios of your own, one a file (repeatable).",
    ),
    click.option(
        "--network",
        metavar="NAME",
        multiple=True,
        callback=once,
        help="Simulated network of the phones, such as 3g or mobile (default: none).",
    ),
    click.option(
        "--sdk",
        metavar="NAME",
        multiple=True,
        callback=once,
        help="SDK of IMKIT's that the apps call by, such as flutter, or field, a mixture; a fleet keeps the one it was "
        "made with (default: none).",
    ),
)


def life(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
