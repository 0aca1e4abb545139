"""The load generator of one process: phones living scenarios, every operation journaled and reported to Locust."""

import gc
import logging
import time
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import gevent
import psutil
from gevent.lock import RLock
from gevent.pool import Group

from locustfiles._apps import Apps
from locustfiles._arrivals import CONSTANT, Arrivals, Constant, Poisson
from locustfiles._assignment import Assignment
from locustfiles._chat import Chat, Unwatched
from locustfiles._clock import identity
from locustfiles._clockwork import Clockwork
from locustfiles._crew import Crew
from locustfiles._ended_sessions import damaged, expired
from locustfiles._frequencies import Frequencies
from locustfiles._options import EMBEDDED
from locustfiles._platform import Platform
from locustfiles._pushes import Pushes, share_of_people
from locustfiles._recorder import Recorder
from locustfiles._release import SCENARIO as UPDATE
from locustfiles._release import Release
from locustfiles._roaming import Roaming
from locustfiles._watchdog import Watchdog
from results.journal import Writer
from scenarios import SCENARIOS, Scenario
from simulator.client import Client
from simulator.errors import UsageError, told
from simulator.fleet import ClientTokens, Fleet
from simulator.networks import NONE
from simulator.phones import Crowd, Phone, World, chances
from simulator.phones.pace import DOCUMENTED, Pace
from simulator.remembered import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from locust.env import Environment

    from simulator.client import Answer

    _Tally = Callable[..., None] | None

FLUSH_EVERY: Final = 0.5  # seconds; the journal is promised to be at most one second behind
# Objects made and not freed before a collection. Python's own 700 come together several times a second, for hardly
# anything that an operation makes is part of a cycle, and cost 1.5 % of the CPU.
_YOUNG: Final = 5_000
# What outlives so many of these collections is looked at in one go: users that begin, by the thousand.
_OLDER: Final = 4
_OLD: Final = 50  # as many of those before all there is: what has lived so long lives as long as the run
_LET_GO_EVERY: Final = 20  # flushes; as many hands as were needed in the last ten seconds are kept
_SETTLING: Final = 1.0  # seconds in which what is under way is answered, unless the backend is slow
_OF_A_RELEASE: Final = 0.9  # of the room (--max-in-flight), or everyday people could not be sent while it waits
_DRAIN_EXTRA: Final = 1.0  # seconds beyond the client's own time-out before what is left is interrupted

# What is lived, its number, by whom, and when it was due (monotonic ns); and what is called once it is over.
_Life = tuple[Scenario, int, int, int, "Callable[[], None] | None"]

log = logging.getLogger(__name__)


class Generator:
    """One worker's part of a run, from its first arrival to a closed journal; `tally` hears of its requests."""

    def __init__(
        self, assignment: Assignment, environment: "Environment", *, worker: int, tally: "_Tally" = None
    ) -> None:
        self.assignment = assignment
        self.worker = worker
        self.begun = self.not_sent = self.in_flight = 0  # arrivals; the first two together are all that were due
        self._nobody = 0  # arrivals, of those not sent: nobody was free who could live their scenario
        self.users = 0  # of the closed model, that ever began; each has randomness of its own
        self._ended = 0  # monotonic ns: nobody arrives any more
        self._closing = RLock()
        self.broken: str | None = None  # why a scenario failed in a way that no scenario may
        _refuse_unknown(assignment.scenarios)
        self._numbers = {name: number for number, name in enumerate(assignment.scenarios)}
        self._transport = assignment.transport()  # while nothing is held that a refusal would leave behind
        self._fleet = Fleet.open(Path(assignment.fleet))
        self._lease = self._fleet.lease(worker, assignment.workers)
        self._journal = Writer(
            assignment.journal,
            run=assignment.run,
            worker=worker,
            shards=list(self._lease.shards),
            clock=identity(),
            mark=assignment.mark,
        )
        self._recorder = Recorder(self._journal, environment, tally)
        self._crowd = self._make_crowd()
        self._pushes = self._make_pushes() if assignment.gateways else None
        self._play = self._live if self._pushes is None else self._live_and_push
        self._world = self._make_world()
        self._apps = Apps(assignment, self._world) if self._fleet.sdks is not None else None
        roams = assignment.network != NONE and self._apps is None
        self._roaming = Roaming(assignment, self._world, self._transport) if roams else self._apps
        self._phone: Callable[..., Phone] = partial(Phone, self._world)
        if self._roaming is not None:
            self._phone = self._roaming.phone
        self._crew = Crew()
        self._most_in_flight = assignment.most_in_flight
        self._turns = {name: self._turns_in(SCENARIOS[name]) for name in assignment.scenarios}
        self.frequencies = Frequencies(assignment.weights, self.random("scenarios"))
        self._arrivals = self._schedule()
        self.arrivals = Clockwork(self._arrivals, self._arrive, self._give_up)
        self._process = psutil.Process()
        self._cpu = 0.0
        self._flushing = gevent.spawn(self._flush)
        self._watchdog = Watchdog(self._journal.append)
        self._thresholds = _collect_seldom()
        self._process.cpu_percent()
        self._watchdog.start()
        self._began = time.monotonic_ns()  # what came before was preparation, and no part of the load
        self._release = self._make_release() if assignment.release else None

    def _make_crowd(self) -> Crowd:
        mine = self._lease.devices()
        self._fleet.foresee(mine[:MOST], self.assignment.run_number)
        return Crowd(self._fleet, mine)

    def _make_world(self) -> World:
        with ClientTokens(Path(self.assignment.fleet), self.assignment.tokens_for) as store:
            tokens = store.load(time.time(), margin=0.0)  # also those that will not outlast the next run
        embedded = self.assignment.tokens_for == EMBEDDED
        api = Client(self._transport, client_key=self.assignment.client_key)
        watcher = self._pushes or Unwatched(self._recorder, pushes=not embedded)
        return World(
            fleet=self._fleet,
            run=self.assignment.run_number,
            api=api,
            client_token=tokens.__getitem__,
            observe=self._recorder.operation,
            together=_together,
            clock=time.monotonic_ns,
            hand_on=self._crowd.hand_on,
            pushes=self._pushes,
            platform=self._make_platform() if self.assignment.api_key else None,
            chat=Chat(self._fleet, self.assignment.run_number, api, tokens.__getitem__, watcher),
            ended_session=expired(self._fleet) if embedded else damaged(tokens.__getitem__),
            within=_within,
            chances=chances(self.assignment.seed, self.assignment.run_number, self.assignment.scenarios),
        )

    def _make_platform(self) -> Platform:
        return Platform(self._as_platform(), Pace(DOCUMENTED / self.assignment.workers, time.monotonic_ns))

    def _as_platform(self) -> Client:
        return Client(self._transport, client_key=self.assignment.client_key, api_key=self.assignment.api_key)

    def _make_pushes(self) -> Pushes:
        assignment = self.assignment
        return Pushes(
            self._fleet,
            self._as_platform(),
            self._recorder,
            self.random("pushes"),
            sampled=share_of_people(assignment.seed, assignment.push_share),
            holds=self._lease.holds,
            gateways=assignment.gateways,
            logs=assignment.tokens_for == EMBEDDED,
        )

    def _make_release(self) -> Release:
        at, lasts = self.assignment.release
        return Release(
            self._lease.devices(),
            self._began + round(at * 1e9),
            lasts,
            self.random("release"),
            update=self._update,
            has_room=lambda: self.in_flight < _OF_A_RELEASE * self.assignment.max_in_flight,
        )

    def _update(self, device: int, due: int) -> bool:
        """A device updates its app; False if its person is busy."""
        if not self._crowd.take_this(device):
            return False
        self.begun += 1
        self.in_flight += 1
        self._crew.start(self._play, (SCENARIOS[UPDATE], self._numbers[UPDATE], device, due, None))
        return True

    def random(self, name: str) -> Random:
        """A source of randomness for what this worker calls `name`: no other worker's, nor another run's of this seed.

        It decides when something happens. What people choose, and who they are, is of no worker: see `chances`.
        """
        return self._seeded(f"{self.worker}/{name}")

    def _turns_in(self, scenario: Scenario) -> "Iterator[int]":
        """Whose turn it is to live a scenario."""
        return self._crowd.turns(scenario.wants, lambda shard: self._seeded(f"{scenario.name} in shard {shard}"))

    def _seeded(self, name: str) -> Random:
        return Random(f"{self.assignment.seed}/{self.assignment.run_number}/{name}")  # noqa: S311 - seeded

    def _schedule(self) -> Arrivals:
        assignment = self.assignment
        if assignment.arrivals == CONSTANT:
            return Constant(assignment.per_user, self.worker, assignment.workers)
        return Poisson(assignment.per_user, self.random("arrivals"))

    def share(self, users: list[int]) -> None:
        """So many Locust users each worker has, by its place, from now on."""
        if isinstance(self._arrivals, Constant):
            self.arrivals.change(partial(self._arrivals.share, users))

    def _arrive(self, scenario: Scenario, due: int) -> None:
        self.arrive(self.frequencies.draw(scenario), due)

    def _give_up(self, scenario: Scenario, due: int) -> None:
        self._turn_away(self._numbers[self.frequencies.draw(scenario).name], due)

    def arrive(self, scenario: Scenario, due: int, then: "Callable[[], None] | None" = None) -> bool:
        """Somebody arrives at `due` (monotonic ns) and lives the scenario meanwhile; False if it cannot be sent.

        `then` is called once that is over, and must not wait.
        """
        if self._ended:  # Locust's users live on for a moment after the load is over
            return False
        name = scenario.name
        number = self._numbers[name]
        full = self.in_flight >= self._most_in_flight
        device = None if full else self._crowd.take(scenario.wants, self._turns[name])
        if device is None:
            self._nobody += not full
            self._turn_away(number, due)
            return False
        self.begun += 1
        self.in_flight += 1
        self._crew.start(self._play, (scenario, number, device, due, then))
        return True

    def _turn_away(self, scenario: int, due: int) -> None:
        """Somebody cannot be sent; `scenario` by its number."""
        self.not_sent += 1
        self._recorder.not_sent(scenario, due)

    def _never_began(self, life: _Life) -> None:
        """Somebody arrived, and had not had their turn when the drain ended: not sent, after all."""
        _, number, _, due, _ = life
        self.begun -= 1
        self._turn_away(number, due)

    def _live(self, life: _Life) -> None:
        scenario, number, device, due, then = life
        try:
            scenario.play(self._phone(device, number, due))
        except (Exception, SystemExit, gevent.Timeout) as error:  # the latter two would end all, or nobody would hear
            if self.broken is None:
                self.broken = f"scenario {scenario.name} failed: {told(error)}"
                log.exception("scenario %s failed; the run can no longer be trusted", scenario.name)
        finally:
            self.in_flight -= 1
            self._crowd.give_back(device)
            if then is not None:
                then()

    def _live_and_push(self, life: _Life) -> None:
        self._live(life)
        _, number, device, _, _ = life
        if self._pushes is not None:
            self._pushes.sample(self._fleet.state["owner"].item(device), number)

    def _flush(self) -> None:
        for flushes in count(1):
            gevent.sleep(FLUSH_EVERY)
            self._keep(self._journal.flush)
            if flushes % _LET_GO_EVERY == 0:
                self._crew.let_go()

    def _keep(self, write: "Callable[[], None]") -> None:
        """Write to the journal; a full disk must cost this run its verdict, and not pass for the backend's fault."""
        try:
            write()
        except OSError as error:
            if self.broken is None:
                self.broken = f"worker {self.worker} could not write its journal ({error.strerror})"

    def close(self) -> None:
        """End the load: nobody is due from now on, those who were still come for a second, what is under way goes on.

        Called before Locust stops its users, which holds the event loop up for as long as some 30 µs a user, and would
        make the last arrivals late, and their answers: so most of these are awaited here.
        """
        with self._closing:
            if self._ended:
                return
            if self._release is not None:
                self._release.close()
            self._ended = self.arrivals.close()
            self._cpu = self._process.cpu_percent()
            self._crew.settle(_SETTLING)

    def stop(self) -> dict[str, Any]:
        """Drain what is under way, close the journal, free the shards; what this worker has to say of its part."""
        self.close()
        self._crew.wait(self.assignment.longest_call + _DRAIN_EXTRA)
        for life in self._crew.end():  # a call interrupted here is journaled as info
            self._never_began(life)
        if self._pushes is not None:
            self._pushes.stop()
            self.broken = self.broken or self._pushes.broken
        self._flushing.kill()
        self._watchdog.stop()
        self._keep(self._journal.close)
        self._lease.close()
        self._transport.close()
        if self._apps is not None:
            self._apps.close()
        gc.set_threshold(*self._thresholds)
        gc.unfreeze()
        return {
            "run": self.assignment.run,
            "worker": self.worker,
            "began": self._began,
            "ended": self._ended,
            "offered": self.begun + self.not_sent,
            "begun": self.begun,
            "nobody": self._nobody,
            "awaited": self._release.devices if self._release is not None else 0,
            "reached": self._release.reached if self._release is not None else 0,
            "cpu_percent": self._cpu,
            "broken": self.broken,
            "networks": self._roaming.said() if self._roaming is not None else {},
            "sdks": self._apps.lived() if self._apps is not None else {},
        }


def _collect_seldom() -> tuple[int, int, int]:
    """Have garbage collected seldom from now on, and nothing that exists looked at; the thresholds until now."""
    gc.collect()
    gc.freeze()  # it lives as long as the run
    thresholds = gc.get_threshold()
    gc.set_threshold(_YOUNG, _OLDER, _OLD)
    return thresholds


def _refuse_unknown(scenarios: "list[str]") -> None:
    """UsageError if this worker lacks one of them: Locust would give it users that it does not know."""
    if unknown := [name for name in scenarios if name not in SCENARIOS]:
        raise UsageError(
            f"The master has scenarios that this worker has not: {', '.join(unknown)}. "
            "Start it with the same --scenarios."
        )


def _within(seconds: float, call: "Callable[[], Answer]") -> "Answer | None":
    """The call's answer; None, and its connection is dropped, if that takes longer."""
    with gevent.Timeout(seconds, False):  # type: ignore[arg-type]  # gevent: it ends the block and raises nothing
        return call()
    return None


def _together(calls: "list[Callable[[], object]]") -> None:
    """Start the calls in one turn of the event loop, as an app and its background service do; wait for all."""
    group = Group()
    for call in calls:
        group.spawn(call)
    try:
        group.join(raise_error=True)
    except gevent.GreenletExit:
        group.kill()
        raise
