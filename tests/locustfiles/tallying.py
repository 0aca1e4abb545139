"""The same requests logged to Locust's statistics with and without a tally; prints what each came to, as JSON.

A process of its own, for importing Locust patches what the tests' process has long imported.
"""

import json
import sys
import time
from random import Random
from typing import Any, Final

import gevent
from locust.env import Environment
from locust.stats import RequestStats, StatsEntry

from locustfiles._tally import Tally

PATIENCE: Final = 10.0
FIELDS: Final = (
    *("num_requests", "num_none_requests", "num_failures", "min_response_time", "max_response_time"),
    *("total_content_length", "response_times"),
)


def main() -> None:
    """Log 500 requests in this manner: "plain", "tallied", or "tallied-once" for one that the timer adds."""
    environment = Environment()
    environment.create_local_runner()
    stats, manner = environment.stats, sys.argv[1]
    if manner != "plain":
        tally = Tally.of(environment)
        assert Tally.of(environment) is tally, "a second run would be counted twice"
        assert environment.events.request._handlers == [tally.on_request], "Locust's own has another name"
    if manner == "tallied-once":
        _fire(environment, "push", 5.0, 0, None)
        assert stats.num_requests == 0
        until = time.monotonic() + PATIENCE
        while not stats.num_requests and time.monotonic() < until:
            gevent.sleep(0.01)
        tally.add()
    else:
        _log(environment)
        if manner == "tallied":
            tally.add()
    sys.stdout.write(json.dumps(_told(stats)))


def _log(environment: Environment) -> None:
    rng = Random(1)
    for number in range(500):
        milliseconds = None if number % 100 == 7 else rng.paretovariate(0.5)
        error = ValueError("no") if number % 50 == 3 else None
        name = rng.choice(["subscribe/ios", "unsubscribe/fcm", "push"])
        _fire(environment, name, milliseconds, number % 3, error)


def _fire(environment: Environment, name: str, time: float | None, length: int, error: Exception | None) -> None:
    environment.events.request.fire(
        request_type="POST", name=name, response_time=time, response_length=length, exception=error, context={}
    )


def _told(stats: RequestStats) -> dict[str, Any]:
    entries = {"total": stats.total, **{name: entry for (name, _), entry in stats.entries.items()}}
    return {
        "errors": {key: error["occurrences"] for key, error in stats.serialize_errors().items()},
        **{name: _entry(entry) for name, entry in sorted(entries.items())},
    }


def _entry(entry: StatsEntry) -> dict[str, Any]:
    return {
        **{field: getattr(entry, field) for field in FIELDS},
        "response_times": sorted(entry.response_times.items()),
        "sum": round(entry.total_response_time, 3),
        "by second": sum(entry.num_reqs_per_sec.values()),
    }


if __name__ == "__main__":
    main()
