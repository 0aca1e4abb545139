"""`pushfleet check`: judge a run again."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on stdout, and nothing else there.")
def check(run: Path, *, as_json: bool) -> None:
    """Judge a run again from its journal, also one whose process was killed, and write its reports again.

    RUN is the run's folder. What the journal cannot tell is unknown.

    \b
    Example:
      pushfleet check results/runs/20261124-101500
    """
    from locustfiles._judging import judge_again
    from results.reporters.terminal import words

    summary = judge_again(run)
    click.echo((run / "summary.json").read_text(encoding="utf-8").rstrip() if as_json else words(run))
    sys.exit(summary.verdict.exit_code)
