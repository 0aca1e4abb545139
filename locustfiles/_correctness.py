"""What a run's records come to, judged by shards, so that memory is bounded by a shard and not by the run."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from locustfiles._read_back import stores
from results.checker.clocks import Clocks
from results.checker.judge import Docket, ended, in_shard, judge_shard
from results.checker.partial import Partial
from results.checker.story import Names
from results.checker.whole import Batches, Whole
from results.errors import CannotKnow, Mistakes, UsageError
from results.journal import Journal, Part, Source
from results.journal.checksum import require_whole
from results.journal.record import RECORD
from results.judgement import Judgement
from results.run import Run
from results.shard import Shard
from simulator.client import Fault
from simulator.errors import CannotKnow as FleetCannotTell
from simulator.fleet import Fleet, shard_of
from simulator.fleet.odd_ids import shown
from simulator.tokens import PushType

OWN_FLEET: Final = "fleet"  # in the run's folder, where no other was named
PENDING: Final = "pending.npy"  # in the journal's folder: registers that an earlier run called without an answer
SCHEMA: Final = 1  # of a verdict on a part
_OF_A_SHARD: Final = 4_000_000  # records that are judged at a time if nothing else was asked for: about 1.5 GB
_WIRES: Final = {int(kind): kind.wire for kind in PushType}


@dataclass(frozen=True, slots=True)
class Records:
    """A run's operations and the final read-back, to be read as often as is needed."""

    batches: Batches  # of both, in pieces
    count: int

    @classmethod
    def of(cls, source: Journal | Source, rows: NDArray[np.void]) -> "Records":
        """From the operations, in memory or where they lie, and the read-back's rows."""

        def batches() -> Iterator[NDArray[np.void]]:
            yield from source.batches()
            yield rows

        return cls(batches, sum(map(len, batches())))

    def of_shard(self, shard: Shard) -> NDArray[np.void]:
        """The records of a shard."""
        kept = [batch[in_shard(batch, shard)] for batch in self.batches()]
        return np.concatenate([np.empty(0, RECORD), *kept])

    def usual_shards(self) -> int:
        """How many shards are few enough to be quick, and many enough to be small."""
        return -(-self.count // _OF_A_SHARD) or 1


def judge_shards(records: Records, docket: Docket, shards: Iterable[Shard]) -> Partial:
    """Judge some shards, one after the other."""
    whole = Whole.of(records.batches, docket.run, docket.clock_bound)
    return Partial.merged([judge_shard(records.of_shard(shard), whole, docket, shard) for shard in shards])


def judgement(records: Records, run: Run, partial: Partial, *, read_back: bool) -> Judgement:
    """What the run comes to, from what all of its shards do."""

    def by(moment: int) -> int:
        return sum(ended(batch, moment) for batch in records.batches())

    return partial.judgement(began=run.began, read_back=read_back, ended=by).requiring(run.require)


def docket_of(folder: Path, run: Run, fleet: Fleet, parts: tuple[Part, ...]) -> Docket:
    """What the run is judged by besides its records."""
    pending = _pending(folder, run)
    return Docket(
        run=run.run_number,
        began=run.began,
        label=lambda register: _label(fleet, register),
        names=Names(
            fault=lambda fault: Fault(fault).sentence,
            client=fleet.client_id,
            device_id=lambda register: _device_id(fleet, register),
            fleet=fleet.number,
        ),
        dead=lambda registers: _dead(fleet, parts, registers),
        pending=lambda registers: np.isin(registers, pending),
        fresh=run.fresh,
        clock_bound=Clocks.of(run).bound,
    )


def was_read(folder: Path, run: Run, rows: NDArray[np.void]) -> bool:
    """Whether a read-back ran to its end; pushes may be all that reads."""
    return bool(len(rows)) or (bool(run.push) and not stores(folder, run))


def of_all_workers(run: Run, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The parts, with one for every worker that was lost before it wrote; CannotKnow if one is missing."""
    missing = run.load.workers - len(parts) if run.load is not None else 0
    if run.load is not None and missing > run.load.workers_lost:
        raise CannotKnow(
            f"the journal of {missing} of the run's {run.load.workers} workers is missing: restore it, and judge again."
        )
    if missing < 0:
        raise CannotKnow(
            f"there are journals of {len(parts)} workers, and the run had {len(parts) + missing}: remove what is not "
            "its own, and judge again."
        )
    return (*parts, *[Part(-1, (), closed=False)] * missing)


def fleet_of(folder: Path, run: Run) -> Fleet:
    """The fleet that lived the run; CannotKnow if another stands in its place, to which its deviceIds mean nothing.

    One that is kept in the run's folder goes where that goes.
    """
    own, known = folder / OWN_FLEET, Path(run.fleet)
    fleet = Fleet.open(own if own.exists() and not known.exists() else known, writable=False)
    if fleet.number != run.fleet_number:
        raise FleetCannotTell(
            f"the fleet at {fleet.directory} is not the one that lived run {run.id} (its number is {fleet.number}, not "
            f"{run.fleet_number}): restore that one, and judge again."
        )
    return fleet


def _label(fleet: Fleet, register: int) -> str:
    """A register as people write it: ios/6F9619FF-8B86-D011-B42D-00CF4FC964FF."""
    wire = _WIRES.get(register & 0xFF, f"type-{register & 0xFF}")
    return f"{wire}/{shown(_device_id(fleet, register))}"


def _device_id(fleet: Fleet, register: int) -> str:
    """A register's deviceId, as it goes to the backend."""
    return fleet.device_id(register >> 24, register >> 8 & 0xFFFF)


def _pending(folder: Path, run: Run) -> NDArray[np.uint64]:
    """What earlier runs had left open; CannotKnow unless that is what the run was told of it."""
    path = folder / "journal" / PENDING
    if not run.pending and not path.exists():
        return np.empty(0, np.uint64)
    if require_whole(path) != run.pending:
        raise CannotKnow(f"{path} is another run's: restore this run's own files, and judge again.")
    registers: NDArray[np.uint64] = np.load(path)
    return registers


def _dead(fleet: Fleet, parts: tuple[Part, ...], registers: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which registers' people were a worker's that did not close its journal."""
    if all(part.closed for part in parts):
        return np.zeros(len(registers), np.bool_)
    devices, where = np.unique(registers >> np.uint64(24), return_inverse=True)
    shards = np.array([shard_of(fleet.home(int(device))) for device in devices], np.int64)
    lost: NDArray[np.bool_] = Journal(np.empty(0, RECORD), parts).lost(shards)[where]
    return lost


def part_said(run: Run, records: Records, shard: Shard, partial: Partial) -> dict[str, Any]:
    """The verdict on a shard, as `check --shard` prints it."""
    about = {"schema": SCHEMA, "run": run.id, "records": records.count, "shard": str(shard)}
    return {**about, "part": partial.to_plain()}


def merged(run: Run, records: Records, files: Iterable[Path]) -> Partial:
    """The verdicts on all shards of a run, from files; UsageError unless they are exactly that."""
    found: dict[Shard, Partial] = {}
    mistakes = Mistakes()
    for path in files:
        with mistakes.gathered():
            shard, partial = _part_of(path, run, records)
            if shard in found:
                raise UsageError(f"{path} is of shard {shard}, which was given before: give each once.")
            found[shard] = partial
    mistakes.refuse()
    counts = {shard.count for shard in found}
    if len(counts) != 1 or len(found) != (count := counts.pop()):
        given = ", ".join(sorted(map(str, found)))
        raise UsageError(f"--merge needs every shard of one division of the run, and got {given}: judge the others.")
    return Partial.merged(found[Shard(index, count)] for index in range(1, count + 1))


def _part_of(path: Path, run: Run, records: Records) -> tuple[Shard, Partial]:
    try:
        said = json.loads(path.read_bytes())
        of = {name: said[name] for name in ("schema", "run", "records")}
        shard, partial = Shard.parse(said["shard"]), Partial.from_plain(said["part"])
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror}): give what check --shard printed.") from error
    except (ValueError, KeyError, TypeError, UsageError) as error:
        raise UsageError(
            f"{path} is no verdict on a part of a run ({error}): give what check --shard printed."
        ) from None
    if of != {"schema": SCHEMA, "run": run.id, "records": records.count}:
        raise UsageError(f"{path} is of another run, or of another state of {run.id}'s journal: judge that part again.")
    return shard, partial
