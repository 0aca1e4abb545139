"""What pushes delivered, beside what had been subscribed where they went: the columns that staleness is measured by."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from results.journal.record import NOBODY, Call, Outcome

Numbers = NDArray[np.int64]

_VALUE_BITS: Final = np.int64(32)  # run << 20 | generation


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Minted tokens that pushes of this run delivered, shape (n,) each. Times are monotonic ns."""

    register: Numbers  # numbered from 0, those that pushes reached alone
    token: Numbers  # a number for each register and token, the greater the later it was minted
    sent: Numbers  # when the push was requested
    done: Numbers  # when the gateway had it


@dataclass(frozen=True, slots=True)
class Writes:
    """Subscribes of the same registers that may have acted, by register and `sent`; numbers are those of Deliveries."""

    register: Numbers
    token: Numbers
    sent: Numbers
    done: Numbers
    ok: NDArray[np.bool_]

    def only(self, chosen: NDArray[np.bool_] | Numbers) -> Self:
        """Some of them, by a mask or by their places."""
        return type(self)(
            self.register[chosen], self.token[chosen], self.sent[chosen], self.done[chosen], self.ok[chosen]
        )


@dataclass(frozen=True, slots=True)
class Pushed:
    """Both, of one run."""

    deliveries: Deliveries
    writes: Writes

    @classmethod
    def of(cls, records: NDArray[np.void]) -> Self:
        """Take them from a journal (dtype RECORD, any order), less others' pushes, which began nobody knows when."""
        call = records["call"]
        delivered = records[(call == Call.DELIVERY) & (records["owner"] != NOBODY) & (records["value"] >= 0)]
        registers = pa.array(np.unique(delivered["register"]))
        of_delivery = _places(delivered["register"], registers)
        written = np.flatnonzero((call == Call.SUBSCRIBE) & (records["outcome"] != Outcome.FAIL))
        of_write = _places(records["register"][written], registers)
        written, of_write = written[of_write >= 0], of_write[of_write >= 0]
        order = np.lexsort((records["sent"][written], of_write))
        written, of_write = written[order], of_write[order]
        return cls(
            Deliveries(
                of_delivery,
                of_delivery << _VALUE_BITS | delivered["value"],
                np.ascontiguousarray(delivered["sent"]),
                np.ascontiguousarray(delivered["done"]),
            ),
            Writes(
                of_write,
                of_write << _VALUE_BITS | records["value"][written],
                records["sent"][written],
                records["done"][written],
                records["outcome"][written] == Outcome.OK,
            ),
        )


def _places(values: NDArray[np.generic], among: pa.Array) -> Numbers:
    """Where each value is among others, -1 if it is not: by hashing, which is several times faster than sorting."""
    found: Numbers = (
        pc.index_in(pa.array(np.ascontiguousarray(values)), among).fill_null(-1).to_numpy().astype(np.int64)
    )
    return found


def places(values: Numbers, among: Numbers) -> Numbers:
    """Where each value is among others that are all different, -1 if it is not."""
    return _places(values, pa.array(among))
