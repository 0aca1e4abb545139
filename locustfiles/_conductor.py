"""One run from outside: prepared before the load, completed and judged after it, in the master or the only process."""

import logging
import os
import subprocess
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import gevent

from locustfiles._judging import JUDGED, give_up
from locustfiles._options import options_of
from locustfiles._preparation import Prepared, prepare
from locustfiles._progress import Progress
from locustfiles._settings import Settings
from locustfiles._shaping import Shaping
from results.run import Load
from results.verdict import Verdict, worst
from results.wording import unverified

log = logging.getLogger(__name__)

_LATEST: Final = 10_000_000_000  # ns after which a shape goes on without a worker that never told that it began
_VERDICTS: Final = {JUDGED + verdict.exit_code: verdict for verdict in Verdict}


class Conductor:
    """Prepares runs, one after another, and sees each to its verdict; `announce` is told of each."""

    def __init__(self, progress: Progress, announce: Callable[[Path], None]) -> None:
        self._progress = progress
        self._announce = announce
        self._prepared: Prepared | None = None
        self._began = self._ended = 0  # of the load, monotonic ns
        self._shaping: Shaping | None = None  # of the run that is prepared, where its load has a shape
        self._judging: list[gevent.Greenlet[..., None]] = []
        self.verdicts: dict[Path, Verdict] = {}  # by the folder of each run that was judged
        self.folders: list[Path] = []  # of all runs that began

    @property
    def prepared(self) -> Prepared | None:
        """The run that is prepared or under way."""
        return self._prepared

    @property
    def verdict(self) -> Verdict | None:
        """The worst of this process's runs, one without a verdict being unknown; None if no run began."""
        found = [self.verdicts.get(folder, Verdict.UNKNOWN) for folder in self.folders]
        return worst(found) if found else None

    def prepare(self, options: Namespace, admit: Callable[[Mapping[str, float]], None]) -> Prepared:
        """Get a run ready; PushfleetError or ResultsError says what stands in the way.

        `admit` is shown the weights of the scenarios before anything is started, and raises if they will not do.
        """
        if self._prepared is None:
            settings = Settings.parse(options_of(options))
            admit(settings.weights)
            if settings.host is not None:
                self.wait()  # the last run's store is still being read, and must not change meanwhile
            for sentence in settings.left_out:
                self._progress.say(sentence)
            self._prepared = prepare(settings, self._progress)
            run, shape = self._prepared.run, settings.shape
            self._shaping = Shaping(shape, settings, self._prepared) if shape is not None else None
            self._began = 0
            planted = f", bug {run.options['bug']} planted" if run.options.get("bug") else ""
            self._progress.say(f"run {run.id}: {run.devices:,} devices, seed {run.seed}, target {run.target}{planted}")
            if settings.way.insecure:
                log.warning("WARNING: %s", unverified(run.target))
        return self._prepared

    def begin(self) -> None:
        """The load begins."""
        self._began, self._ended = time.monotonic_ns(), 0
        if self._prepared is not None:
            self._prepared.started.begin_faults()

    def begin_shape(self) -> None:
        """Everybody who generates has begun: the load's shape goes from here."""
        if self._shaping is not None and not self._shaping.has_begun:
            self._shaping.begin(time.monotonic_ns())

    def users(self) -> int | None:
        """How many Locust users the load's shape wants now; None: the load is over, or has no shape."""
        if self._shaping is None:
            return None
        if self._began and time.monotonic_ns() - self._began > _LATEST:
            self.begin_shape()
        return self._shaping.users()

    def ending(self) -> None:
        """The load is over, and what is under way is to be answered."""
        self._ended = self._ended or time.monotonic_ns()
        if self._prepared is not None:
            self._prepared.started.cease_faults()

    def finish(self, parts: list[dict[str, Any]], workers: int) -> None:
        """The load is over: complete run.json, end the target, and begin judging in a process of its own."""
        if self._prepared is None:
            return
        prepared, self._prepared = self._prepared, None
        self.folders.append(prepared.folder)
        prepared.run.load = _load(parts, workers, prepared.close(), began=prepared.run.began)
        prepared.run.load.backend_faults = prepared.started.struck
        prepared.run.load.given = (self._ended - self._began) / 1e9
        shaping, self._shaping = self._shaping, None
        if shaping is not None and shaping.has_begun:
            shaping.end(self._ended)
        try:
            prepared.run.write(prepared.folder)
        except OSError as error:
            # To be judged as a run that was cut off, once there is room, or whatever was missing, again.
            self.verdicts[prepared.folder] = Verdict.UNKNOWN
            log.error("%s cannot be completed (%s): nothing was judged.", prepared.folder / "run.json", error.strerror)  # noqa: TRY400 - the sentence says it all
            return
        self._judging.append(gevent.spawn(self._judge, prepared.folder, prepared.secrets))

    def abandon(self) -> None:
        """The load never began: end what was started for it."""
        if self._prepared is not None:
            self._prepared.abandon()
            self._prepared = self._shaping = None
            self._began = 0

    def wait(self) -> None:
        """Until every run has its verdict."""
        gevent.joinall(self._judging)

    def _judge(self, folder: Path, secrets: dict[str, str]) -> None:
        try:
            # A session of its own: Ctrl-C ends the load, not the judging of what the load has done.
            judge = subprocess.Popen(
                [sys.executable, "-m", "locustfiles._judging", str(folder)],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **secrets},
            )
            code = judge.wait()
            if code not in _VERDICTS:
                give_up(folder, f"The judge ended with code {code} and left no verdict.")
            self.verdicts[folder] = _VERDICTS.get(code, Verdict.UNKNOWN)
            self._announce(folder)
        except Exception:
            # The verdict stays unknown, whatever stood in the way of saying so in a report.
            log.exception("run %s could not be judged; try again: pushfleet check %s", folder.name, folder)


def _load(parts: list[dict[str, Any]], workers: int, deaths: list[str], *, began: int) -> Load:
    """How the load went, put together from its workers' parts."""
    dated = [(part, *part["clock"]) for part in parts if part.get("clock") is not None]
    began = min((part["began"] + offset for part, offset, _ in dated), default=began)
    return Load(
        began=began,
        ended=max((part["ended"] + offset for part, offset, _ in dated), default=began),
        offered=sum(part["offered"] for part, *_ in dated),
        begun=sum(part["begun"] for part, *_ in dated),
        nobody=sum(part["nobody"] for part, *_ in dated),
        awaited=sum(part["awaited"] for part, *_ in dated),
        reached=sum(part["reached"] for part, *_ in dated),
        workers=workers,
        workers_lost=workers - len(dated),  # one that cannot be dated tells nothing
        cpu_percent=max((part["cpu_percent"] for part in parts), default=0.0),
        broken=list(dict.fromkeys(part["broken"] for part in parts if part["broken"])),  # workers may say the same
        deaths=deaths,
        networks=_together([part.get("networks") or {} for part in parts]),
        sdks=_together([part.get("sdks") or {} for part in parts]),
        clocks={str(part["worker"]): clock for part, *clock in dated if any(clock)},
    )


def _together(told: list[dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """What each network, or SDK, did for all workers, most used first."""
    together: dict[str, dict[str, int]] = {}
    for name, uses in (item for one in told for item in one.items()):
        before = together.setdefault(name, dict.fromkeys(uses, 0))
        together[name] = {what: number + before[what] for what, number in uses.items()}
    return dict(sorted(together.items(), key=lambda item: (-item[1]["calls"], item[0])))
