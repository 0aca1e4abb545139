"""Compile the kernel now, so that no run waits for it: `python -m results.checker.kernel`, as `make setup` does."""

import numpy as np

from results.checker.kernel.grouping import in_order
from results.checker.kernel.run_screen import screen_run
from results.checker.kernel.screen import screened
from results.checker.kernel.zones import Columns
from results.journal.record import RECORD

_NONE = np.empty(0, np.int64)

in_order(_NONE)
screened(np.zeros(1, np.int64), Columns(_NONE.astype(np.int8), _NONE, _NONE, _NONE, _NONE.astype(np.bool_)))
screen_run(np.empty(0, RECORD), np.zeros(1, np.int64), run=1)
