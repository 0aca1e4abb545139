"""Locust's own statistics, brought up to date ten times a second: for every request they cost more than its event does.

Locust's listener hands each request to `RequestStats.log_request`, which walks through two entries with some ten
attributes each. Here it is only set aside; what came together is then added as Locust adds a worker's report. So our
own listener stands in for Locust's, and where a Locust has none that we know, for `log_request`.
"""

import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, Final, Self

import gevent
from locust import stats as locust_stats
from locust.runners import Runner
from locust.stats import RequestStats, StatsEntry

if TYPE_CHECKING:
    from locust.env import Environment

_EVERY: Final = 0.1  # seconds; Locust counts requests by the second in which they are added
_ROUNDED: Final = 100  # ms
_INSTALLED: Final = "log_request"
_LISTENER: Final = f"{Runner.__init__.__qualname__}.<locals>.on_request"


class Tally:
    """Stands in for `log_request` of one environment's statistics; failures go to them as they come."""

    def __init__(self, stats: RequestStats) -> None:
        self._stats = stats
        self._aside: defaultdict[tuple[str, str], list[float]] = defaultdict(list)  # (name, method) → milliseconds
        self._lengths: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._loop: Any = gevent.get_hub().loop
        self._timer: Any = None  # while anything is set aside
        self.listener = self.on_request  # one object, which is quickly compared

    @classmethod
    def of(cls, environment: "Environment") -> Self:
        """The environment's statistics are kept so from now on; the tally that does it, whoever asks first."""
        stats = environment.stats
        keeps: Any = getattr(stats.log_request, "__self__", None)
        if isinstance(keeps, cls):
            return keeps
        tally = cls(stats)
        setattr(stats, _INSTALLED, tally.log_request)
        listeners = environment.events.request._handlers  # noqa: SLF001 - there is no public way
        for place, listener in enumerate(listeners):
            if getattr(listener, "__qualname__", "") == _LISTENER:
                listeners[place] = tally.listener
        return tally

    def on_request(
        self,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int,
        exception: Exception | None = None,
        **_: object,
    ) -> None:
        """Locust fired a request event."""
        if exception or response_length or response_time is None or self._timer is None:
            self.log_request(request_type, name, response_time, response_length)
            if exception:
                self._stats.log_error(request_type, name, exception)
        else:
            self._aside[name, request_type].append(response_time)

    def log_request(self, method: str, name: str, response_time: float | None, content_length: int) -> None:
        """Set a request aside; its time is in milliseconds, None if it has none."""
        if response_time is None:
            RequestStats.log_request(self._stats, method, name, None, content_length)  # type: ignore[arg-type]  # Locust
            return
        key = name, method
        self._aside[key].append(response_time)
        if content_length:
            self._lengths[key] += content_length
        if self._timer is None:
            self._timer = self._loop.timer(_EVERY)
            self._timer.start(self.add)

    def add(self) -> None:
        """Add what was set aside."""
        if self._timer is not None:
            self._timer.close()
            self._timer = None
        stats, now = self._stats, time.time()
        for key, times in self._aside.items():
            if times:
                batch = _batch(stats, key, times, now)
                batch.total_content_length = self._lengths.pop(key, 0)
                stats.entries[key].extend(batch)
                stats.total.extend(batch)
                times.clear()


def _batch(stats: RequestStats, key: tuple[str, str], times: list[float], now: float) -> StatsEntry:
    entry = StatsEntry(stats, *key)
    entry.num_requests = len(times)
    entry.total_response_time = sum(times)  # type: ignore[arg-type]  # Locust says int, and is given floats
    entry.min_response_time, entry.max_response_time = min(times), max(times)  # type: ignore[assignment]  # as above
    bucket = locust_stats.bucket_response_time  # by its module: a locustfile may replace it
    # Below that Locust's own only rounds, in Python.
    alike = bucket.__module__ == locust_stats.__name__ and entry.max_response_time < _ROUNDED
    entry.response_times = Counter(map(round if alike else bucket, times))
    entry.num_reqs_per_sec = {int(now): len(times)}
    entry.last_request_timestamp = now
    return entry
