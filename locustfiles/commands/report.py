"""`pushfleet report`: write a run's reports again."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
def report(run: Path) -> None:
    """Write summary.json, summary.md, junit.xml and report.html of a run again, from its journal, and say where.

    RUN is the run's folder. The verdict is computed anew, and is the exit code.

    \b
    Example:
      pushfleet report results/runs/20261124-101500
    """
    from locustfiles._judging import judge_again

    summary = judge_again(run)
    for name in ("report.html", "summary.md", "summary.json", "junit.xml"):
        click.echo(run / name)
    sys.exit(summary.verdict.exit_code)
