"""Hands that take on one job after another."""

from collections.abc import Callable

import gevent
import pytest
from gevent.event import Event

from locustfiles import _when_idle
from locustfiles._crew import AT_ONCE, LET_GO, Crew


def test_jobs_one_after_another_are_one_hands_and_jobs_at_once_are_several() -> None:
    crew, hands = Crew(), []

    def work(until: Event | None) -> None:
        hands.append(gevent.getcurrent())
        if until is not None:
            until.wait()

    for _ in range(3):
        crew.start(work, None)
        crew.wait(10.0)
    assert (len(hands), len(set(hands))) == (3, 1)
    leave = Event()
    for _ in range(3):
        crew.start(work, leave)
    gevent.sleep(0.01)
    leave.set()
    crew.wait(10.0)
    assert len(set(hands)) == 3
    crew.end()


def test_jobs_begin_in_the_next_round_in_their_order_and_get_their_arguments() -> None:
    crew, done = Crew(), list[int]()
    for number in range(40 * AT_ONCE):
        crew.start(done.append, number)
    assert done == []
    crew.wait(1.0)  # with nothing else to do: each round follows at once
    assert done == list(range(40 * AT_ONCE))
    crew.end()


def test_where_many_jobs_begin_at_once_what_came_in_is_read_meanwhile() -> None:
    crew, rounds, polls = Crew(), list[int](), [0]

    def polled() -> None:
        polls[0] += 1

    check = gevent.get_hub().loop.check()
    check.start(polled)
    for _ in range(3 * AT_ONCE + 1):
        crew.start(lambda _: rounds.append(polls[0]), None)
    crew.wait(10.0)
    check.close()
    assert [rounds.count(each) for each in sorted(set(rounds))] == [AT_ONCE, AT_ONCE, AT_ONCE, 1]
    crew.end()


def _keep_busy(rounds: int | None, seen: Callable[[], object]) -> "gevent.Greenlet[..., None]":
    """Have something to do in so many rounds of the event loop, one after the other; None: in all."""
    events = gevent.get_hub().loop.timer(0.0)

    def busy(left: int | None) -> None:
        seen()
        if left is None or left > 1:
            events.start(busy, None if left is None else left - 1)

    events.start(busy, rounds)
    return gevent.spawn_later(1.0, events.stop)


def test_where_more_jobs_wait_than_begin_at_once_what_is_under_way_goes_on_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_when_idle, "LONGEST", 10.0)  # a slow machine takes long for ten rounds
    crew, what = Crew(), list[str]()
    for _ in range(2 * AT_ONCE):
        crew.start(what.append, "begun")
    stopping = _keep_busy(10, lambda: what.append("gone on"))
    crew.wait(10.0)
    assert what == ["begun"] * AT_ONCE + ["gone on"] * 10 + ["begun"] * AT_ONCE
    stopping.kill()
    crew.end()


def test_jobs_begin_even_where_the_event_loop_is_never_idle() -> None:
    crew, begun = Crew(), list[None]()
    stopping = _keep_busy(None, lambda: None)
    for _ in range(3 * AT_ONCE):
        crew.start(begun.append, None)
    crew.wait(0.9)
    assert len(begun) == 3 * AT_ONCE
    stopping.join()
    crew.end()


def test_a_job_may_start_the_next() -> None:
    crew, done = Crew(), list[int]()

    def work(left: int) -> None:
        done.append(left)
        if left:
            crew.start(work, left - 1)

    crew.start(work, 3)
    crew.wait(10.0)
    assert done == [3, 2, 1, 0]
    crew.end()


def test_waiting_for_all_ends_with_the_last_or_in_time() -> None:
    crew, leave, over = Crew(), Event(), list[str]()

    def work(job: tuple[str, Callable[[], object]]) -> None:
        name, wait = job
        wait()
        over.append(name)

    crew.wait(0.0)  # none is under way
    crew.start(work, ("long", leave.wait))
    crew.start(work, ("short", gevent.sleep))
    crew.wait(0.01)
    assert over == ["short"]
    gevent.spawn_later(0.01, leave.set)
    crew.wait(10.0)
    assert over == ["short", "long"]
    crew.end()


def test_ending_interrupts_what_is_under_way() -> None:
    crew, ended = Crew(), []

    def work(_: None) -> None:
        try:
            Event().wait()
        except gevent.GreenletExit:
            ended.append(True)
            raise

    crew.start(gevent.sleep, 0)
    crew.wait(10.0)  # leaves a free hand behind
    for _ in range(3):
        crew.start(work, None)
    waiting = gevent.spawn(crew.wait, 10.0)
    gevent.sleep(0.01)
    crew.end()
    waiting.join(timeout=5)
    assert (waiting.ready(), ended) == (True, [True] * 3)
    assert (crew._hands, crew._free) == (set(), [])


def test_a_job_that_nobody_began_never_begins_after_the_end() -> None:
    crew, done = Crew(), list[None]()
    crew.start(done.append, None)
    assert crew.end() == [None]
    gevent.sleep(0.01)
    assert done == []


def test_hands_that_a_peak_took_are_let_go_and_those_in_use_stay() -> None:
    crew, leave, hands = Crew(), Event(), set[int]()

    def work(until: Event | None) -> None:
        hands.add(id(gevent.getcurrent()))
        if until is not None:
            until.wait()

    for _ in range(LET_GO + 50):
        crew.start(work, leave)
    gevent.sleep(0.01)
    crew.let_go()  # all are busy
    leave.set()
    crew.wait(10.0)
    crew.let_go()  # all had something to do since the last time
    left = []
    for _ in range(3):
        hands.clear()
        crew.start(work, None)  # who is used in turn is on top
        crew.wait(10.0)
        crew.let_go()
        gevent.sleep(0.01)
        left.append((len(crew._hands), len(crew._free), len(hands)))
    assert left == [(50, 50, 1), (1, 1, 1), (1, 1, 1)]
    crew.end()


def test_hands_that_took_turns_since_the_last_time_stay() -> None:
    crew = Crew()
    for _ in range(10):
        crew.start(gevent.sleep, 0)
    crew.wait(10.0)
    crew.let_go()
    for place in range(5):
        crew.start(gevent.sleep, 0.002 * (place + 1))  # they come back in another order
    crew.wait(10.0)
    crew.let_go()
    assert len(crew._hands) == 5
    crew.end()


def test_after_a_job_that_clears_the_others_away_more_begin() -> None:
    crew, done = Crew(), list[int]()
    crew.start(lambda _: crew._jobs.clear(), None)
    crew.start(done.append, 1)
    gevent.sleep(0.01)
    crew.start(done.append, 2)
    crew.wait(10.0)
    assert done == [2]
    crew.end()


@pytest.mark.filterwarnings("ignore")
def test_a_job_that_fails_is_over_and_takes_its_hand_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: None) -> None:
        raise ValueError("broken")

    crew = Crew()
    done: list[int] = []
    crew.start(fail, None)
    crew.wait(10.0)
    crew.start(done.append, 1)
    crew.wait(10.0)
    assert done == [1]
    assert "ValueError: broken" in capsys.readouterr().err  # gevent says so
    crew.end()
