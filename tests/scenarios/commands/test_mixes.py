import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from scenarios import SCENARIOS, own
from scenarios.commands.mixes import mixes
from scenarios.mixes import MIXES, read_mix


def run(*arguments: str) -> str:
    result = CliRunner().invoke(mixes, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_mixes_are_listed_with_what_they_are() -> None:
    assert [line.split()[0] for line in run().splitlines()] == list(MIXES)
    assert json.loads(run("--json")) == [{"mix": name, "summary": read_mix(name).summary} for name in MIXES]


def test_a_mix_is_shown_with_its_figures_and_what_a_population_makes_of_them(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'summary = "Mine."\npush_share = 0.25\n[scenarios]\napp_launch = {per_day = 3, source = "counted"}\n'
        'token_rotation = {per_day = 1, assumption = "a guess"}\n'
    )
    assert json.loads(run(str(own), "--devices", "864000", "--json")) == {
        "mix": str(own),
        "summary": "Mine.",
        "push_share": 0.25,
        "a_day": 4.0,
        "per_second": 40.0,
        "scenarios": {
            "app_launch": {"share": 0.75, "said": "per_day = 3", "source": "counted", "assumption": ""},
            "token_rotation": {"share": 0.25, "said": "per_day = 1", "source": "", "assumption": "a guess"},
        },
    }
    shown = [" ".join(line.split()) for line in run(str(own), "--devices", "864000").splitlines()]
    assert "app_launch 75 % per_day = 3 counted" in shown
    assert "token_rotation 25 % per_day = 1 assumed: a guess" in shown
    assert "864,000 devices make 40 arrivals a second, on average over a day." in shown
    assert "With the embedded backend, 25 % of people are pushed to after a scenario." in shown


def test_weights_say_nothing_of_what_a_population_does() -> None:
    assert "The mix has weights and no rates" in run("adversarial", "--devices", "5")
    assert json.loads(run("adversarial", "--devices", "5", "--json"))["per_second"] is None


def test_a_mix_may_have_scenarios_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own, "_loaded", set())
    (tmp_path / "mine.py").write_text(
        "from scenarios.registry import scenario\n\n\n@scenario(weight=0)\ndef mine(phone):\n    phone.subscribe()\n"
    )
    mix = tmp_path / "mix.toml"
    mix.write_text('[scenarios]\nmine = {per_day = 2, assumption = "a guess"}\n')
    try:
        shown = json.loads(run(str(mix), "--scenarios", str(tmp_path), "--json"))
    finally:
        SCENARIOS.pop("mine", None)
    assert shown["scenarios"] == {
        "mine": {"share": 1.0, "said": "per_day = 2", "source": "", "assumption": "a guess"},
    }
