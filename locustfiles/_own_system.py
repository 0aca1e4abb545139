"""The system that a run starts for itself where no --host is given: its store, its processes, its gateways' faults."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from locustfiles._backend_faults import Every, parse_faults
from simulator.backend.settings import MOST_PROCESSES
from simulator.backend.stores import StoreSpec
from simulator.errors import UsageError
from simulator.gateways.faults import Faults

_UNSET: Final[tuple[object, ...]] = (None, "", [], ())


@dataclass(frozen=True, slots=True)
class OwnSystem:
    """How it is started; made by `parse`."""

    store: StoreSpec | None = None  # None: a file in the run's folder
    processes: int = 1  # of the backend
    backend_faults: tuple[Every, ...] = ()  # how the backend ends in mid-run
    gateway_faults: tuple[str, ...] = ()  # as `Faults.parse` takes them: what the gateways do wrong

    @classmethod
    def parse(cls, options: Mapping[str, Any], *, host: str | None, gateways: bool) -> Self:
        """What the options as typed ask for; `gateways`: the run starts its own. UsageError with all mistakes."""
        faults = [str(fault) for fault in options.get("gateway_fault") or ()]
        mistakes = [*_out_of_place(options, host, gateways=gateways)]
        store, processes, ends = None, 1, tuple[Every, ...]()
        try:
            store = StoreSpec.parse(str(options["store"])) if options.get("store") else None
        except UsageError as error:
            mistakes += str(error).splitlines()
        try:
            ends = parse_faults([str(fault) for fault in options.get("backend_fault") or ()])
        except UsageError as error:
            mistakes += str(error).splitlines()
        try:
            Faults.parse(faults, seed=0)
        except UsageError as error:
            mistakes += str(error).replace("--fault", "--gateway-fault").splitlines()
        said = str(options.get("backend_processes") or 1)
        if said.isdecimal() and 1 <= int(said) <= MOST_PROCESSES:
            processes = int(said)
        else:
            mistakes.append(f"--backend-processes {said} is not a whole number from 1 to {MOST_PROCESSES}.")
        if mistakes:
            raise UsageError("\n".join(mistakes))
        return cls(store, processes, ends, tuple(faults))


def _out_of_place(options: Mapping[str, Any], host: str | None, *, gateways: bool) -> Iterator[str]:
    """Options of a system that this run does not start."""
    if host is not None and options.get("store") not in _UNSET:
        yield "--store is where the embedded backend keeps its rows: leave out --host, or --store."
    if host is not None and options.get("backend_processes") not in (*_UNSET, "1", 1):
        yield "--backend-processes is of the embedded backend: leave out --host, or --backend-processes."
    if host is not None and options.get("backend_fault") not in _UNSET:
        yield "--backend-fault ends the embedded backend: leave out --host, or --backend-fault."
    if not gateways and options.get("gateway_fault") not in _UNSET:
        yield "--gateway-fault is of gateways that the run starts itself: add --readback push, and no --host."
