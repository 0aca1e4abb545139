"""One run from outside: prepared before the load, completed and judged after it, in the master or the only process."""

import logging
import os
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import gevent

from locustfiles._judging import give_up
from locustfiles._options import options_of
from locustfiles._preparation import Prepared, prepare
from locustfiles._progress import Progress
from locustfiles._settings import Settings
from results.run import Load
from results.verdict import Verdict

log = logging.getLogger(__name__)

_VERDICTS: Final = {verdict.exit_code: verdict for verdict in Verdict}


class Conductor:
    """Prepares runs, one after another, and sees each to its verdict; `announce` is told of each."""

    def __init__(self, progress: Progress, announce: Callable[[Path], None]) -> None:
        self._progress = progress
        self._announce = announce
        self._prepared: Prepared | None = None
        self._judging: list[gevent.Greenlet[..., None]] = []
        self.verdicts: dict[Path, Verdict] = {}  # by run folder

    @property
    def prepared(self) -> Prepared | None:
        """The run that is prepared or under way."""
        return self._prepared

    def prepare(self, options: Namespace) -> Prepared:
        """Get a run ready; PushfleetError or ResultsError says what stands in the way."""
        if self._prepared is None:
            self._prepared = prepare(Settings.parse(options_of(options)), self._progress)
            run = self._prepared.run
            planted = f", bug {run.options['bug']} planted" if run.options.get("bug") else ""
            self._progress.say(f"run {run.id}: {run.devices:,} devices, seed {run.seed}, target {run.target}{planted}")
        return self._prepared

    def finish(self, began: int, parts: list[dict[str, Any]], workers: int) -> None:
        """The load is over: complete run.json, end the target, and begin judging in a process of its own."""
        if self._prepared is None:
            return
        prepared, self._prepared = self._prepared, None
        run = prepared.run
        run.load = Load(
            began=began,
            ended=max((part["ended"] for part in parts), default=began),
            offered=sum(part["offered"] for part in parts),
            workers=workers,
            workers_lost=workers - len(parts),
            cpu_percent=max((part["cpu_percent"] for part in parts), default=0.0),
            broken=[part["broken"] for part in parts if part["broken"]],
        )
        prepared.close()
        run.write(prepared.folder)
        self._judging.append(gevent.spawn(self._judge, prepared))

    def abandon(self) -> None:
        """The load never began: end what was started for it."""
        if self._prepared is not None:
            self._prepared.close()
            self._prepared = None

    def wait(self) -> None:
        """Until every run has its verdict."""
        gevent.joinall(self._judging)

    def _judge(self, prepared: Prepared) -> None:
        # A session of its own: Ctrl-C ends the load, not the judging of what the load has done.
        judge = subprocess.Popen(
            [sys.executable, "-m", "locustfiles._judging", str(prepared.folder)],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        code = judge.wait()
        if code not in _VERDICTS:
            give_up(prepared.folder, f"The judge ended with code {code} and left no verdict.")
        self.verdicts[prepared.folder] = _VERDICTS.get(code, Verdict.UNKNOWN)
        self._announce(prepared.folder)
