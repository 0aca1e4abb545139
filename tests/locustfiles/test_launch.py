"""What `pushfleet run` asks of Locust, and what it says of its end."""

import logging
from types import SimpleNamespace
from typing import Any, cast

from locustfiles._launch import _arguments, _ends_badly, _tells_something

OPTIONS: dict[str, Any] = {
    "host": None,
    "rate": "5",
    "users": None,
    "run_time": "5s",
    "processes": "2",
    "results": "runs",
    "as_json": True,
    "locust_options": (),
}


def test_a_worker_that_dies_before_it_is_there_is_not_waited_for_without_end() -> None:
    arguments = _arguments(OPTIONS)
    assert arguments[arguments.index("--expect-workers-max-wait") + 1] == "45"
    assert "--expect-workers-max-wait" not in _arguments({**OPTIONS, "processes": "1"})


def test_a_worker_that_is_gone_already_is_no_traceback() -> None:
    def said(text: str, where: str) -> bool:
        return _tells_something(logging.LogRecord("root", logging.ERROR, "main.py", 1, text, (), None, where))

    assert [said("Traceback (most recent call last):", "kill_workers"), said("Bad code", "kill_workers")] == [
        False,
        True,
    ]
    assert said("Traceback (most recent call last):", "main")


def test_a_worker_that_is_gone_already_is_no_traceback_at_the_end_either() -> None:
    def told(error: BaseException, where: str) -> bool:
        return _ends_badly(cast("Any", SimpleNamespace(exc_value=error, object=where)))

    gone = ChildProcessError(10, "No child processes")
    assert not told(gone, "<function main.<locals>.kill_workers at 0x7f>")
    assert told(gone, "<function main at 0x7f>")
    assert told(ValueError(), "<function main.<locals>.kill_workers at 0x7f>")
