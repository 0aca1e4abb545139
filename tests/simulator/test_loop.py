import asyncio
from collections.abc import Callable, Coroutine
from contextvars import ContextVar, copy_context
from functools import partial
from threading import Thread
from typing import Any

import pytest

from simulator.loop import PatientLoop

THREADS = 4
CALLBACKS = 2_000  # of each thread
BOUND = 30.0  # seconds

name: ContextVar[str] = ContextVar("name", default="nobody")


def run(main: Callable[[], Coroutine[Any, Any, object]], *, debug: bool = False) -> object:
    with asyncio.Runner(debug=debug, loop_factory=PatientLoop) as runner:
        return runner.run(asyncio.wait_for(main(), BOUND))


@pytest.mark.parametrize("debug", [False, True])
def test_nothing_that_other_threads_hand_over_is_left_lying_while_the_loop_waits(*, debug: bool) -> None:
    """Each hands over the next only once the last was called, so that one wake-up lost would be the end of it."""

    async def main() -> list[int]:
        loop, called = asyncio.get_running_loop(), [0] * THREADS

        def hand_over(number: int) -> None:
            for _ in range(CALLBACKS):
                asyncio.run_coroutine_threadsafe(count(number), loop).result(BOUND)

        async def count(number: int) -> None:
            called[number] += 1

        await asyncio.gather(*(asyncio.to_thread(hand_over, number) for number in range(THREADS)))
        return called

    assert run(main, debug=debug) == [CALLBACKS] * THREADS


def test_what_a_thread_hands_over_is_called_in_its_order_and_context() -> None:
    async def main() -> list[tuple[int, str]]:
        loop, done, called = asyncio.get_running_loop(), asyncio.Event(), list[tuple[int, str]]()
        theirs = copy_context()
        theirs.run(name.set, "thread")

        def call(number: int) -> None:
            called.append((number, name.get()))

        def hand_over() -> None:
            for number in range(3):
                loop.call_soon_threadsafe(partial(call, number), context=theirs)
            loop.call_soon_threadsafe(done.set)

        Thread(target=hand_over).start()
        await done.wait()
        return called

    assert run(main) == [(0, "thread"), (1, "thread"), (2, "thread")]


def test_a_callback_that_was_taken_back_is_not_called() -> None:
    async def main() -> list[str]:
        loop, called = asyncio.get_running_loop(), list[str]()
        loop.call_soon_threadsafe(called.append, "taken back").cancel()
        loop.call_soon_threadsafe(called.append, "kept")
        await asyncio.sleep(0)
        return called

    assert run(main) == ["kept"]
