"""`pushfleet run` as a call of Locust: its arguments, its output out of the way, its exit code."""

import logging
import math
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TextIO

import gevent

from locustfiles._settings import Settings
from locustfiles._times import seconds
from results.reporters.terminal import words
from results.verdict import Verdict
from simulator.errors import UsageError
from simulator.fleet.shards import SHARDS

DEFAULT_RATE: Final = 100.0
# Locust users share the arrivals. Enough of them that all workers have nearly even shares, not so many that
# spawning them and switching between them costs more than the requests do.
_FEWEST_USERS: Final = 100
_MOST_USERS: Final = 200
_MOST_USERS_OF_A_SHAPE: Final = 400  # at its peak: a tenth of it still has enough of them
_LOCUSTS_OWN: Final = (0, 1)  # its exit codes when it ends by itself; to us they would be verdicts
_REFUSED: Final = (1, 2)  # its exit codes when options of its own make no sense, which it has said by then
_MOST_PEOPLE: Final = 100_000  # in the closed model each is a Locust user, which takes some 20 kB
_FASTEST: Final = 1_000_000  # arrivals a second; nothing this tool drives comes near
# Seconds for all workers to be there: after 60, gevent forgets that one has died, and Locust asks for it.
_TO_CONNECT: Final = 45
_HERE: Final = "127.0.0.1"  # where master and workers meet
_OWN: Final = ("rate", "users", "run_time", "processes", "as_json", "locust_options", "host")


def launch(options: dict[str, Any]) -> int:
    """Run Locust in this process and give the exit code; UsageError with every mistake at once before it starts."""
    arguments = _arguments(options)
    with _quiet() as stdout:
        return _show(stdout, _locust(arguments), as_json=options["as_json"])


def _arguments(options: dict[str, Any]) -> list[str]:
    errors: list[str] = []
    amount = _amount(options, errors)
    wrong = len(errors)
    run_time = seconds("--run-time", options["run_time"], errors)
    processes = _positive("--processes", options["processes"], errors, most=SHARDS)
    given = {name: value for name, value in options.items() if name not in _OWN and value not in (None, (), False)}
    try:
        # What is wrong with the time has been said, and nothing else can be said of a shape without one.
        shaped = {"run_time": run_time} if len(errors) == wrong else {"shape": None}
        Settings.parse({**given, "host": options["host"], **shaped})
    except UsageError as error:
        errors.extend(str(error).splitlines())
    if errors:
        raise UsageError("\n".join(errors))
    # Secrets go by the environment: an argument can be read by every user of the machine.
    for name in ("client_key", "api_key", "store", "proxy"):
        if key := given.pop(name, None):
            os.environ[f"PUSHFLEET_{name.upper()}"] = key
    locustfile = str(Path(__file__).with_name("subscribe.py"))
    arguments = ["-f", locustfile, "--headless", "--skip-log-setup", "--run-time", f"{run_time}s", *amount]
    if options["host"]:
        arguments += ["--host", options["host"]]
    if processes > 1:
        # Locust's own port is the same for all runs of a machine: one's workers would join another one's master.
        port = str(_free_port())
        arguments += ["--processes", str(processes), "--master-bind-host", _HERE, "--master-bind-port", port]
        arguments += ["--master-host", _HERE, "--master-port", port, "--expect-workers-max-wait", str(_TO_CONNECT)]
    for name, value in given.items():
        for each in value if isinstance(value, tuple) else (value,):
            flag = f"--{name.replace('_', '-')}"
            arguments.append(flag if each is True else f"{flag}={each}")
    return [*arguments, *options["locust_options"]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HERE, 0))
        port: int = probe.getsockname()[1]
        return port


def _amount(options: dict[str, Any], errors: list[str]) -> list[str]:
    """How much load, in Locust's terms."""
    if options["rate"] and options["users"]:
        errors.append("--rate is the open model and --users the closed one: give one of them.")
        return []
    if options["users"]:
        users = _positive("--users", options["users"], errors, most=_MOST_PEOPLE)
        return ["--users", str(users), "--spawn-rate", str(users), "--closed"]
    try:
        rate = float(options["rate"] or DEFAULT_RATE)
    except ValueError:
        errors.append(f"--rate {options['rate']} is not a number of arrivals a second.")
        return []
    if not 0 < rate <= _FASTEST:
        errors.append(f"--rate {options['rate']} is out of range: give up to {_FASTEST} arrivals a second, above 0.")
        return []
    most = _MOST_USERS_OF_A_SHAPE if options.get("shape") else _MOST_USERS
    users = min(max(math.ceil(rate), _FEWEST_USERS), most)
    return ["--users", str(users), "--spawn-rate", str(users), f"--rate-per-user={rate / users!r}"]


def _positive(flag: str, text: str, errors: list[str], *, most: int) -> int:
    if text.isdecimal() and 0 < int(text) <= most:
        return int(text)
    errors.append(f"{flag} {text} is not a whole number from 1 to {most}.")
    return 1


def _tells_something(record: logging.LogRecord) -> bool:
    """Locust asks for seconds, with a traceback each time, after a worker that has died and is known to be gone."""
    return record.funcName != "kill_workers" or not record.getMessage().startswith("Traceback")


def _ends_badly(ignored: "sys.UnraisableHookArgs") -> bool:
    """As Locust ends it waits for such a worker once more, and what comes of that is shown with its traceback."""
    return not (isinstance(ignored.exc_value, ChildProcessError) and "kill_workers" in repr(ignored.object))


@contextmanager
def _quiet() -> Iterator[TextIO]:
    """Locust's tables out of the way: their percentiles are rounded, and stdout is for the result alone."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger().addFilter(_tells_something)
    show = sys.unraisablehook
    sys.unraisablehook = lambda ignored: show(ignored) if _ends_badly(ignored) else None
    logging.getLogger("locust.runners").setLevel(logging.ERROR)  # its advice on spawn rates does not fit open arrivals
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        yield stdout
    finally:
        sys.stdout = stdout


def _locust(arguments: list[str]) -> int:
    from locust import runners  # noqa: PLC0415 - everything before works without Locust
    from locust.main import main  # noqa: PLC0415 - as above

    def give_up_as_soon() -> None:
        # Locust's five minutes of looking for a master are long, if that has been killed.
        runners.CONNECT_RETRY_COUNT = _TO_CONNECT // runners.CONNECT_TIMEOUT

    os.register_at_fork(after_in_child=give_up_as_soon)
    sys.argv, conductor = ["locust", *arguments], os.getpid()
    try:
        with _interrupted_once():
            main()
    except KeyboardInterrupt:
        if os.getpid() == conductor:  # what it tells, its forked workers need not tell again
            sys.stderr.write("Stopped before the load began: nothing was judged.\n")
        return Verdict.UNKNOWN.exit_code
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


@contextmanager
def _interrupted_once() -> Iterator[None]:
    """Ctrl-C ends the load, wherever it hits: Python would raise in any greenlet, in the middle of a journal's write.

    It is raised where Locust waits for it, in the main greenlet. A second one would break off the draining and judging
    of what the first has ended, and is let pass.
    """
    waiting, told = gevent.getcurrent(), False

    def interrupt(*_: object) -> None:
        nonlocal told
        if not told:
            told = True
            gevent.get_hub().loop.run_callback(waiting.throw, KeyboardInterrupt)

    # Told to end by SIGTERM before Locust listens for that, a run has as much to clear away.
    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _show(stdout: TextIO, code: int, *, as_json: bool) -> int:
    """What came out, for the process that conducted, and the exit code; a forked worker comes through here silently."""
    from locustfiles._events import SESSIONS  # noqa: PLC0415 - imports Locust

    for session in SESSIONS:
        session.conductor.abandon()  # a run that is prepared still is one that never began
        for folder in session.conductor.verdicts:
            if (summary := folder / "summary.json").exists():
                stdout.write(f"{summary.read_text(encoding='utf-8').rstrip()}\n" if as_json else words(folder))
            else:
                sys.stderr.write(f"The run in {folder} could not be judged, so its verdict is unknown.\n")
        if session.conductor.verdict is None and code in _LOCUSTS_OWN:
            sys.stderr.write("No run began, so there is no verdict.\n")
            return Verdict.UNKNOWN.exit_code
    if code in _REFUSED and not SESSIONS:
        return UsageError.exit_code
    return code
