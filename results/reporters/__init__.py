"""What people and machines read of a run: summary.json, summary.md, junit.xml, report.html."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.errors import CannotKnow
from results.judgement import Judgement
from results.reporters import json_file, junit, markdown, report
from results.run import Run
from results.summary import Summary

# The machine's file last: should one of the others fail, nothing says pass of a run that was not wholly reported.
_REPORTERS: Final[dict[str, Callable[[Run, NDArray[np.void], Judgement, Summary], str]]] = {
    "summary.md": markdown.write,
    "junit.xml": junit.write,
    "report.html": report.write,
    "summary.json": json_file.write,
}


def write_reports(
    folder: Path, run: Run, records: NDArray[np.void], judgement: Judgement, summary: Summary
) -> dict[str, Path]:
    """Write every report into `folder`, each whole or not at all; return file name → path."""
    return {
        name: write_whole(folder / name, write(run, records, judgement, summary)) for name, write in _REPORTERS.items()
    }


def write_whole(path: Path, text: str) -> Path:
    """Write `text` so that a reader sees the file as it was or as it will be, and never half of it.

    Raises CannotKnow if it cannot be written: a verdict that nobody can read is none.
    """
    draft = path.with_name(f"{path.name}.new")
    try:
        draft.write_text(text, encoding="utf-8")
        return draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise CannotKnow(
            f"{path} cannot be written ({error.strerror}), so there is no whole report: make room, or make its folder "
            "writable, and try again."
        ) from error
