"""Which clock this process reads, and how far the master's is from it: asked by Locust's own messages."""

import socket
import time
import uuid
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import gevent
from gevent.event import AsyncResult

from results.checker.clocks import OWN, Clock

_ASK: Final = "pushfleet_ask_time"  # worker to master: my time
_TIME: Final = "pushfleet_time"  # master to worker: what it asked with, and the master's time
_TIMES: Final = 8
_PATIENCE: Final = 5.0  # seconds for an answer; a worker that begins is busy, and reads its messages late
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE: Final = Path("/proc/self/ns/time")  # where it may be shifted against the machine's


def identity() -> str:
    """The same for all processes that read the same monotonic clock, and for no others."""
    try:
        known = f"{_BOOT.read_text().strip()}/{_namespace()}"
    except OSError:  # no Linux; hosts are called alike by accident
        known = f"{socket.gethostname()}/{uuid.getnode()}"
    return blake2b(known.encode(), digest_size=8).hexdigest()


def _namespace() -> int:
    try:
        return _NAMESPACE.stat().st_ino
    except OSError:  # a kernel without them, whose processes have one clock
        return 0


class MastersClock:
    """The master's clock as a worker knows it: nothing is asked where that is its own."""

    def __init__(self, runner: Any) -> None:  # noqa: ANN401 - Locust's runner, untyped
        self._runner = runner
        self._asked: dict[int, AsyncResult[tuple[int, int]]] = {}  # by when: the master's time, and when it came in
        self._first: gevent.Greenlet[..., Clock | None] | None = None
        runner.register_message(_TIME, self._on_time, concurrent=True)

    def begin(self, clock: str) -> None:
        """A part begins, of a master whose clock has this identity; the answers come in while it goes on."""
        self._first = None if clock == identity() else gevent.spawn(self._measured, time.monotonic_ns(), _PATIENCE)

    @property
    def is_ours(self) -> bool:
        """Whether nothing needs to be asked."""
        return self._first is None

    def end(self, held_up: float = 0.0) -> Clock | None:
        """The clock over the whole part, which is over; None if the master does not answer.

        Waits for messages, so the greenlet that receives them must not call it; that greenlet may be `held_up` for so
        many seconds.
        """
        if self._first is None:
            return OWN
        first, last = self._first.get(), self._measured(time.monotonic_ns(), _PATIENCE + held_up)
        return None if first is None or last is None else Clock.over([first, last])

    def _measured(self, since: int, patience: float) -> Clock | None:
        """The clock since that moment, by what the master answers now."""
        found: list[tuple[int, int, int]] = []
        for _ in range(_TIMES):
            answered: AsyncResult[tuple[int, int]] = AsyncResult()
            asked = time.monotonic_ns()
            self._asked[asked] = answered
            try:
                self._runner.send_message(_ASK, asked)
                if (told := answered.get(timeout=patience)) is not None:
                    found.append((asked, *told))
            except gevent.Timeout:
                break
            finally:
                del self._asked[asked]
        return Clock.of(found).after(found[-1][2] - since) if found else None

    def _on_time(self, msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        now = time.monotonic_ns()
        asked, masters = msg.data
        if (answered := self._asked.get(asked)) is not None:
            answered.set((masters, now))


def tell_time(runner: Any) -> None:  # noqa: ANN401 - Locust's runner, untyped
    """Have a master answer the workers that ask for its time."""

    def on_ask(msg: Any, **_: object) -> None:  # noqa: ANN401 - Locust's Message, untyped
        runner.send_message(_TIME, [msg.data, time.monotonic_ns()], client_id=msg.node_id)

    runner.register_message(_ASK, on_ask, concurrent=True)
