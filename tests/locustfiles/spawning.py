"""Locust users begun by a runner; prints how many, and the most that began without the event loop between, as JSON.

A process of its own, for importing Locust patches what the tests' process has long imported.
"""

import json
import sys
from collections import Counter
from typing import Any

import gevent
from locust import User, task
from locust.env import Environment

from locustfiles._spawning import spread

EACH = 200  # of two classes, in the first second; as many again in the next


class Waiting(User):
    """Begins, and waits for its end."""

    abstract = True

    @task
    def wait(self) -> None:
        """Wait."""
        gevent.get_hub().switch()


class First(Waiting):
    """One class."""


class Second(Waiting):
    """Another."""


def main() -> None:
    """Begin users in two seconds' dispatches, "spread" or "plain"; end some; what was seen."""
    environment = Environment(user_classes=[First, Second])
    runner: Any = environment.create_local_runner()
    if sys.argv[1] == "spread":
        spread(environment)
    rounds, begun = [0], Counter[int]()
    begin = User.start

    def start(user: Any, group: Any) -> Any:  # noqa: ANN401 - Locust's
        begun[rounds[0]] += 1
        return begin(user, group)

    setattr(User, "start", start)  # noqa: B010 - to count
    check = gevent.get_hub().loop.check()
    check.start(lambda: rounds.__setitem__(0, rounds[0] + 1))
    runner.start(4 * EACH, spawn_rate=2 * EACH)
    runner.spawning_greenlet.join(timeout=30)
    counts = dict(runner.user_classes_count)
    said = {"most": max(begun.values()), "counts": counts, "state": runner.state}
    runner.start(EACH, spawn_rate=4 * EACH)
    runner.spawning_greenlet.join(timeout=30)
    said["left"] = runner.user_classes_count
    runner.stop()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
