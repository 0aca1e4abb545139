"""`report.html` of a search: the same look as a run's report, self-contained, the outcome first and in words."""

import shlex
from collections.abc import Iterator
from typing import Any

from results.capacity.curves import charts
from results.capacity.outcome import Capacity
from results.masking import is_secret, without_secrets
from results.reporters.page import render
from results.wording import unverified


def write(capacity: Capacity) -> str:
    """Render `capacity` as HTML; trials' own reports are linked by relative path."""
    return render(
        "capacity.html",
        capacity=capacity,
        best=capacity.best,
        failing=capacity.failing,
        charts=charts(capacity),
        command=again(capacity),
        facts=list(_facts(capacity)),
        warning=unverified(capacity.target) if capacity.options.get("insecure") else "",
    )


def again(capacity: Capacity) -> str:
    """`pushfleet capacity …` that searches again, one option a line, quoted for a shell."""
    words = [
        f"--{name} {shlex.quote(without_secrets(value))}" if value else f"--{name}"
        for name, value in _options(capacity)
    ]
    return " \\\n  ".join(["pushfleet capacity", *words])


def _options(capacity: Capacity) -> Iterator[tuple[str, str]]:
    """Every option that was given, as pairs of name and text, of which a flag has none; lists are given repeatedly."""
    said: dict[str, Any] = {"gate": list(capacity.gates), "seed": capacity.seed, **capacity.options}
    for name, value in said.items():
        if value in (None, "", (), []) or is_secret(name):
            continue
        for each in value if isinstance(value, list | tuple) else (value,):
            yield name.replace("_", "-"), "" if each is True else str(each)


def _facts(capacity: Capacity) -> Iterator[tuple[str, str]]:
    yield "started", capacity.started
    yield "target", without_secrets(capacity.target)
    yield "seed", f"{capacity.seed}; trial n has {capacity.seed} + n, and so registers of its own"
    for name, value in _options(capacity):
        if name not in {"seed", "host"}:
            yield f"--{name}", without_secrets(value) or "yes"
