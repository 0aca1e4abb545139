from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from results.checker.history import HistoryVerdict

_SHOWN: Final = 20  # registers explained without --json


@click.command("check-history")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON, and nothing else, on stdout.")
@click.pass_context
def check_history(context: click.Context, file: Path, *, as_json: bool) -> None:
    """Judge a history of registers: find every one that is not linearizable.

    FILE is a Parquet file with the columns register, kind (0 write, 1 delete, 2 read), value (-1 = absent), inv, ret
    (2**62 = never answered) and ok (false = may have acted, or not). Every register is judged exactly.

    Exit codes: 0 all are, 1 some are not, 2 nobody can know, 64 FILE is no history.

    \b
    Example:
      pushfleet check-history recorded.parquet --json
    """
    from results.checker import history

    verdict = history.check_history(history.read_history(file))
    click.echo(_json(verdict) if as_json else _text(verdict))
    context.exit(verdict.verdict.exit_code)


def _json(verdict: "HistoryVerdict") -> str:
    import orjson

    said: dict[str, object] = {
        "verdict": verdict.verdict,
        "registers": verdict.registers,
        "illegal": list(verdict.illegal),
    }
    if verdict.unknown:
        said["unknown"] = verdict.unknown
    return orjson.dumps(said).decode()


def _text(verdict: "HistoryVerdict") -> str:
    lines = [f"{verdict.verdict}: {len(verdict.illegal)} of {verdict.registers} registers are not linearizable."]
    for register, finding in list(verdict.illegal.items())[:_SHOWN]:
        violation = finding.violations[0]
        blamed = ", ".join(f"[{op.inv}, {op.ret}] of {op.value}" for op in violation.blamed) or "none"
        lines.append(f"  register {register}: {violation.rule.name}: {violation.rule}; reads that cannot be: {blamed}")
    if len(verdict.illegal) > _SHOWN:
        lines.append(f"  and {len(verdict.illegal) - _SHOWN} more; --json lists all of them")
    if verdict.unknown:
        lines.append(f"{len(verdict.unknown)} registers cannot be judged: a value was written again after another.")
    return "\n".join(lines)
