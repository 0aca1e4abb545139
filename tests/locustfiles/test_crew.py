"""Hands that take on one job after another."""

import gevent
import pytest
from gevent.event import Event

from locustfiles._crew import Crew


def test_jobs_one_after_another_are_one_hands_and_jobs_at_once_are_several() -> None:
    crew, hands = Crew(), []

    def work(until: Event | None = None) -> None:
        hands.append(gevent.getcurrent())
        if until is not None:
            until.wait()

    for _ in range(3):
        crew.start(work).wait()
    assert len(set(hands)) == 1
    leave = Event()
    jobs = [crew.start(work, leave) for _ in range(3)]
    gevent.sleep(0)
    leave.set()
    for job in jobs:
        job.wait()
    assert len(set(hands)) == 3
    crew.end()


def test_a_job_begins_in_the_next_round_and_gets_its_arguments() -> None:
    crew, done = Crew(), []
    job = crew.start(lambda *words: done.append(words), 1, "two")
    assert done == []
    job.wait()
    job.wait()  # it is over
    assert done == [(1, "two")]
    crew.end()


def test_all_who_wait_for_a_job_are_told_and_one_who_was_stopped_meanwhile_is_left_alone() -> None:
    crew, leave, told = Crew(), Event(), list[str]()
    job = crew.start(leave.wait)

    def wait(name: str) -> None:
        try:
            job.wait()
        except gevent.GreenletExit:
            gevent.sleep(0.01)  # what wakes it here is the time, and not the job
            name = f"{name} was stopped"
        told.append(name)

    first, stopped, last = (gevent.spawn(wait, name) for name in ("first", "second", "last"))
    gevent.sleep(0)
    stopped.kill(block=False)
    leave.set()
    gevent.joinall([first, stopped, last], timeout=10, raise_error=True)
    assert told == ["first", "last", "second was stopped"]
    crew.end()


def test_waiting_for_all_ends_with_the_last_or_in_time() -> None:
    crew, leave = Crew(), Event()
    crew.wait(0.0)  # none is under way
    jobs = [crew.start(leave.wait), crew.start(gevent.sleep, 0)]
    crew.wait(0.01)
    assert [job._is_over for job in jobs] == [False, True]
    gevent.spawn_later(0.01, leave.set)
    crew.wait(10.0)
    assert [job._is_over for job in jobs] == [True, True]
    crew.end()


def test_ending_interrupts_what_is_under_way_and_whoever_waits_for_it_is_told() -> None:
    crew, ended = Crew(), []

    def work() -> None:
        try:
            Event().wait()
        except gevent.GreenletExit:
            ended.append(True)
            raise

    crew.start(gevent.sleep, 0).wait()  # leaves a free hand behind
    jobs = [crew.start(work) for _ in range(3)]
    waiting = [gevent.spawn(job.wait) for job in jobs]
    gevent.sleep(0)
    crew.end()
    gevent.joinall(waiting, timeout=10, raise_error=True)
    assert ended == [True] * 3
    assert not crew._busy


@pytest.mark.filterwarnings("ignore")
def test_a_job_that_fails_is_over_and_takes_its_hand_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise ValueError("broken")

    crew = Crew()
    done: list[int] = []
    crew.start(fail).wait()
    gevent.sleep(0)
    crew.start(done.append, 1).wait()
    assert done == [1]
    assert "ValueError: broken" in capsys.readouterr().err  # gevent says so
    crew.end()
