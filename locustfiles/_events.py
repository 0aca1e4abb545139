"""Where a run meets Locust: who prepares, who generates, who waits for whom, in one process or in many.

In one process, that process does everything. Distributed, the master conducts and each worker generates its part. Parts
come back by a message of ours, when Locust stops a worker or when the master asks, whichever is first: Locust's own
`quit` tells the master's listeners that the test stopped before the workers have heard of it.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

import gevent
from gevent.lock import RLock
from locust import runners
from locust.env import Environment
from locust.runners import MasterRunner, WorkerRunner

from locustfiles._assignment import ATTRIBUTE, Assignment
from locustfiles._clock import MastersClock, tell_time
from locustfiles._conductor import Conductor
from locustfiles._dispatch import telling
from locustfiles._locust_shape import LocustShape
from locustfiles._part import Part
from locustfiles._progress import Progress
from locustfiles._users import frequencies, require_some, weigh
from locustfiles._webui import add_reports, before_each_test
from results.checker.clocks import OWN
from results.errors import ResultsError
from results.reporters.terminal import words
from simulator.errors import PushfleetError, UsageError

FINISH: Final = "pushfleet_finish"  # master to workers: drain, close your journal
BEGUN: Final = "pushfleet_begun"  # worker to master: I generate from now on
FINISHED: Final = "pushfleet_finished"  # worker to master: my part, in numbers
DATED: Final = "pushfleet_dated"  # worker to master, after FINISHED: how your clock goes, where mine is another
_WAIT: Final = 30.0  # seconds beyond its longest call that a worker may take to drain before it counts as lost

_BETWEEN_LOOKS: Final = 0.5  # seconds
_SILENCE: Final = 10  # seconds until a worker counts as lost; Locust's 3 are soon over where CPU is short

log = logging.getLogger(__name__)


class WorkerSession:
    """A worker's life: it generates its part of every run that the master starts."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._runner = cast("Any", environment.runner)
        self._part = Part(environment)
        self._clock = MastersClock(self._runner)
        self._telling = RLock()
        self._dating: gevent.Greenlet[..., None] | None = None
        self._runner.register_message(FINISH, self.finish, concurrent=True)
        environment.events.test_start.add_listener(self.test_start)
        environment.events.spawning_complete.add_listener(self._spawned)
        environment.events.test_stopping.add_listener(lambda **_: self._part.close())
        environment.events.test_stop.add_listener(self.test_stop)
        # Ctrl-C in a terminal ends the workers too. Locust's own listener tells the master that this one is gone, and
        # is called after ours: by then the part must be told.
        environment.events.quitting.add_listener(self.finish)
        if getattr(environment.parsed_options, "processes", None):  # forked off the master; others outlive their parent
            gevent.spawn(self._end_with, os.getppid())

    def _end_with(self, master: int) -> None:
        """Quit when the master was killed; Locust itself goes on for a minute, against a target that is gone."""
        while os.getppid() == master:
            gevent.sleep(_BETWEEN_LOOKS)
        log.warning("The master process is gone: this worker ends.")
        self._runner.quit()

    def test_start(self, **_: object) -> None:
        """Begin this worker's part."""
        assignment = Assignment.from_plain(getattr(self._environment.parsed_options, ATTRIBUTE))
        place = assignment.places.get(self._runner.client_id)
        if place is None:
            log.warning("This worker came after run %s had begun: it takes part from the next run on.", assignment.run)
            return
        try:
            self._part.begin(assignment, place)
            self._clock.begin(assignment.clock)
            self._runner.send_message(BEGUN, {"run": assignment.run})
        except (PushfleetError, ResultsError) as error:
            log.error("%s", error)  # noqa: TRY400 - a sentence for the user; where it was raised tells nothing
            self._environment.process_exit_code = error.exit_code
            gevent.spawn(self._runner.quit)
            raise gevent.GreenletExit from None  # to Locust no exception, of which it would print a traceback

    def _spawned(self, **_: object) -> None:
        """Locust's master had this worker begin or end users; with that it told how many every worker has."""
        self._part.share(getattr(self._environment.parsed_options, ATTRIBUTE)["users"])

    def test_stop(self, **_: object) -> None:
        """End this worker's part and tell the master, once; whoever comes second waits.

        Locust calls this in the greenlet that receives, so what the master answers can only be waited for elsewhere.
        """
        with self._telling:
            if (part := self._part.end()) is None:
                return
            if self._clock.is_ours:
                self._runner.send_message(FINISHED, {**part, "clock": OWN})
                return
            self._runner.send_message(FINISHED, part)
            self._dating = gevent.spawn(self._date, part["run"])

    def finish(self, **_: object) -> None:
        """The same, where messages are received meanwhile: when it returns there is nothing left to tell."""
        self.test_stop()
        if self._dating is not None:
            self._dating.join()

    def _date(self, run: str) -> None:
        # Locust's worker receives nothing for so long after a stop.
        clock = self._clock.end(held_up=self._environment.stop_timeout or 0.0)
        self._runner.send_message(DATED, {"run": run, "clock": clock})


class Session:
    """The life of the process that conducts: any number of runs, one after another."""

    def __init__(self, environment: Environment) -> None:
        self.conductor = Conductor(Progress(), _announce)
        self._environment = environment
        self._runner = cast("Any", environment.runner)
        self._options = cast("Any", environment.parsed_options)
        self._classes = list(environment.user_classes)
        self._own_part = None if isinstance(environment.runner, MasterRunner) else Part(environment)
        self._parts: dict[str, dict[str, Any]] = {}  # by Locust's id of the worker
        self._begun: set[str] = set()  # workers that generate
        self._under_way = False
        self._turn = RLock()  # a run is ended, whoever ends it, before another begins
        if self._own_part is None:
            environment.dispatcher_class = telling(environment.dispatcher_class, self._options)
            self._runner.register_message(BEGUN, self._on_begun)
            self._runner.register_message(FINISHED, self._on_finished)
            self._runner.register_message(DATED, self._on_dated)
            tell_time(self._runner)
        environment.events.test_start.add_listener(self.test_start)
        environment.events.test_stopping.add_listener(self.test_stopping)
        environment.events.test_stop.add_listener(self.test_stop)
        environment.events.quitting.add_listener(self.quitting)
        self._shape = LocustShape(self._options, self.conductor.users, lambda: self.conductor.prepared is not None)
        if environment.web_ui is not None:
            add_reports(environment.web_ui, self.conductor.verdicts)
            before_each_test(environment.web_ui, self.take_shape)

    def take_shape(self, named: str | None = None) -> None:
        """The next load has the shape that is named, or none where that is empty; UsageError if it has another already.

        None: the one of the options.
        """
        named = self._options.shape if named is None else named
        ours = self._environment.shape_class in (None, self._shape)
        if named and (not ours or self._options.class_picker):
            other = "--class-picker" if ours else f"the locustfile's {type(self._environment.shape_class).__name__}"
            raise UsageError(f"--shape {named} and {other} exclude each other: leave out one of them.")
        if ours and self.conductor.prepared is None:
            self._shape.is_refused = False
            self._shape.runner = self._runner
            self._environment.shape_class = self._shape if named else None

    def prepare(self) -> None:
        """Get the next run ready, unless it is. Before Locust's clock for --run-time starts, that time is the load's.

        PushfleetError or ResultsError says what stands in the way.
        """
        # With the class picker the web UI has just set the classes; otherwise those of the last run stand there.
        classes = self._environment.user_classes if self._options.class_picker else self._classes
        prepared = self.conductor.prepare(self._options, partial(require_some, classes))
        self._environment.user_classes = taking_part = weigh(classes, prepared.weights)
        assignment = replace(prepared.assignment, weights=frequencies(taking_part))
        setattr(self._options, ATTRIBUTE, assignment.to_plain())

    def test_start(self, **_: object) -> None:
        """Begin a run: prepare it unless it is, and generate here or have the workers do it."""
        with self._turn:
            try:
                self.prepare()
                self._parts, self._begun, self._under_way = {}, set(), True
                if self._own_part is None:
                    self._employ()
                else:
                    self._own_part.begin(Assignment.from_plain(getattr(self._options, ATTRIBUTE)), 0)
                self.conductor.begin()
                if self._own_part is not None:
                    self.conductor.begin_shape()
            except (PushfleetError, ResultsError) as error:
                self._refuse(error)

    def _employ(self) -> None:
        """Give every worker its place: it decides whose people are whose."""
        clients = self._runner.clients
        workers = [*clients.ready, *clients.running, *clients.spawning]
        getattr(self._options, ATTRIBUTE)["places"] = {worker.id: place for place, worker in enumerate(workers)}
        # Locust's master makes its dispatcher before it tells us of the test, with the classes of the last one.
        self._runner._users_dispatcher = self._environment.dispatcher_class(  # noqa: SLF001 - there is no public way
            worker_nodes=workers, user_classes=self._environment.user_classes
        )

    def _refuse(self, error: PushfleetError | ResultsError) -> None:
        """No load: say why where it is seen, in the log that the web UI shows, and end a headless Locust."""
        log.error("%s", error)
        self._under_way, self._shape.is_refused = False, True
        self.conductor.abandon()
        if self._options.headless:
            self._environment.process_exit_code = error.exit_code
            gevent.spawn(self._runner.quit)
        raise gevent.GreenletExit  # to Locust no exception: it would print a traceback, and go on to spawn users

    def test_stopping(self, **_: object) -> None:
        """Let nobody arrive while Locust is busy stopping its users."""
        self.conductor.ending()
        if self._own_part is not None:
            self._own_part.close()

    def test_stop(self, **_: object) -> None:
        """End a run: drain, complete, judge. Whoever comes second waits, and finds nothing left to do."""
        with self._turn:
            if not self._under_way:
                self.conductor.abandon()
                return
            self.conductor.ending()
            if self._own_part is None:
                self._end_workers()
            elif (part := self._own_part.end()) is not None:
                self._parts[""] = {**part, "clock": OWN}
            self._under_way = False
            self.conductor.finish(
                list(self._parts.values()), Assignment.from_plain(getattr(self._options, ATTRIBUTE)).workers
            )

    def _end_workers(self) -> None:
        """Ask the workers for their parts, and wait for those that are alive; the others are lost."""
        assignment = Assignment.from_plain(getattr(self._options, ATTRIBUTE))
        self._runner.send_message(FINISH)
        deadline = time.monotonic() + assignment.longest_call + (self._environment.stop_timeout or 0.0) + _WAIT
        while self._awaited(assignment) and time.monotonic() < deadline:
            gevent.sleep(0.05)

    def _awaited(self, assignment: Assignment) -> set[str]:
        """The workers of this run that are alive and have not told their part; one that left in mid-run has.

        Locust knows a worker that it stopped no more, for a while, so those that still measure the clock are not asked
        of it.
        """
        clients = self._runner.clients
        alive = {worker.id for worker in (*clients.ready, *clients.running, *clients.spawning)}
        undated = {worker for worker, part in self._parts.items() if "clock" not in part}
        return (alive & assignment.places.keys()) - self._parts.keys() | undated

    def _on_begun(self, msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        """The shape of a load goes from when the last worker has begun, which takes its time on a busy machine."""
        assignment = Assignment.from_plain(getattr(self._options, ATTRIBUTE))
        if msg.data["run"] == assignment.run:
            self._begun.add(msg.node_id)
            if self._begun >= assignment.places.keys():
                self.conductor.begin_shape()

    def _on_finished(self, msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        """A part came in; one of an earlier run, of a worker that was given up, is not this run's."""
        prepared = self.conductor.prepared
        if prepared is not None and msg.data["run"] == prepared.run.id:
            self._parts[msg.node_id] = msg.data

    def _on_dated(self, msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        part = self._parts.get(msg.node_id)
        if part is not None and msg.data["run"] == part["run"]:
            part["clock"] = msg.data["clock"]

    def quitting(self, **_: object) -> None:
        """Locust ends: so does the run under way, and its exit code is ours."""
        self.test_stop()
        self.conductor.wait()
        if self._environment.process_exit_code is None and self.conductor.verdict is not None:
            self._environment.process_exit_code = self.conductor.verdict.exit_code


SESSIONS: Final[list[Session]] = []  # of this process; whoever called Locust finds its runs here


def _announce(folder: Path) -> None:
    """Tell of a verdict where Locust's user looks: in its log, which the web UI shows too."""
    log.info("%s", words(folder))


@contextmanager
def told() -> Iterator[None]:
    """End the process with a sentence where there cannot be a run."""
    try:
        yield
    except (PushfleetError, ResultsError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped before the load began: nothing was judged.\n")
        sys.exit(2)


def begin(environment: Environment, **_: object) -> None:
    """Listen on Locust's `init`: from here on this environment is a session."""
    runners.HEARTBEAT_LIVENESS = max(runners.HEARTBEAT_LIVENESS, _SILENCE)
    if isinstance(environment.runner, WorkerRunner):
        WorkerSession(environment)
        return
    session = Session(environment)
    SESSIONS.append(session)
    options = environment.parsed_options
    if options is None:
        return
    with told():
        session.take_shape()
        if options.headless or options.autostart:
            session.prepare()
