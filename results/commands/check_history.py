from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from results.checker.history import HistoryVerdict
    from results.shard import Shard

_SHOWN: Final = 20  # registers explained without --json


@click.command("check-history")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--shard", metavar="I/N", help="Judge the I-th of N parts of the registers, and no other.")
@click.option("--shards", metavar="N", help="Judge all, in so many parts one after the other.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON, and nothing else, on stdout.")
@click.pass_context
def check_history(context: click.Context, file: Path, *, shard: str | None, shards: str | None, as_json: bool) -> None:
    """Judge a history of registers: find every one that is not linearizable.

    FILE is a Parquet file with the columns register, kind (0 write, 1 delete, 2 read), value (-1 = absent), inv, ret
    (2**62 = never answered) and ok (false = may have acted, or not). Every register is judged exactly.

    Ten million operations take about a gigabyte of memory; more are judged in parts, here or on several machines. The
    whole is legal if all of its parts are.

    Exit codes: 0 all are, 1 some are not, 2 nobody can know, 64 FILE is no history.

    \b
    Examples:
      pushfleet check-history recorded.parquet --json
      pushfleet check-history recorded.parquet --shards 8
    """
    from results.errors import Mistakes, UsageError
    from results.shard import Shard, how_many

    mistakes, count, parts = Mistakes(), 1, []
    with mistakes.gathered():
        if shard is not None and shards is not None:
            raise UsageError("--shard and --shards are both given: take one part, or all of them one after the other.")
    with mistakes.gathered():
        count = how_many("--shards", shards) if shards is not None else 1
    with mistakes.gathered():
        parts = [Shard.parse(shard)] if shard is not None else [Shard(at + 1, count) for at in range(count)]
    mistakes.refuse()
    verdict = _judged(file, parts)
    click.echo(_json(verdict, shard) if as_json else _text(verdict))
    context.exit(verdict.verdict.exit_code)


def _judged(file: Path, parts: "Sequence[Shard]") -> "HistoryVerdict":
    from rich.console import Console
    from rich.progress import track

    from results.checker.history import HistoryVerdict, check_history
    from results.checker.history_file import read_history

    shown = track(parts, f"judging {file.name}", console=Console(stderr=True), disable=len(parts) == 1, transient=True)
    return HistoryVerdict.merged([check_history(read_history(file, part)) for part in shown])


def _json(verdict: "HistoryVerdict", shard: str | None) -> str:
    import orjson

    said: dict[str, object] = {
        "verdict": verdict.verdict,
        "registers": verdict.registers,
        "illegal": list(verdict.illegal),
    }
    if verdict.unknown:
        said["unknown"] = verdict.unknown
    if shard is not None:
        said["shard"] = shard
    return orjson.dumps(said).decode()


def _text(verdict: "HistoryVerdict") -> str:
    lines = [f"{verdict.verdict}: {len(verdict.illegal)} of {verdict.registers} registers are not linearizable."]
    for register, violation in list(verdict.illegal.items())[:_SHOWN]:
        blamed = ", ".join(f"[{op.inv}, {op.ret}] of {op.value}" for op in violation.blamed) or "none"
        lines.append(f"  register {register}: {violation.rule.name}: {violation.rule}; reads that cannot be: {blamed}")
    if len(verdict.illegal) > _SHOWN:
        lines.append(f"  and {len(verdict.illegal) - _SHOWN} more; --json lists all of them")
    if verdict.unknown:
        lines.append(f"{len(verdict.unknown)} registers cannot be judged: a value was written again after another.")
    return "\n".join(lines)
