"""`pushfleet bugs`: plant every bug in turn, and show what the judge made of it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from time import strftime
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from rich.table import Table

    from locustfiles._bugs import Examined
    from simulator.backend.bug import Bug

_LONGEST: Final = 3600  # seconds


@click.command()
@click.argument("names", metavar="[BUG]...", nargs=-1)
@click.option("--run-time", "seconds", metavar="N", default="5", show_default=True, help="Load of each.")
@click.option("--seed", metavar="S", default="11", show_default=True, help="Of all runs.")
@click.option("--alone", is_flag=True, help="Each in the one scenario that exists for it, and no other.")
@click.option("--mix", metavar="NAME", help="Each in this mix, instead of the life that gives it a chance.")
@click.option("--results", metavar="DIR", default="results/runs", show_default=True, help="Where the runs go.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on stdout, and nothing else there.")
def bugs(
    *, names: tuple[str, ...], seconds: str, seed: str, alone: bool, mix: str | None, results: str, as_json: bool
) -> None:
    """Run the correct backend, and then every planted BUG, or those named; show what the judge made of each.

    Each runs in the life that gives it a chance. What loads and judges does not know which bug is planted. Operations
    and seconds are those after which the bug was provable; a proof by read-back comes at the end of the load.

    Exit codes: 0 every bug was found under its right name, and the correct backend accused of nothing; 1 not so;
    2 something was not found, or is not known; 64 wrong usage.

    \b
    Examples:
      pushfleet bugs
      pushfleet bugs key-on-token replica-lag --run-time 10
      pushfleet bugs --alone
      pushfleet bugs --mix adversarial --run-time 60
    """
    import orjson
    from rich.console import Console
    from rich.progress import track

    from locustfiles._bugs import Lives, examine, verdict_on

    wanted, lasting, number = _asked(names, seconds, seed, alone=alone, mix=mix)
    folder = Path(results) / f"{strftime('%Y%m%d-%H%M%S')}-bugs"
    click.echo(f"seed {seed}, runs in {folder}", err=True)
    console = Console(stderr=True)
    found = []
    try:
        for one in track(
            examine(wanted, Lives(folder, lasting, number, alone=alone, mix=mix)),
            "planting bugs",
            total=len(wanted),
            console=console,
            transient=True,
        ):
            found.append(one)  # noqa: PERF402 - what was found so far outlives Ctrl-C
    except KeyboardInterrupt:
        click.echo(f"Stopped after {len(found)} of {len(wanted)}.", err=True)
    complete = len(found) == len(wanted)
    if as_json:
        click.echo(orjson.dumps([one.as_dict() for one in found]).decode())
    else:
        # Into a file, whole names matter more than the width of a terminal that is not there.
        Console(width=None if sys.stdout.isatty() else 140).print(_table(found))
    sys.exit(verdict_on(found).exit_code if complete else 2)


def _asked(
    names: tuple[str, ...], seconds: str, seed: str, *, alone: bool, mix: str | None
) -> "tuple[list[Bug | None], int, int]":
    """The bugs, seconds and seed; UsageError with all that is wrong."""
    from locustfiles._bugs import chosen
    from results.errors import Mistakes
    from results.shard import how_many
    from scenarios.mixes import read_mix
    from simulator.errors import UsageError
    from simulator.fleet import MAX_SEED

    mistakes, wanted, lasting, number = Mistakes(), [], 0, 0
    with mistakes.gathered(UsageError):
        wanted = chosen(names, alone=alone)
    with mistakes.gathered(UsageError):
        if mix is not None:
            read_mix(mix)
    with mistakes.gathered(UsageError):
        if alone and mix is not None:
            raise UsageError("--alone lives one scenario for each bug, and --mix several for all: give one of the two.")
    with mistakes.gathered():
        lasting = how_many("--run-time", seconds, most=_LONGEST)
    with mistakes.gathered():
        number = how_many("--seed", seed, least=0, most=MAX_SEED)
    mistakes.refuse()
    return wanted, lasting, number


def _table(found: "Sequence[Examined]") -> "Table":
    from rich.table import Table

    from results.reporters.numbers import NONE

    alone = any(one.scenario for one in found)
    which = ("bug", "scenario") if alone else ("bug",)
    table = Table(*which, "expected", "found", "operations", "seconds", "", box=None, header_style="bold")
    marks = {"pass": "[green]✓[/]", "violated": "[red]✗[/]", "unknown": "[yellow]?[/]"}
    for one in found:
        others = [f"[dim]{name}[/]" for name in one.found if name not in one.expected]
        anomalies = ", ".join([*(name for name in one.expected if name in one.found), *others])
        proof = (f"{one.first.operations:,}", f"{one.first.first:.1f}") if one.first else ("", "")
        which = (one.bug, one.scenario or NONE) if alone else (one.bug,)
        table.add_row(*which, ", ".join(one.expected) or NONE, anomalies or NONE, *proof, marks[one.verdict])
    return table
