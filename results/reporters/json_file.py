"""`summary.json`: the summary for machines."""

import numpy as np
import orjson
from numpy.typing import NDArray

from results.judgement import Judgement
from results.run import Run
from results.summary import Summary


def write(_run: Run, _records: NDArray[np.void], _judgement: Judgement, summary: Summary) -> str:
    """Render `summary` as JSON."""
    return orjson.dumps(summary.as_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
