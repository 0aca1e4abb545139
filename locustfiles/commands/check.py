"""`pushfleet check`: judge a run again."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from results.shard import Shard


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--shard", metavar="I/N", help="Judge the I-th of N parts, and print its verdict as JSON for --merge.")
@click.option("--shards", metavar="N", help="Judge in so many parts one after the other.")
@click.option(
    "--merge", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="A part's verdict; repeat for all."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON on stdout, and nothing else there.")
def check(run: Path, *, shard: str | None, shards: str | None, merge: tuple[Path, ...], as_json: bool) -> None:
    """Judge a run again from its journal, also one whose process was killed, and write its reports again.

    RUN is the run's folder. What the journal cannot tell is unknown.

    A large run is judged in parts by itself, of some million records each, whatever --shards says: the verdict is the
    same. Several machines that have the folder can each judge some of the parts: --shard keeps no more than its part in
    memory, prints its verdict on stdout and writes no report. Once all are there, --merge puts them together and writes
    the reports.

    Exit codes: 0 pass, 1 violated, 2 unknown, 64 RUN is no run's folder; of a part, what it shows by itself.

    \b
    Examples:
      pushfleet check results/runs/20261124-101500
      pushfleet check results/runs/20261124-101500 --shard 1/2 > 1.json
      pushfleet check results/runs/20261124-101500 --merge 1.json --merge 2.json
    """
    import orjson

    from locustfiles._judging import judge_again, judge_part
    from results.reporters.terminal import words

    part, count = _asked(run, shard, shards, merge)
    if part is not None:
        said, verdict = judge_part(run, part)
        click.echo(orjson.dumps(said).decode())
        sys.exit(verdict.exit_code)
    summary = judge_again(run, merge, count)
    click.echo((run / "summary.json").read_text(encoding="utf-8").rstrip() if as_json else words(run))
    sys.exit(summary.verdict.exit_code)


def _asked(
    run: Path, shard: str | None, shards: str | None, merge: tuple[Path, ...]
) -> "tuple[Shard | None, int | None]":
    """The part, and in how many to judge; UsageError with all that is wrong."""
    from results.errors import Mistakes, UsageError
    from results.run import Run
    from results.shard import Shard, how_many

    mistakes, part, count = Mistakes(), None, None
    with mistakes.gathered():
        if sum(one not in (None, ()) for one in (shard, shards, merge)) > 1:
            raise UsageError("--shard, --shards and --merge exclude each other: judge a part, or all, or merge.")
    with mistakes.gathered():
        part = Shard.parse(shard) if shard is not None else None
    with mistakes.gathered():
        count = how_many("--shards", shards) if shards is not None else None
    with mistakes.gathered():
        Run.read(run)
    mistakes.refuse()
    return part, count
