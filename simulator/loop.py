"""An event loop for a process whose other threads hand it many callbacks."""

import asyncio
from collections.abc import Callable
from contextvars import Context
from typing import TypeVarTuple

Arguments = TypeVarTuple("Arguments")


class PatientLoop(asyncio.SelectorEventLoop):
    """Is woken once for all that other threads hand over until it looks; asyncio's own is woken by each of them.

    A wake-up is a system call of the other thread's, and another one of the loop's.
    """

    def __init__(self) -> None:
        super().__init__()
        self._is_woken = False

    def call_soon_threadsafe(
        self, callback: Callable[[*Arguments], object], *args: *Arguments, context: Context | None = None
    ) -> asyncio.Handle:
        """As asyncio's."""
        if self.get_debug():  # in which `call_soon` refuses other threads, as it does not wake the loop for them
            return super().call_soon_threadsafe(callback, *args, context=context)
        # Handed over first, asked then: where the loop is woken, `_look` is still to come, and after `_look` the loop
        # runs whatever was handed over before it waits again.
        handle = self.call_soon(callback, *args, context=context)
        if not self._is_woken:
            self._is_woken = True
            super().call_soon_threadsafe(self._look)
        return handle

    def _look(self) -> None:
        self._is_woken = False
