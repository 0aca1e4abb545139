import asyncio
from functools import partial
from threading import current_thread

import pytest

from simulator.backend.committer import Committer


def test_every_order_is_a_commit_in_another_thread_and_is_told_on_the_loop_in_turn() -> None:
    threads, told = list[str](), list[tuple[int, str, Exception | None]]()

    async def main() -> None:
        loop, all_told = asyncio.get_running_loop(), asyncio.Event()
        committer = Committer(lambda: threads.append(current_thread().name))

        def tell(number: int, error: Exception | None) -> None:
            told.append((number, current_thread().name, error))
            if number == 2:
                all_told.set()

        for number in range(3):
            committer.order(loop, partial(tell, number))
        await all_told.wait()
        committer.close()

    asyncio.run(asyncio.wait_for(main(), 30))
    assert threads == ["commit"] * 3
    assert told == [(0, "MainThread", None), (1, "MainThread", None), (2, "MainThread", None)]


def test_what_a_commit_raises_is_told_and_the_next_is_made() -> None:
    full = OSError("no space left on device")
    outcomes = iter([full, None])

    def commit() -> None:
        if (error := next(outcomes)) is not None:
            raise error

    async def main() -> list[Exception | None]:
        loop, told = asyncio.get_running_loop(), asyncio.Queue[Exception | None]()
        committer = Committer(commit)
        for _ in range(2):
            committer.order(loop, told.put_nowait)
        found = [await told.get(), await told.get()]
        committer.close()
        return found

    assert asyncio.run(asyncio.wait_for(main(), 30)) == [full, None]


@pytest.mark.parametrize("orders", [0, 3])
def test_the_end_waits_for_all_that_was_ordered(orders: int) -> None:
    made = list[int]()

    async def main() -> None:
        committer = Committer(lambda: made.append(1))
        for _ in range(orders):
            committer.order(asyncio.get_running_loop(), lambda _: None)
        committer.close()

    asyncio.run(main())
    assert len(made) == orders
