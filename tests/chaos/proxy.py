"""A TCP proxy that does to HTTP exchanges what networks do: each gets one toxic, drawn by a seed, and is counted."""

import asyncio
import socket
import struct
from collections import Counter
from typing import Final

from tests.chaos.messages import Message
from tests.chaos.registers import Registers
from tests.chaos.toxics import Fates, Toxic

_UNHARMED: Final = "/admin/clients"  # logging people in before the load, which is preparation and not under test
_HELD: Final = 0.3  # seconds at most that a request or an answer is held back
_AGAIN: Final = (0.5, 2.0)  # seconds until REPLAY_LATE
_PIECES: Final = 12  # of a message that trickles
_PAUSE: Final = 0.02  # seconds between two
_GIVEN_UP: Final = 60.0  # seconds, a bound on a client that waits for ever


class Proxy:
    """Between clients and one upstream server; `counts` tells how often each toxic was done.

    It answers to no client for what it does; an exchange that ended badly by itself is counted as `broken`.
    """

    def __init__(self, host: str, port: int, shares: dict[Toxic, float], seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self._upstream = host, port
        self._shares = shares
        self._seed = seed
        self._connections = 0
        self.registers = Registers()
        self._tasks: set[asyncio.Task[None]] = set()

    async def listen(self) -> asyncio.Server:
        """Serve on a free port of loopback."""
        return await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**20)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        self._keep(asyncio.current_task())
        exchanges = _Exchanges(self, reader, writer, Fates(self._shares, self._seed, self._connections))
        try:
            while await exchanges.one():
                pass
        except OSError:
            self.counts["broken"] += 1  # the other side went away first
        finally:
            exchanges.close()

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection to the upstream server."""
        return await asyncio.open_connection(*self._upstream, limit=2**20)

    def later(self, request: Message, seconds: float) -> None:
        """Send a request once more, and let its answer go."""
        self._keep(asyncio.create_task(self._again(request, seconds)))

    def _keep(self, task: asyncio.Task[None] | None) -> None:
        """Asyncio holds no task: one whose client is gone would be collected while its answer is still to come."""
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _again(self, request: Message, seconds: float) -> None:
        await asyncio.sleep(seconds)
        reader, writer = await self.connect()
        writer.write(request.data)
        await Message.read(reader)
        writer.close()


class _Exchanges:
    """Those of one client's connection, one after another."""

    def __init__(self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, fates: Fates) -> None:
        self._proxy = proxy
        self._reader, self._writer = reader, writer
        self._fates = fates
        self._rng = fates.rng
        self._upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def one(self) -> bool:
        """Carry one exchange; whether another may follow."""
        request = await Message.read(self._reader)
        if request is None:
            return False
        toxic = Toxic.NONE if request.path.startswith(_UNHARMED) else self._fates.next()
        register, registers = request.register, self._proxy.registers
        if toxic is Toxic.REPLAY and register is not None and registers.is_free(register):
            async with registers.replaying(register):
                return await self._do(toxic, request)
        if toxic is Toxic.REPLAY or (toxic is Toxic.REPLAY_LATE and register is None):
            toxic = Toxic.NONE
        async with registers.reaching(register):
            return await self._do(toxic, request)

    def close(self) -> None:
        """Close both connections."""
        self._writer.close()
        if self._upstream is not None:
            self._upstream[1].close()

    async def _do(self, toxic: Toxic, request: Message) -> bool:
        self._proxy.counts[toxic] += 1
        if toxic in (Toxic.DROP, Toxic.RESET_BEFORE, Toxic.RESET_REQUEST, Toxic.BLACK_HOLE):
            await self._keep_back(toxic, request)
            return False
        if toxic in (Toxic.RESET_AFTER, Toxic.RESET_BOTH, Toxic.LATE):
            await self._forsake(toxic, request)
            return False
        answer = await self._answered(toxic, request)
        return answer is not None and await self._give(toxic, answer)

    async def _keep_back(self, toxic: Toxic, request: Message) -> None:
        """What never reaches the server whole."""
        if toxic is Toxic.RESET_REQUEST:
            await self._send_a_part(request)
        if toxic is Toxic.BLACK_HOLE:
            await self._gone()
        if toxic in (Toxic.RESET_BEFORE, Toxic.RESET_REQUEST):
            _reset(self._writer)

    async def _forsake(self, toxic: Toxic, request: Message) -> None:
        """What reaches the server, and whose answer nobody waits for."""
        if toxic is Toxic.LATE:
            await self._gone()
        writer = await self._send(request.data)
        if toxic is Toxic.RESET_AFTER:
            _reset(self._writer)
        if toxic is Toxic.RESET_BOTH:
            self._proxy.registers.leave(request.register)
            _reset(self._writer)
            _reset(writer)
        else:
            await self._answer()  # so that it is known to be over

    async def _answered(self, toxic: Toxic, request: Message) -> Message | None:
        """The server's answer, if there is one."""
        if toxic is Toxic.SPARE:
            await self._send_a_part(request)
        if toxic is Toxic.DELAY:
            await asyncio.sleep(self._rng.uniform(0, _HELD))
        await self._send(request.data, slowly=toxic is Toxic.THROTTLE)
        answer = await self._answer()
        if answer is None:
            self._proxy.registers.leave(request.register)
            self._proxy.counts["broken"] += 1
        elif toxic is Toxic.REPLAY:
            await self._send(request.data)
            await self._answer()
        elif toxic is Toxic.REPLAY_LATE:
            self._proxy.later(request, self._rng.uniform(*_AGAIN))
        return answer

    async def _give(self, toxic: Toxic, answer: Message) -> bool:
        """Give the client the answer, or what is left of it; whether the connection is kept."""
        if toxic is Toxic.DELAY:
            await asyncio.sleep(self._rng.uniform(0, _HELD))
        if toxic in (Toxic.CUT_ANSWER, Toxic.RESET_ANSWER):
            await _trickle(self._writer, answer.data[: self._part_of(answer)], 1)
        elif toxic is not Toxic.LOSE_ANSWER:
            await _trickle(self._writer, answer.data, _PIECES if toxic is Toxic.THROTTLE else 1)
        if toxic is Toxic.RESET_ANSWER:
            _reset(self._writer)
        return toxic not in (Toxic.LOSE_ANSWER, Toxic.CUT_ANSWER, Toxic.RESET_ANSWER, Toxic.CLOSE_IDLE)

    async def _send(self, data: bytes, *, slowly: bool = False) -> asyncio.StreamWriter:
        """Send on the kept connection, or on a new one where the server has closed it."""
        if self._upstream is None or self._upstream[0].at_eof():
            self._upstream = await self._proxy.connect()
        writer = self._upstream[1]
        await _trickle(writer, data, _PIECES if slowly else 1)
        return writer

    async def _answer(self) -> Message | None:
        assert self._upstream is not None
        return await Message.read(self._upstream[0])

    async def _send_a_part(self, request: Message) -> None:
        """A part of the request, on a connection of its own that is then reset."""
        _, writer = await self._proxy.connect()
        await _trickle(writer, request.data[: self._part_of(request)], 1)
        _reset(writer)

    def _part_of(self, message: Message) -> int:
        return self._rng.randrange(1, len(message.data))

    async def _gone(self) -> None:
        """Wait until the client has given up."""
        try:
            await asyncio.wait_for(self._reader.read(1), _GIVEN_UP)
        except TimeoutError:
            self._proxy.counts["patient"] += 1


async def _trickle(writer: asyncio.StreamWriter, data: bytes, pieces: int) -> None:
    size = -(-len(data) // pieces)
    for begin in range(0, len(data), size):
        if begin:
            await asyncio.sleep(_PAUSE)
        writer.write(data[begin : begin + size])
        await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a TCP reset, which is what lingering for no seconds does."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
