import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from simulator.commands.token import token
from simulator.errors import UsageError
from simulator.tokens import Provenance, PushType, mint

WRITE = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.FCM, generation=3)
OPTIONS = ["--type", "fcm", "--fleet-number", "9", "--run", "2", "--device", "7", "--install", "1", "--generation", "3"]


def run(*arguments: str, stdin: str | bytes = "", fails_with: int = 0) -> str:
    result = CliRunner().invoke(token, arguments, input=stdin)
    assert result.exit_code == fails_with, result.output
    return result.output


def test_mint_prints_the_token_of_the_write() -> None:
    assert run("mint", *OPTIONS) == mint(WRITE) + "\n"


def test_mint_counts_generations_up() -> None:
    lines = run("mint", *OPTIONS, "--count", "70000").splitlines()
    assert len(set(lines)) == 70000
    assert lines[-1] == mint(Provenance(9, 2, 7, 1, PushType.FCM, 70002))


def test_mint_can_be_asked_for_a_form() -> None:
    lines = run("mint", *OPTIONS, "--form", "fid", "--count", "3").splitlines()
    assert lines == [mint(Provenance(9, 2, 7, 1, PushType.FCM, number), form="fid") for number in (3, 4, 5)]
    assert {len(line) for line in lines} == {22}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--type", "apns"], "there is no push type 'apns'"),
        (
            ["--type", "web", "--form", "fid"],
            "tokens of type web have no form 'fid'; theirs are fcm-163, fcm-142, chrome, safari, firefox",
        ),
        (["--type", "ios", "--run", "4096"], "run 4096 does not fit"),
        (["--type", "ios", "--generation", "1048575", "--count", "2"], "generation 1048576 does not fit"),
        (["--type", "ios", "--count", "0"], "--count 0 tokens cannot be minted"),
    ],
)
def test_mint_prints_nothing_if_any_of_it_is_impossible(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(token, ["mint", *arguments])
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)
    assert result.output == ""


def test_decode_prints_where_a_token_comes_from() -> None:
    assert json.loads(run("decode", mint(WRITE))) == {
        "minted": True,
        "fleet": 9,
        "run": 2,
        "device": 7,
        "install": 1,
        "type": "fcm",
        "generation": 3,
        "register": WRITE.register,
        "value": WRITE.value,
    }


@pytest.mark.parametrize(
    ("damaged", "why", "known"),
    [
        (mint(WRITE)[:128], "truncated", {"device": 7, "generation": 3}),
        (mint(WRITE)[:30], "truncated", {"fleet": 9, "device": 7, "install": 1, "type": "fcm"}),
        (mint(WRITE).lower(), "folded", {}),
        ("nobody's", "ghost", {}),
        ("", "ghost", {}),
    ],
)
def test_decode_says_why_a_token_is_refused_and_never_shows_it(
    damaged: str, why: str, known: dict[str, object]
) -> None:
    output = run("decode", "--", damaged, fails_with=1)
    answer = json.loads(output)
    assert (answer["minted"], answer["why"]) == (False, why)
    assert known.items() <= answer.items()
    assert len(damaged) < 8 or damaged[:8] not in output


def test_decode_reads_lines_and_goes_on_after_a_refused_one() -> None:
    good = mint(WRITE).encode()
    output = run("decode", "-", stdin=good + b"\n\xff\xfe\r\n" + good, fails_with=1)
    assert [json.loads(line)["minted"] for line in output.splitlines()] == [True, False, True]


def test_decode_can_speak_in_sentences() -> None:
    assert run("decode", "--text", mint(WRITE)) == (
        "minted for fleet 9, run 2, device 7, install 1, type fcm, generation 3\n"
    )
    assert "no fleet minted the token that starts 'nobody'" in run("decode", "--text", "nobody's", fails_with=1)


@pytest.mark.parametrize("command", [[], ["mint"], ["decode"]])
def test_help_ends_with_an_example(command: list[str]) -> None:
    assert "Example:\n" in run(*command, "--help")


def test_listing_the_command_loads_neither_numpy_nor_openssl() -> None:
    program = "import simulator.commands.token, sys; sys.exit('numpy' in sys.modules or 'cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
