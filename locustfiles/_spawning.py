"""Locust users begun a few at a time: Locust has a second's begin all at once, which holds up whoever is due then."""

import math
from typing import Any, Final

import gevent
from locust.env import Environment

AT_ONCE: Final = 10  # users
_PAUSE: Final = 0.01  # seconds between so many
_LONGEST: Final = 0.1  # seconds until all have begun, or they would be missed in a short run


def spread(environment: Environment) -> None:
    """Have the environment's runner begin users that way, from now on."""
    runner: Any = environment.runner
    begin = runner.spawn_users

    def spawn_users(counts: dict[str, int], wait: bool = False) -> list[Any]:  # noqa: FBT001, FBT002 - Locust's
        at_once = max(AT_ONCE, math.ceil(sum(counts.values()) * _PAUSE / _LONGEST))
        waiting = [name for name, count in counts.items() for _ in range(count)]
        if wait or len(waiting) <= at_once:
            return list(begin(counts, wait=wait))
        first, waiting = waiting[:at_once], waiting[at_once:]
        # Locust's own way notes that users are being spawned, and looks at all there are: not for each of these.
        users = list(begin({name: first.count(name) for name in dict.fromkeys(first)}))
        while waiting:
            gevent.sleep(_PAUSE)
            some, waiting = waiting[:at_once], waiting[at_once:]
            for name in some:
                user = runner.user_classes_by_name[name](environment)
                user.start(runner.user_greenlets)
                users.append(user)
        return users

    runner.spawn_users = spawn_users
