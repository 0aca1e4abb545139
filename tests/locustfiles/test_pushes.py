"""Pushing and seeing whom that reaches, against a control listener and a platform that do as the test says."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import gevent
import pytest

from locustfiles import _deliveries, _pushes
from locustfiles._pushes import Pushes, share_of_people
from locustfiles._recorder import Recorder
from results.checker.fact import Fact
from results.journal.record import ABSENT, GHOST, NO_RC, NO_ROWS, NOBODY, TRUNCATED, Call, Outcome
from simulator.client import Client, Fault, Response
from simulator.errors import CannotKnow
from simulator.fleet import Fleet
from simulator.gateways.reasons import number_of
from simulator.phones import Seen
from simulator.tokens.mark import Mark
from tests.locustfiles.gateways import OK, Listener, Platform, delivery

IOS, FCM = 3 << 24 | 1, 4 << 24 | 4
STRANGERS = 9 << 24 | 1  # of a person who is another worker's
TOKEN = 1 << 20 | 7
ANNE, SCENARIO = 5, 2


class Worker:
    """One worker's pushes, its journal, and the world that it pushes in."""

    def __init__(self, folder: Path, url: str, platform: Platform, share: float = 0.0, *, logs: bool = False) -> None:
        self.facts: list[Fact] = []
        self.fired: list[dict[str, Any]] = []
        self.platform = platform
        self.fleet = Fleet.create(folder / "fleet", 40, 5)
        journal = SimpleNamespace(append=lambda *fields: self.facts.append(Fact(*fields)))
        fire = SimpleNamespace(fire=lambda **event: self.fired.append(event))
        environment = SimpleNamespace(events=SimpleNamespace(request=fire))
        recorder = Recorder(journal, environment)  # type: ignore[arg-type]
        client = Client(platform, client_key="client-key", api_key="api-key")
        self.pushes = Pushes(
            self.fleet,
            client,
            recorder,
            Random(1),
            sampled=share_of_people(7, share),
            holds=lambda person: person != self.fleet.home(STRANGERS >> 24),
            gateways=url,
            logs=logs,
        )

    def of(self, call: Call) -> list[Fact]:
        return [fact for fact in self.facts if fact.call == call]


Start = Callable[..., Worker]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def start(tmp_path: Path, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a worker whose pushes reach what the function given adds to the listener's journal; ended at the end."""
    monkeypatch.setattr(_pushes, "_UNLOGGED", 0.1)
    workers = []
    with listener.served() as url:

        def begin(
            *reached: tuple[int, int], platform: Platform | None = None, share: float = 0.0, logs: bool = False
        ) -> Worker:
            arrives = platform or Platform(reaching(listener, *reached), tokens=len(reached))
            workers.append(Worker(tmp_path, url, arrives, share, logs=logs))
            return workers[-1]

        yield begin
        for worker in workers:
            worker.pushes.stop()


def reaching(listener: Listener, *reached: tuple[int, int]) -> Callable[[Mark], None]:
    def arrive(mark: Mark) -> None:
        for register, value in reached:
            listener.journal.append(delivery(mark, register, value, time.monotonic_ns()))

    return arrive


def test_a_push_is_journaled_with_all_that_it_reached_and_with_its_end(start: Start, listener: Listener) -> None:
    worker = start((IOS, TOKEN), (FCM, TOKEN))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == [Seen(IOS, TOKEN, 200), Seen(FCM, TOKEN, 200)]

    (mark,) = worker.platform.marks
    assert (mark.fleet, mark.person) == (worker.fleet.number, ANNE)
    assert worker.platform.bodies == [
        {"clients": [worker.fleet.client_id(ANNE)], "payload": {"alert": f"pushfleet {mark.text}"}}
    ]
    pushed, first, second, closed = worker.facts
    assert pushed == Fact(
        Call.PUSH, Outcome.OK, 0, SCENARIO, 200, NO_ROWS, 0, ANNE, 0, mark.sent, 9, 11, pushed.sent, pushed.done
    )
    assert mark.sent <= pushed.sent < pushed.done
    received = int(listener.records()["received"][0])
    whole = (NO_ROWS, NO_RC, ANNE, IOS, TOKEN, IOS, received + 1, mark.sent, received)
    assert first == Fact(Call.DELIVERY, Outcome.OK, 0, 0, 200, *whole)
    assert (second.register, second.origin) == (FCM, FCM)
    known = closed.done
    assert closed == Fact(Call.CLOSED, Outcome.OK, 0, 0, 0, 2, NO_RC, ANNE, 0, ABSENT, 0, mark.sent, mark.sent, known)
    assert pushed.done <= known
    assert [(event["name"], event["exception"]) for event in worker.fired] == [("push", None)]


def test_a_message_is_watched_as_a_push_is_and_tells_nothing_of_whom_it_did_not_reach(start: Start) -> None:
    worker = start((IOS, TOKEN), logs=True)
    client = Client(worker.platform, client_key="client-key")
    seen = worker.pushes.message(ANNE, SCENARIO, 11, lambda text: client.say(b"bob's", "room", text))
    assert seen == [Seen(IOS, TOKEN, 200)]
    (mark,) = worker.platform.marks
    assert worker.platform.bodies == [{"room": "room", "message": f"pushfleet {mark.text}", "messageType": "text"}]
    assert [(fact.call, fact.owner, fact.outcome, fact.rows) for fact in worker.facts] == [
        (Call.PUSH, ANNE, Outcome.OK, NO_ROWS),
        (Call.DELIVERY, ANNE, Outcome.OK, NO_ROWS),
        (Call.CLOSED, ANNE, Outcome.OK, NO_ROWS),
    ]


@pytest.mark.parametrize(("logs", "ends"), [(True, [Outcome.OK]), (False, [])])
def test_a_message_that_made_no_push_is_over_where_the_backend_would_have_told_of_one(
    start: Start, ends: list[Outcome], *, logs: bool
) -> None:
    worker = start(platform=Platform(lambda _: None, answer=Response(200, {}, OK)), logs=logs)
    client = Client(worker.platform, client_key="client-key")
    assert worker.pushes.message(ANNE, SCENARIO, 11, lambda text: client.say(b"bob's", "room", text)) == []
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == ends
    worker.pushes.stop()
    assert [fact.rows for fact in worker.of(Call.CLOSED)] == [NO_ROWS]


def test_deliveries_of_others_and_from_before_are_left_alone(start: Start, listener: Listener) -> None:
    now = time.monotonic_ns()
    listener.journal.append(delivery(Mark(1, ANNE, now), IOS, 1, now))
    worker = start((IOS, TOKEN))
    listener.journal += [
        delivery(None, IOS, 2, now),
        delivery(Mark(1, ANNE, now), IOS, 3, now),  # another worker's, or another fleet's
        delivery(Mark(1, 2, now), IOS, 4, now),
    ]
    assert worker.pushes.push(ANNE, SCENARIO, 11) == [Seen(IOS, TOKEN, 200)]
    assert [fact.value for fact in worker.of(Call.DELIVERY)] == [TOKEN]


def test_more_deliveries_than_an_answer_holds_are_all_taken(start: Start, listener: Listener) -> None:
    listener.batch = 2
    worker = start(*((IOS + (device << 24), TOKEN) for device in range(7)))
    assert len(worker.pushes.push(ANNE, SCENARIO, 11)) == 7
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == [Outcome.OK]


def test_a_push_is_closed_only_when_the_log_says_so(start: Start, listener: Listener) -> None:
    worker = start(platform=Platform(reaching(listener, (IOS, TOKEN)), asks=4))
    worker.pushes.push(ANNE, SCENARIO, 11)
    assert worker.platform.asks == 0
    assert [(fact.outcome, fact.rows) for fact in worker.of(Call.CLOSED)] == [(Outcome.OK, 1)]


@pytest.mark.parametrize("tokens", [2, 3])
def test_what_the_gateways_did_not_see_leaves_a_push_open(start: Start, listener: Listener, tokens: int) -> None:
    again = reaching(listener, (IOS, TOKEN), (IOS, TOKEN))  # the same token twice is one
    worker = start(platform=Platform(again, tokens=tokens))
    assert len(worker.pushes.push(ANNE, SCENARIO, 11)) == 2
    assert worker.of(Call.CLOSED) == []

    before = time.monotonic_ns()
    worker.pushes.stop()
    (closed,) = worker.of(Call.CLOSED)
    assert (closed.outcome, closed.rows, closed.sent) == (Outcome.INFO, NO_ROWS, worker.platform.marks[0].sent)
    assert before <= closed.done <= time.monotonic_ns()


def test_a_push_that_is_not_closed_in_time_is_left_open(
    start: Start, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_pushes, "_PATIENCE", 0.3)
    worker = start(platform=Platform(reaching(listener, (IOS, TOKEN)), asks=10_000))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == [Seen(IOS, TOKEN, 200)]
    worker.pushes.stop()
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == [Outcome.INFO]


def test_a_deployment_that_keeps_no_log_is_watched_for_a_while(start: Start, listener: Listener) -> None:
    worker = start(platform=Platform(reaching(listener, (IOS, TOKEN)), answer=Response(200, {}, OK)))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == [Seen(IOS, TOKEN, 200)]
    worker.pushes.stop()
    assert worker.platform.asks == 1  # nobody asked
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == [Outcome.INFO]


def test_a_push_that_was_refused_has_no_end(start: Start) -> None:
    refused = Response(429, {b"retry-after": b"60"}, b'{"error":"RATE_LIMIT_EXCEEDED"}')
    worker = start(platform=Platform(lambda _: None, answer=refused))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == []
    worker.pushes.stop()
    assert [(fact.call, fact.outcome, fact.fault) for fact in worker.facts] == [
        (Call.PUSH, Outcome.FAIL, Fault.RATE_LIMITED)
    ]
    assert worker.fired[0]["exception"] is not None


def test_a_delivery_that_comes_late_is_journaled_too(start: Start, listener: Listener) -> None:
    worker = start((IOS, TOKEN))
    worker.pushes.push(ANNE, SCENARIO, 11)
    listener.journal.append(delivery(worker.platform.marks[0], IOS, TOKEN, time.monotonic_ns()))
    worker.pushes.stop()
    assert [fact.value for fact in worker.of(Call.DELIVERY)] == [TOKEN, TOKEN]
    assert len(worker.of(Call.CLOSED)) == 1


def test_a_push_cut_off_in_mid_call_may_have_been_carried_out(start: Start) -> None:
    worker = start(platform=Platform(lambda _: None, hangs=True))
    pushing = gevent.spawn(worker.pushes.push, ANNE, SCENARIO, 11)
    while not worker.platform.marks:
        gevent.sleep(0.001)
    pushing.kill()
    worker.pushes.stop()
    assert [(fact.call, fact.outcome, fact.fault) for fact in worker.facts] == [
        (Call.PUSH, Outcome.INFO, Fault.INTERRUPTED),
        (Call.CLOSED, Outcome.INFO, Fault.NONE),
    ]


def test_nobody_is_asked_while_there_is_nothing_to_wait_for(start: Start, listener: Listener) -> None:
    worker = start((IOS, TOKEN))
    worker.pushes.push(ANNE, SCENARIO, 11)
    asked = len(listener.asked)
    gevent.sleep(4 * _deliveries.PERIOD)
    assert len(listener.asked) <= asked + 1  # a look may have been under way


def test_gateways_that_cannot_be_asked_are_told_at_once(tmp_path: Path, listener: Listener) -> None:
    with listener.served() as url:
        pass
    with pytest.raises(CannotKnow, match="cannot be asked for deliveries"):
        Worker(tmp_path, url, Platform(lambda _: None))


def test_gateways_that_die_in_mid_run_break_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_deliveries, "_PATIENCE", 100_000_000)
    listener = Listener()
    with listener.served() as url:
        worker = Worker(tmp_path, url, Platform(lambda _: None, tokens=0))
    until = time.monotonic_ns()
    assert worker.pushes.push(ANNE, SCENARIO, 11) == []
    worker.pushes.stop()
    assert worker.pushes.broken is not None
    assert worker.pushes.broken.startswith("the gateways could not be asked for deliveries (")
    (closed,) = worker.of(Call.CLOSED)
    assert (closed.outcome, closed.done < until) == (Outcome.INFO, True)


@pytest.mark.parametrize("off", [-3_600_000_000_000, 3_600_000_000_000])
def test_gateways_on_another_clock_break_it(start: Start, listener: Listener, off: int) -> None:
    def arrive(mark: Mark) -> None:
        listener.journal.append(delivery(mark, IOS, TOKEN, time.monotonic_ns() + off))

    worker = start(platform=Platform(arrive))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == []
    assert worker.of(Call.DELIVERY) == []
    assert "another clock" in str(worker.pushes.broken)


def test_whose_scenario_has_ended_is_pushed_to_once_and_again_after_the_next(start: Start) -> None:
    worker = start((IOS, TOKEN), share=1.0)
    for _ in range(3):
        worker.pushes.sample(ANNE, SCENARIO)
    worker.pushes.sample(ANNE + 1, SCENARIO)
    worker.pushes.stop()
    assert sorted(fact.owner for fact in worker.of(Call.PUSH)) == [ANNE, ANNE + 1]
    assert {fact.scenario for fact in worker.of(Call.PUSH)} == {SCENARIO}
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == [Outcome.OK, Outcome.OK]

    worker.pushes.sample(ANNE, SCENARIO)  # the load is over
    assert len(worker.of(Call.PUSH)) == 2


def test_only_the_sampled_are_pushed_to_and_the_seed_says_who_that_is(start: Start) -> None:
    worker = start((IOS, TOKEN), share=0.0)
    worker.pushes.sample(ANNE, SCENARIO)
    worker.pushes.stop()
    assert worker.facts == []

    sampled = [person for person in range(10_000) if share_of_people(7, 0.05)(person)]
    assert sampled == [person for person in range(10_000) if share_of_people(7, 0.05)(person)]
    assert 400 < len(sampled) < 600
    assert sampled != [person for person in range(10_000) if share_of_people(8, 0.05)(person)]
    assert all(map(share_of_people(7, 1.0), range(100)))
    assert not any(map(share_of_people(7, 0.0), range(100)))


def test_a_token_of_another_fleet_is_nobodys_here(start: Start, listener: Listener) -> None:
    def arrive(mark: Mark) -> None:
        now = time.monotonic_ns()
        listener.journal.append(delivery(mark, IOS, TOKEN, now, fleet=mark.fleet + 1))
        listener.journal.append(delivery(mark, 0, TRUNCATED, now, fleet=0))
        listener.journal.append(delivery(mark, IOS, TRUNCATED, now))

    worker = start(platform=Platform(arrive, tokens=3))
    assert worker.pushes.push(ANNE, SCENARIO, 11) == [
        Seen(0, GHOST, 200),
        Seen(0, TRUNCATED, 200),
        Seen(IOS, TRUNCATED, 200),
    ]
    assert [(fact.register, fact.value, fact.origin) for fact in worker.of(Call.DELIVERY)] == [
        (0, GHOST, 0),
        (0, TRUNCATED, 0),
        (IOS, TRUNCATED, IOS),
    ]


def test_what_providers_say_of_tokens_is_kept_whoever_pushed_and_where_it_bears_no_mark(
    start: Start, listener: Listener
) -> None:
    now = time.monotonic_ns()
    worker = start((IOS, TOKEN))
    number = worker.fleet.number
    listener.journal += [
        delivery(None, IOS, 2, now, status=410, fleet=number),
        delivery(Mark(number, 2, now), IOS, 3, now, status=404, fleet=number),
        delivery(None, IOS, 4, now, status=400, reason=number_of("BadDeviceToken"), fleet=number),
        delivery(None, IOS, 5, now, status=400, reason=number_of("PayloadEmpty"), fleet=number),
        delivery(None, IOS, 6, now, status=200, fleet=number),
        delivery(None, STRANGERS, 7, now, status=410, fleet=number),
        delivery(None, 0, GHOST, now, status=400, reason=number_of("BadDeviceToken"), fleet=0),
        delivery(None, 99 << 24 | 1, 8, now, status=410, fleet=number),
        delivery(None, IOS, 9, now, status=410, fleet=number + 1),
    ]
    worker.pushes.push(ANNE, SCENARIO, 11)
    kept = [fact for fact in worker.of(Call.DELIVERY) if fact.owner == NOBODY]
    assert [(fact.value, fact.sent, fact.dead) for fact in kept] == [(2, 0, True), (3, 0, True), (4, 0, True)]
    assert [fact.outcome for fact in worker.of(Call.CLOSED)] == [Outcome.OK]
