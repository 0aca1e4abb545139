"""Reading the backend's store when the load is over: what it holds, as records of the journal."""

import time
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from locustfiles._specs import whole
from results.journal import Journal, Source, load_read_back, read_back_path, write_read_back
from results.journal.record import NO_RC, NO_ROWS, RECORD, Call, Outcome
from results.run import Run
from simulator.errors import PushfleetError
from simulator.fleet import Fleet
from simulator.readback import identify, parse_spec

DATABASE: Final = "backend.sqlite"
_TOUCHES: Final = (Call.SUBSCRIBE, Call.UNSUBSCRIBE)


def read_back(folder: Path, run: Run, fleet: Fleet, journal: Journal | Source) -> tuple[NDArray[np.void], list[str]]:
    """The read-back's records and what stood in its way; a read-back that was kept is not made again."""
    if read_back_path(folder).exists():
        return load_read_back(folder, run.id, run.mark), []
    specs = stores(folder, run)
    passes, obstacles = [np.empty(0, RECORD)], _unreadable(run, fleet, specs)
    # The clock starts again when the machine does; a run judged after that was still over before this look.
    after = max((int(batch["done"].max(initial=0)) for batch in journal.batches()), default=0) + 1
    touched = _touched(journal) if specs and not obstacles else np.empty(0, np.uint64)
    for spec in specs if not obstacles else []:
        try:
            passes.append(_look(fleet, spec, touched, after))
        except PushfleetError as error:
            obstacles.append(sentence(str(error)))
        after = int(passes[-1]["done"].max(initial=after)) + 1
    rows = np.concatenate(passes)
    if not obstacles:
        write_read_back(folder, run.id, rows, run.mark)
    return rows, obstacles


def stores(folder: Path, run: Run) -> list[str]:
    """The specs of the stores to read when the load is over, with their passwords if this process knows them."""
    if run.fresh and not run.readback:
        return [f"sqlite:{folder / DATABASE}"]
    return [whole(spec) for spec in run.readback or filter(None, [run.store])]


def _unreadable(run: Run, fleet: Fleet, specs: list[str]) -> list[str]:
    """Why reading the store now would say nothing of this run, if so."""
    if not specs and run.push:
        return []  # pushes have read all that is going to be read
    if not specs:
        return [f"The store of {run.target} was not read back, so nothing is known of what it holds: give --readback."]
    if not run.fresh and (latest := fleet.runs) > run.run_number:
        return [f"Run {latest} of this fleet has written to the store since, so it shows no longer what this run left."]
    return []


def _touched(journal: Journal | Source) -> NDArray[np.uint64]:
    """The registers that operations went out for."""
    found = [np.unique(batch["register"][np.isin(batch["call"], _TOUCHES)]) for batch in journal.batches()]
    return np.unique(np.concatenate([np.empty(0, np.uint64), *found]))


def _look(fleet: Fleet, spec: str, touched: NDArray[np.uint64], after: int) -> NDArray[np.void]:
    """One reading of the whole store, as records; none of it before `after` (monotonic ns)."""
    began = max(time.monotonic_ns(), after)
    seen = identify(fleet, parse_spec(spec).rows(), touched).rows
    rows = np.zeros(len(seen), RECORD)
    rows["call"], rows["outcome"] = Call.READBACK, Outcome.OK
    rows["rows"], rows["rc"] = NO_ROWS, NO_RC
    for name in ("owner", "register", "value", "origin"):
        rows[name] = seen[name]
    rows["intended"] = rows["sent"] = began
    rows["done"] = max(time.monotonic_ns(), began + 1)
    return rows


def sentence(text: str) -> str:
    """What an error says, as a sentence of its own."""
    first, *_ = text.split(maxsplit=1) or [""]
    return text if "/" in first else f"{text[:1].upper()}{text[1:]}"  # a path is written as it is
