"""A thread that commits, and tells an event loop when that is done.

What `run_in_executor` does as well, for more than a statement costs: two futures, and a second turn of the loop before
anybody is told.
"""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

Done = Callable[[Exception | None], None]


class Committer:
    """Calls `commit`, once for each order, one after the other."""

    def __init__(self, commit: Callable[[], None]) -> None:
        self._commit = commit
        self._orders: SimpleQueue[tuple[AbstractEventLoop, Done] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="commit", daemon=True)
        self._thread.start()

    def order(self, loop: AbstractEventLoop, done: Done) -> None:
        """Have a commit made; `done` is called on the loop, with what the commit raised or None."""
        self._orders.put((loop, done))

    def close(self) -> None:
        """Wait until all that was ordered is done, and end the thread."""
        self._orders.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (order := self._orders.get()) is not None:
            loop, done = order
            loop.call_soon_threadsafe(done, self._error())

    def _error(self) -> Exception | None:
        try:
            self._commit()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told on the loop
            return error
        return None
