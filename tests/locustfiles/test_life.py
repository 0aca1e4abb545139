"""The options of what phones do, as they are typed."""

from typing import Any

import click
import pytest
from click.testing import CliRunner

from locustfiles.commands._life import life


@click.command
@life
def said(**options: Any) -> None:  # noqa: ANN401 - as click gives them
    """Say what was given."""
    click.echo({name: value for name, value in options.items() if value})


@pytest.mark.parametrize("option", ["--mix", "--network", "--sdk"])
def test_an_option_that_is_not_repeatable_is_refused_where_it_is_repeated(option: str) -> None:
    run = CliRunner().invoke(said, [option, "a", f"{option}=b"])
    assert run.exit_code == 2
    assert f"Error: {option} was given 2 times (a, b): give it once." in run.output


def test_an_empty_option_is_as_good_as_none() -> None:
    assert CliRunner().invoke(said, ["--mix", "", "--sdk", "", "--network=3g"]).output == "{'network': '3g'}\n"
