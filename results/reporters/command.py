"""The command that runs a run again, without its secrets."""

import shlex
from collections.abc import Iterator
from typing import Any, Final

from results.masking import is_secret, without_secrets
from results.run import Run

# These say where a run's results go, not what it does; the run that repeats it has its own.
_OF_THE_RUN_ALONE: Final = {"run-id", "results", "json"}
_LOCUST: Final = "locust"  # options handed to Locust, after --


def again(run: Run) -> str:
    """`pushfleet run …`, one option a line, quoted for a shell.

    Options are the command line's, by name: lists are given repeatedly, mappings as NAME=VALUE, True as a flag.
    """
    options = {name.replace("_", "-"): value for name, value in run.options.items()}
    passed_on = options.pop(_LOCUST, None) or []
    said = {"devices": run.devices, "seed": run.seed, **({} if run.embedded else {"host": run.target}), **options}
    said = {**said, "gate": said.get("gate") or run.gates, "readback": said.get("readback") or run.readback}
    words = [word for name, value in said.items() if _repeatable(name) for word in _option(name, value)]
    if passed_on:
        words.append(shlex.join(["--", *map(str, passed_on)]))
    return " \\\n  ".join(["pushfleet run", *words])


def _repeatable(name: str) -> bool:
    return name not in _OF_THE_RUN_ALONE and not is_secret(name)


def _option(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - an option's value is whatever it takes
    if value is None or value is False:
        return
    if value is True:
        yield f"--{name}"
    elif isinstance(value, dict):
        yield from (_pair(name, f"{key}={part}") for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from (_pair(name, str(part)) for part in value)
    else:
        yield _pair(name, str(value))


def _pair(name: str, value: str) -> str:
    return f"--{name} {shlex.quote(without_secrets(value))}"
