"""A pytest session that runs its tests once for each mutant, in a fork of its own, until one fails.

Tests are collected once. A first fork runs all of them unchanged, and notes how long each takes and which functions it
enters: only those tests are run against a mutant that enter its function, the quickest first.
"""

import os
import pickle
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

import pytest

from tests.mutation.live import Function, plant, watch
from tests.mutation.mutants import Mutant

_HANGS: Final = 120.0  # seconds of computing after which a mutant's tests count as failed: some make a loop endless


@dataclass
class Fate:
    """What became of a mutant."""

    mutant: Mutant
    killer: str  # the test that noticed; "" if none did
    tests: int  # that enter its function


@dataclass
class Session:
    """The plugin: hand it to pytest.main, and read `fates` afterwards."""

    mutants: Sequence[Mutant]
    jobs: int
    budget: float  # seconds of computing for the tests of one mutant
    told: Callable[[Fate], None]
    fates: list[Fate] = field(default_factory=list)
    failed: str = ""  # in this process: the first test that did

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        if report.failed and not self.failed:
            self.failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of running the tests once."""
        entered = _in_fork(lambda: self._entered(session.items))
        if isinstance(entered, str):
            raise pytest.UsageError(f"the tests must pass before anything is changed: {entered}")
        under_way: dict[int, tuple[Mutant, int, Any]] = {}
        for mutant in self.mutants:
            chosen = [session.items[at] for at in entered.get((mutant.module, mutant.function), [])]
            if len(under_way) == self.jobs:
                self._wait(under_way)
            reader, pid = _forked(lambda mutant=mutant, chosen=chosen: self._killer(mutant, chosen))  # type: ignore[misc]
            under_way[pid] = mutant, len(chosen), reader
        while under_way:
            self._wait(under_way)
        return True

    def _wait(self, under_way: dict[int, tuple[Mutant, int, Any]]) -> None:
        pid, _ = os.waitpid(-1, 0)
        mutant, tests, reader = under_way.pop(pid)
        with reader:
            said = reader.read()
        fate = Fate(mutant, pickle.loads(said) if said else "it never ended", tests)  # noqa: S301 - our own fork wrote it
        self.fates.append(fate)
        self.told(fate)

    def _killer(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        plant(mutant)
        for item in items:
            self._run(item)
            if self.failed:
                break
        return self.failed

    def _run(self, item: pytest.Item) -> None:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _entered(self, items: list[pytest.Item]) -> dict[Function, list[int]] | str:
        """Function → the tests, by their number, that enter it, the quickest first; or the test that failed."""
        seen = watch()
        took: dict[int, float] = {}
        entered: defaultdict[Function, list[int]] = defaultdict(list)
        for at, item in enumerate(items):
            seen.clear()
            began = time.process_time()
            self._run(item)
            took[at] = time.process_time() - began
            if self.failed:
                return self.failed
            for function in seen:
                entered[function].append(at)
        return {function: self._affordable(tests, took) for function, tests in entered.items()}

    def _affordable(self, tests: list[int], took: dict[int, float]) -> list[int]:
        """The quickest of some tests, as many as are run in `budget` seconds."""
        ordered = sorted(tests, key=took.__getitem__)
        spent = accumulate(took[at] for at in ordered)
        return [at for at, so_far in zip(ordered, spent, strict=True) if so_far <= self.budget]


def _in_fork(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work returns
    reader, pid = _forked(work, seconds=0.0)
    with reader:
        said = reader.read()
    os.waitpid(pid, 0)
    return pickle.loads(said)  # noqa: S301 - our own fork wrote it


def _forked(work: Callable[[], Any], seconds: float = _HANGS) -> tuple[Any, int]:
    """Do some work in a fork: where its result can be read, pickled, and the fork's id."""
    begin, end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(end)
        return os.fdopen(begin, "rb"), pid
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        with os.fdopen(os.open(os.devnull, os.O_WRONLY), "w") as nothing:
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        with os.fdopen(end, "wb") as writer:
            pickle.dump(work(), writer)
    finally:
        os._exit(0)  # whatever went wrong, the fork must not go on as its parent does
