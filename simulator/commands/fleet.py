"""`pushfleet fleet`: make fleets and look at them."""

from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SHOW_PROGRESS_FROM: Final = 1_000_000  # devices: about half a second


@click.group()
def fleet() -> None:
    """Create and show fleets.

    A fleet is a directory that remembers a simulated population: the same deviceIds in every run, and no token twice.

    \b
    Example:
      pushfleet fleet create results/fleets/million --devices 1000000 --seed 7
    """


@fleet.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--devices", required=True, type=int, help="How many devices the fleet has.")
@click.option("--seed", type=int, help="What the population is derived from; drawn and printed if not given.")
@click.option("--sdk", metavar="NAME", default="none", help="SDK that the apps call by, or a mixture (default: none).")
def create(directory: Path, devices: int, seed: int | None, sdk: str) -> None:
    """Create a fleet in DIR, which must not exist or be empty.

    Takes 16 bytes a device. The same number of devices, seed and SDK make the same population anywhere.

    \b
    Example:
      pushfleet fleet create results/fleets/million --devices 1000000 --seed 7
    """
    import secrets

    from simulator.fleet import Fleet

    seed = secrets.randbelow(2**32) if seed is None else seed
    with _progress(devices) as progress:
        made = Fleet.create(directory, devices, seed, sdk=sdk, progress=progress)
    apps = "" if made.sdks is None else f", SDK {made.sdk}"
    click.echo(f"{made.directory}: {made.devices:,} devices of {made.people:,} people, seed {made.seed}{apps}")


@fleet.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--device", type=int, help="Show this device instead of the population, by its number from 0.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(directory: Path, device: int | None, *, as_json: bool) -> None:
    """Show the population of the fleet in DIR and what was done with it; changes nothing.

    Shares of models, versions and locales are those of 2,000 devices spread over the fleet; the rest is exact.

    \b
    Example:
      pushfleet fleet show results/fleets/million --device 12
    """
    import orjson

    from simulator.fleet import Fleet
    from simulator.fleet.portrait import portray, portray_device

    shown = Fleet.open(directory, writable=False)
    portrait = portray(shown) if device is None else portray_device(shown, device)
    if as_json:
        click.echo(orjson.dumps(portrait, option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(_lines(portrait)))


def _progress(devices: int) -> AbstractContextManager["Callable[[int], None]"]:
    """Return what shows progress on a terminal's stderr, if there is enough to do to show any."""
    if devices < _SHOW_PROGRESS_FROM:
        return nullcontext(lambda _: None)
    return _bar(devices)


@contextmanager
def _bar(devices: int) -> "Iterator[Callable[[int], None]]":
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("devices", total=devices)
        yield lambda done: bar.update(task, completed=done)


_NAMES = frozenset({"seed", "number"})


def _lines(portrait: "dict[str, object]", indent: str = "") -> "Iterator[str]":
    for key, value in portrait.items():
        name = key.replace("_", " ") if key.islower() else key  # not a locale's
        if isinstance(value, dict):
            yield f"{indent}{name}"
            yield from _lines(value, indent + "  ")
        else:
            # What can be given back to an option is shown as the option takes it.
            yield f"{indent}{name:<16} {value if key in _NAMES else _text(value)}"


def _text(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1%}"
    return f"{value:,}" if isinstance(value, int) else str(value)
