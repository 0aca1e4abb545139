"""Where a run meets Locust: who prepares, who generates, who waits for whom, in one process or in many.

In one process, that process does everything. Distributed, the master conducts and each worker generates; the master
ends its workers' parts by a message of ours and waits for their answers, because Locust's own `quit` tells the master's
listeners that the test stopped before the workers have heard of it.
"""

import logging
import sys
import time
from pathlib import Path
from typing import Any, Final

import gevent
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from locustfiles._assignment import ATTRIBUTE, Assignment
from locustfiles._conductor import Conductor
from locustfiles._generator import Generator
from locustfiles._judging import words
from locustfiles._progress import Progress
from locustfiles._users import install, weigh
from locustfiles._webui import add_reports
from results.errors import ResultsError
from results.verdict import worst
from simulator.errors import PushfleetError

FINISH: Final = "pushfleet_finish"  # master to workers: drain, close your journal
FINISHED: Final = "pushfleet_finished"  # worker to master: my part, in numbers
_WAIT: Final = 30.0  # seconds beyond the client's time-out that a worker may take to drain before it counts as lost

log = logging.getLogger(__name__)


SESSIONS: Final[list["Session"]] = []  # of this process; whoever called Locust finds its runs here


class Session:
    """One Locust environment's life: any number of runs, one after another."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.runner: Any = environment.runner
        self.options: Any = environment.parsed_options
        self.conductor = None if isinstance(self.runner, WorkerRunner) else Conductor(Progress(), _announce)
        self._generator: Generator | None = None
        self._parts: list[dict[str, Any]] = []
        self._began = 0
        self._workers = 0
        if isinstance(self.runner, WorkerRunner):
            self.runner.register_message(FINISH, self._on_finish, concurrent=True)
        if isinstance(self.runner, MasterRunner):
            self.runner.register_message(FINISHED, self._on_finished)
        environment.events.test_start.add_listener(self.test_start)
        environment.events.test_stopping.add_listener(self.test_stopping)
        environment.events.test_stop.add_listener(self.test_stop)
        environment.events.quitting.add_listener(self.quitting)

    def prepare_now(self) -> None:
        """Prepare before Locust's clock for --run-time starts, so that the load lasts as long as was asked."""
        try:
            self._prepare()
        except (PushfleetError, ResultsError) as error:
            sys.stderr.write(f"{error}\n")
            sys.exit(error.exit_code)
        except KeyboardInterrupt:
            sys.stderr.write("Stopped before the load began: nothing was judged.\n")
            sys.exit(2)

    def _prepare(self) -> None:
        if self.conductor is None:
            return
        prepared = self.conductor.prepare(self.options)
        weigh(self.environment, prepared.weights)
        setattr(self.options, ATTRIBUTE, prepared.assignment.to_plain())

    def test_start(self, **_: object) -> None:
        """Begin a run: prepare it unless it is, and let this process generate unless it only conducts."""
        try:
            self._prepare()
            self._began = time.monotonic_ns()
            if isinstance(self.runner, MasterRunner):
                self._employ()
            else:
                self._generate()
        except (PushfleetError, ResultsError) as error:
            self._refuse(error)

    def _refuse(self, error: PushfleetError | ResultsError) -> None:
        """No load: say why where it is seen, in the log that the web UI shows, and end a headless Locust."""
        log.error("%s", error)
        if self.conductor is not None:
            self.conductor.abandon()
        if self.conductor is None or self.options.headless:
            self.environment.process_exit_code = error.exit_code
            gevent.spawn(self.runner.quit)
        raise gevent.GreenletExit  # not an exception to Locust, which would print a traceback and go on to spawn users

    def _employ(self) -> None:
        """Tell the workers how many they are: it decides whose people are whose."""
        self._parts, self._workers = [], self.runner.worker_count
        getattr(self.options, ATTRIBUTE)["workers"] = self._workers

    def _generate(self) -> None:
        assignment = Assignment.from_plain(getattr(self.options, ATTRIBUTE))
        worker = max(self.runner.worker_index, 0) % assignment.workers
        self._generator = Generator(assignment, self.environment, worker=worker)
        install(self.environment, self._generator)

    def test_stopping(self, **_: object) -> None:
        """Let nobody arrive while Locust is busy stopping its users."""
        if self._generator is not None:
            self._generator.close()

    def test_stop(self, **_: object) -> None:
        """End a run: drain, complete, judge. Harmless when none is under way."""
        if isinstance(self.runner, MasterRunner):
            self._end_workers()
        elif self._generator is not None:
            self._end_generator()
        if self.conductor is not None and self.conductor.prepared is not None:
            if self._began:
                self.conductor.finish(self._began, self._parts, max(self._workers, 1))
            else:
                self.conductor.abandon()
            self._parts, self._began, self._workers = [], 0, 0

    def _end_generator(self) -> None:
        generator, self._generator = self._generator, None
        if generator is not None:
            self._parts.append(generator.stop())
            install(self.environment, None)

    def _end_workers(self) -> None:
        if self.conductor is None or self.conductor.prepared is None or not self._began:
            return
        self.runner.send_message(FINISH)
        limit = self.conductor.prepared.assignment.timeout + _WAIT
        deadline = time.monotonic() + limit
        while len(self._parts) < min(self._workers, self.runner.worker_count) and time.monotonic() < deadline:
            gevent.sleep(0.05)

    def _on_finish(self, **_: object) -> None:
        """A worker ends its part and tells; it does so once, whoever asks first."""
        if self._generator is not None:
            self._end_generator()
            self.runner.send_message(FINISHED, self._parts.pop())

    def _on_finished(self, msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        self._parts.append(msg.data)

    def quitting(self, **_: object) -> None:
        """Locust ends: so does the run under way, and its exit code is ours."""
        self.test_stop()
        if self.conductor is None:
            return
        self.conductor.wait()
        if self.environment.process_exit_code is None and self.conductor.verdicts:
            self.environment.process_exit_code = worst(self.conductor.verdicts.values()).exit_code


def _announce(folder: Path) -> None:
    """Tell of a verdict where Locust's user looks: in its log, which the web UI shows too."""
    log.info("%s", words(folder))


def begin(environment: Environment, **_: object) -> None:
    """Listen on Locust's `init`: from here on this environment is a session."""
    session = Session(environment)
    SESSIONS.append(session)
    if session.conductor is not None and environment.web_ui is not None:
        add_reports(environment.web_ui, session.conductor.verdicts)
    options = environment.parsed_options
    if session.conductor is not None and options is not None and (options.headless or options.autostart):
        session.prepare_now()
