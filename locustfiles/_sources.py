"""Looking through the sources of all modules, once and before the load.

Locust asks `inspect` who called its `stop`, and only then tells us that the test is stopping. The first such question
reads every module's place on disk, which holds the event loop up for 0.1 s, and on a busy machine for most of a second:
the last arrivals of every run were not sent. `inspect` remembers what it found.
"""

import inspect


def look_through() -> None:
    """Have `inspect` look through all modules now, so that it need not when the load ends."""
    inspect.stack()
