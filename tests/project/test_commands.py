"""Every documented command exists, and has help with an example."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from locustfiles.cli import COMMANDS, pushfleet

ROOT = Path(__file__).parents[2]


def commands(group: click.Group = pushfleet, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield " ".join((*prefix, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*prefix, name))


ALL = list(commands())


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_command_has_help_with_an_example(name: str, command: click.Command) -> None:
    text = command.help or ""
    assert len(text.splitlines()[0]) > 20, f"{name} has no first line worth reading"
    assert re.search(rf"Examples?:.*pushfleet {name}", text, re.DOTALL), f"{name} has no example"


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_option_has_help(name: str, command: click.Command) -> None:
    bare = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
    assert bare == [], f"{name}: {bare}"


def code(document: str) -> str:
    """What a document shows as code, blocks and words, a line each."""
    return "\n".join(part.strip("`") for part in re.findall(r"```.*?```|`[^`\n]+`", document, re.DOTALL))


def test_every_command_in_the_readme_exists() -> None:
    known = {name for name, _ in commands()}
    text = code((ROOT / "README.md").read_text())
    named = set(re.findall(r"^(?:\S*/)?pushfleet ((?:fleet |token )?[a-z][a-z-]+)", text, re.MULTILINE))
    assert named
    assert {name for name in named if name not in known} == set()


def test_every_command_is_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text()
    assert [name for name in COMMANDS if f"pushfleet {name}" not in text] == []


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z-]+)", code((ROOT / "README.md").read_text()), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
