"""Which registers requests are on their way to, so that a request that is sent twice is one act to everybody else."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

Register = tuple[str, str]  # type and deviceId


class Registers:
    """Requests to different registers, and to the same, go side by side; only a replay has its register to itself."""

    def __init__(self) -> None:
        self._replays: defaultdict[Register, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._under_way: Counter[Register] = Counter()
        self._left: set[Register] = set()

    def is_free(self, register: Register | None) -> bool:
        """Whether a request may be sent there twice: nothing else is on its way, as far as the proxy can know."""
        if register is None or register in self._left or self._under_way[register]:
            return False
        return not self._replays[register].locked()

    def leave(self, register: Register | None) -> None:
        """Nobody will know when a request to it is over: it is never free again."""
        if register is not None:
            self._left.add(register)

    @asynccontextmanager
    async def replaying(self, register: Register) -> AsyncIterator[None]:
        """A request is sent there twice: all others wait."""
        async with self._replays[register]:
            yield

    @asynccontextmanager
    async def reaching(self, register: Register | None) -> AsyncIterator[None]:
        """A request is sent there once, when no replay is under way."""
        if register is None:
            yield
            return
        async with self._replays[register]:
            self._under_way[register] += 1
        try:
            yield
        finally:
            self._under_way[register] -= 1
