"""Progress on stderr, for whoever watches; nothing of it ever reaches stdout."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

log = logging.getLogger(__name__)


class Progress:
    """What a run shows of itself while it lasts."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        """One line."""
        self._console.print(text, markup=False, soft_wrap=True)

    @contextmanager
    def counting(self, what: str, total: int) -> Iterator[Callable[[int], None]]:
        """A bar that shows the count handed to the function given; none where there is nothing to count."""
        if not total:
            yield lambda _: None
            return
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        # Without a terminal rich prints the finished bar once, which is what a log wants.
        with Bar(*columns, console=self._console, auto_refresh=self._console.is_terminal) as bar:
            task = bar.add_task(what, total=total)
            yield lambda count: bar.update(task, completed=count)
