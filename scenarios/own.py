"""Scenarios of one's own: the files of a folder, and modules of installed packages that say so.

A file is loaded as those of this folder are: it decorates one function, which has the file's name. A package names its
modules as entry points of the group `pushfleet.scenarios`, each under the name of the scenario that it holds.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, Final

from scenarios.registry import SCENARIOS
from simulator.errors import UsageError, told

GROUP: Final = "pushfleet.scenarios"
_MOST: Final = 256  # the journal has a byte for the scenario
_loaded: Final[set[Path | EntryPoint]] = set()


def load_own(folders: Iterable[str | Path]) -> None:
    """Load what installed packages bring, and every scenario of these folders, each once in the life of a process.

    UsageError with a line for each file or entry point that cannot be loaded; of those, nothing is kept.
    """
    wrong: list[str] = []
    for entry in entry_points(group=GROUP):
        _try(entry, entry.name, f"The entry point {entry.name} = {entry.value} of {GROUP}", entry.load, wrong)
    for folder in folders:
        for path in _files(Path(folder), wrong):
            _try(path.resolve(), path.stem, str(path), lambda path=path: _execute(path), wrong)  # type: ignore[misc]
    if wrong:
        raise UsageError("\n".join(wrong))


def _files(folder: Path, wrong: list[str]) -> list[Path]:
    if not folder.is_dir():
        wrong.append(f"--scenarios {folder} is no folder: name one with a file for each scenario.")
        return []
    found = sorted(path for path in folder.glob("*.py") if not path.name.startswith("_"))
    if not found:
        wrong.append(f"--scenarios {folder} has no scenario in it: put one into {folder}/NAME.py.")
    return found


def _try(key: Path | EntryPoint, name: str, where: str, load: Callable[[], Any], wrong: list[str]) -> None:
    """Load it unless it is loaded; it must register `name` and nothing else."""
    if key in _loaded:
        return
    try:
        with _undone_on_failure(name):
            load()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the user's file does
        wrong.append(f"{where} cannot be loaded: {_reason(error)}")
    else:
        _loaded.add(key)


class _Registers(Exception):  # noqa: N818 - not told by its name
    """A file that registers something else than the scenario of its name."""

    def __init__(self, name: str, registered: set[str]) -> None:
        others = ", ".join(sorted(registered - {name}))
        what = f"besides {name} it registers {others}" if name in registered else f"it registers no scenario {name}"
        instead = f", but {others}" if others and name not in registered else ""
        super().__init__(
            f"{what}{instead}. Define one function, {name}(phone), and decorate it with @scenario(weight=…) of "
            "scenarios.registry"
        )


@contextmanager
def _undone_on_failure(name: str) -> Iterator[None]:
    """Take back what was registered meanwhile, if that fails or is not this scenario alone."""
    before = dict(SCENARIOS)
    try:
        yield
        _require(name, SCENARIOS.keys() - before.keys())
    except BaseException:
        SCENARIOS.clear()
        SCENARIOS.update(before)
        raise


def _require(name: str, registered: set[str]) -> None:
    if registered != {name}:
        raise _Registers(name, registered)
    if len(SCENARIOS) > _MOST:
        raise ValueError(f"there are {_MOST} scenarios without it, and a run can tell no more apart")


def _execute(path: Path) -> None:
    name = f"scenarios_of_ones_own.{path.stem}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError("it is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and pickles look for it there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _reason(error: BaseException) -> str:
    """What went wrong, and in which line of the user's file."""
    if isinstance(error, _Registers):
        return f"{error}."
    line, trace = getattr(error, "lineno", None), error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.get("__name__", "").startswith("scenarios_of_ones_own."):
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f" (line {line})" if line else ""
    said = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {told(error)}"
    return f"{said}{where}."
