"""`pushfleet mixes`: what the mixes are made of, and what arrivals a population of theirs is."""

import json
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from scenarios.mixes import Mix

_DAY: Final = 86_400  # seconds


@click.command()
@click.argument("which", metavar="[NAME|FILE]", required=False)
@click.option("--scenarios", metavar="DIR", multiple=True, help="Folder with scenarios of your own (repeatable).")
@click.option("--devices", metavar="N", type=click.IntRange(min=1), help="Of a population, whose arrivals are shown.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON on stdout, and nothing else there.")
def mixes(*, which: str | None, scenarios: tuple[str, ...], devices: int | None, as_json: bool) -> None:
    """List the mixes; of one, by NAME or FILE, show how often each scenario is lived and where the figure comes from.

    With --devices, also how many arrivals a second a population of so many makes, on average over a day.

    \b
    Example:
      pushfleet mixes
      pushfleet mixes everyday --devices 2000000
    """
    from scenarios.mixes import MIXES, read_mix
    from scenarios.own import load_own

    load_own(scenarios)
    if which is None:
        shown = [read_mix(name) for name in MIXES]
        if as_json:
            click.echo(json.dumps([{"mix": mix.name, "summary": mix.summary} for mix in shown]))
        for mix in () if as_json else shown:
            click.echo(f"{mix.name:<14}{mix.summary}")
        return
    mix = read_mix(which)
    if as_json:
        click.echo(json.dumps(_as_dict(mix, devices)))
    else:
        _show(mix, devices)


def _per_second(mix: "Mix", devices: int | None) -> float | None:
    return None if devices is None or mix.a_day is None else devices * mix.a_day / _DAY


def _as_dict(mix: "Mix", devices: int | None) -> dict[str, Any]:
    total = sum(mix.weights.values())
    return {
        "mix": mix.name,
        "summary": mix.summary,
        "push_share": mix.push_share,
        "a_day": mix.a_day,
        "per_second": _per_second(mix, devices),
        "scenarios": {
            name: {
                "share": lived.weight / total,
                "said": lived.said,
                "source": lived.source,
                "assumption": lived.assumption,
            }
            for name, lived in mix.scenarios.items()
        },
    }


def _show(mix: "Mix", devices: int | None) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    total = sum(mix.weights.values())
    table = Table("scenario", box=box.SIMPLE, pad_edge=False)
    table.add_column("of arrivals", justify="right")
    for heading in ("as stated", "why"):
        table.add_column(heading, overflow="fold")
    for name, lived in sorted(mix.scenarios.items(), key=lambda each: -each[1].weight):
        why = lived.source or (f"assumed: {lived.assumption}" if lived.assumption else "")
        table.add_row(name, f"{100 * lived.weight / total:.3g} %", Text(lived.said), Text(why))
    console = Console()
    console.print(Text(mix.summary))
    console.print(table)
    if mix.push_share is not None:
        console.print(
            f"With the embedded backend, {100 * mix.push_share:g} % of people are pushed to after a scenario."
        )
    if (rate := _per_second(mix, devices)) is not None:
        console.print(f"{devices:,} devices make {rate:,.3g} arrivals a second, on average over a day.")
    elif devices is not None:
        console.print("The mix has weights and no rates, so that nothing follows of how much a population does.")
