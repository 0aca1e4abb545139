"""Locust users begun a few at a time: Locust has a second's begin all at once, which holds up whoever is due then.

And counted as they come and go: Locust looks at every user there is, twice for each class of users in every second in
which some begin, which takes tens of milliseconds where thousands are.
"""

import math
from collections import Counter
from typing import Any, Final

import gevent
from gevent.pool import Group
from locust.env import Environment

AT_ONCE: Final = 10  # users
_PAUSE: Final = 0.005  # seconds between so many
_LONGEST: Final = 0.7  # seconds of pauses for a second's; those of a short run, few as they are, take a tenth


class Users(Group):
    """The greenlets of Locust users, counted by the names of their classes."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self._names: dict[Any, str] = {}  # by greenlet, which forgets its user when it ends

    def add(self, greenlet: Any) -> None:  # noqa: ANN401 - gevent's
        """A user begins."""
        super().add(greenlet)
        name = self._names[greenlet] = type(greenlet.args[0]).__name__
        self.counts[name] += 1

    def _discard(self, greenlet: Any) -> None:  # noqa: ANN401 - gevent's
        super()._discard(greenlet)  # type: ignore[misc]  # gevent's stubs lack it
        name = self._names.pop(greenlet, None)
        if name is not None:
            self.counts[name] -= 1


def spread(environment: Environment) -> None:
    """Have the environment's runner begin users that way, and count them, from now on; it has none yet."""
    runner: Any = environment.runner
    begin = runner.spawn_users
    users = runner.user_greenlets = Users()
    _count(runner, users)

    def spawn_users(counts: dict[str, int], wait: bool = False) -> list[Any]:  # noqa: FBT001, FBT002 - Locust's
        waiting = [name for name, count in counts.items() for _ in range(count)]
        if wait or len(waiting) <= AT_ONCE:
            return list(begin(counts, wait=wait))
        first, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        at_once = max(AT_ONCE, math.ceil(len(waiting) * _PAUSE / _LONGEST))
        # Locust's own way notes that users are being spawned.
        begun = list(begin({name: first.count(name) for name in dict.fromkeys(first)}))
        while waiting:
            gevent.sleep(_PAUSE)
            some, waiting = waiting[:at_once], waiting[at_once:]
            for name in some:
                user = runner.user_classes_by_name[name](environment)
                user.start(users)
                begun.append(user)
        return begun

    runner.spawn_users = spawn_users


def _count(runner: Any, users: Users) -> None:  # noqa: ANN401 - one of Locust's
    """Have `runner.user_classes_count`, a property of its class, told by the users' own counts."""
    kind = type(runner)

    def user_classes_count(self: Any) -> dict[str, int]:  # noqa: ANN401 - the runner
        return {each.__name__: users.counts[each.__name__] for each in self.user_classes}

    runner.__class__ = type(kind.__name__, (kind,), {user_classes_count.__name__: property(user_classes_count)})
