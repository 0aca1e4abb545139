import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from click.testing import CliRunner, Result

from results.commands.check_history import check_history
from results.errors import UsageError

DATA = Path(__file__).parents[2] / "data"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(check_history, arguments)


def saved(folder: Path, *, shown: int) -> str:
    """One register, written with 1, and read."""
    columns = {"register": [4, 4], "kind": [0, 2], "value": [1, shown], "inv": [0, 2], "ret": [1, 3], "ok": [True] * 2}
    pq.write_table(pa.table(columns), folder / "history.parquet")
    return str(folder / "history.parquet")


def test_json_prints_the_verdict_and_nothing_else(tmp_path: Path) -> None:
    legal, illegal = run(saved(tmp_path, shown=1), "--json"), run(saved(tmp_path, shown=-1), "--json")

    assert json.loads(legal.stdout) == {"verdict": "pass", "registers": 1, "illegal": []}
    assert json.loads(illegal.stdout) == {"verdict": "violated", "registers": 1, "illegal": [4]}
    assert (legal.exit_code, illegal.exit_code) == (0, 1)


def test_text_explains_each_register(tmp_path: Path) -> None:
    assert run(saved(tmp_path, shown=-1)).output == (
        "violated: 1 of 1 registers are not linearizable.\n"
        "  register 4: V4: nothing was found, and no delete can have caused it; reads that cannot be: [2, 3] of -1\n"
    )


def test_the_known_histories_are_violated_and_the_text_stays_short() -> None:
    result = run(str(DATA / "small.parquet"))

    assert result.exit_code == 1
    assert result.output.startswith("violated: 7328 of 20000 registers are not linearizable.\n")
    assert result.output.endswith("  and 7308 more; --json lists all of them\n")


def test_a_bad_file_is_a_usage_error(tmp_path: Path) -> None:
    result = run(str(tmp_path / "nothing.parquet"))

    assert isinstance(result.exception, UsageError)
    assert (result.exception.exit_code, result.output) == (64, "")


def test_all_shards_are_the_whole_and_one_says_which_it_is() -> None:
    file = str(DATA / "small.parquet")
    whole, in_parts = run(file, "--json"), run(file, "--json", "--shards", "3")
    parts = [json.loads(run(file, "--json", "--shard", f"{index}/3").stdout) for index in (1, 2, 3)]

    assert json.loads(whole.stdout) == json.loads(in_parts.stdout)
    assert sorted(register for part in parts for register in part["illegal"]) == json.loads(whole.stdout)["illegal"]
    assert [part["shard"] for part in parts] == ["1/3", "2/3", "3/3"]


def test_a_shard_that_is_none_is_a_usage_error() -> None:
    file = str(DATA / "small.parquet")
    assert isinstance(run(file, "--shard", "4/3").exception, UsageError)
    assert "both given" in str(run(file, "--shard", "1/3", "--shards", "3").exception)


def test_help_ends_with_examples() -> None:
    assert run("--help").output.count("Examples:\n    pushfleet check-history recorded.parquet --json") == 1
