"""What a run started for itself: the gateways and the embedded backend, and whether they lasted."""

from pathlib import Path
from typing import Any, Final

from locustfiles._backend_faults import BackendFaults, Every
from locustfiles._ended_sessions import session_secret
from locustfiles._outage import Outage
from locustfiles._read_back import DATABASE
from locustfiles._settings import Settings
from simulator.backend import Embedded
from simulator.fleet import Fleet
from simulator.gateways.process import Gateways

_LONGEST_WORDS: Final = 300  # characters

# Of a fleet that was used before, people have client tokens of an earlier backend, which are good here, and so nobody
# makes them clients of this one again; the platform may act for them all the same.
_POLICY: Final = ("unknown-client=accept",)


class Started:
    """The processes of one run. Without a system of its own, everything in here is empty."""

    def __init__(self) -> None:
        self._backend: Embedded | None = None
        self._gateways: Gateways | None = None
        self._wanted: tuple[Every, ...] = ()
        self._faults: BackendFaults | None = None
        self._outage: Outage | None = None

    def start(self, settings: Settings, folder: Path, fleet: Fleet) -> None:
        """Start what the settings ask for, in the run's folder; UsageError or CannotKnow if that cannot be."""
        own = settings.own
        self._wanted = own.backend_faults
        options: dict[str, Any] = {"bug": settings.bug, "processes": own.processes}
        if fleet.runs:
            options["policy"] = _POLICY
        if settings.push is not None:
            self._gateways = Gateways.start(
                folder / "gateways",
                fleet=fleet.directory,
                front="faulty" if own.gateway_faults else "fast",
                faults=own.gateway_faults,
                seed=fleet.seed,
            )
            options["providers"] = self._gateways.file
        self._backend = Embedded.start(
            own.store.text if own.store is not None else folder / DATABASE,
            jwt_secret=session_secret(fleet),
            **options,
        )

    @property
    def url(self) -> str:
        """Of the backend."""
        return self._backend.url if self._backend is not None else ""

    @property
    def client_key(self) -> str:
        """Of the backend."""
        return self._backend.client_key if self._backend is not None else ""

    @property
    def api_key(self) -> str:
        """Of the backend."""
        return self._backend.api_key if self._backend is not None else ""

    @property
    def deliveries(self) -> str:
        """The URL at which the gateways tell what reached them."""
        return str(self._gateways.ready["deliveries"]) if self._gateways is not None else ""

    def begin_faults(self) -> None:
        """The load begins: from now on the backend is ended now and then, if the settings ask for it."""
        if self._backend is not None and self._wanted and self._faults is None:
            self._faults = BackendFaults(self._backend, self._wanted)

    def expect_outage(self) -> None:
        """The load begins, and its shape will take the backend away."""
        if self._backend is not None and self._outage is None:
            self._outage = Outage(self._backend)

    def await_outage(self) -> None:
        """Until the backend could come back at once; it still serves."""
        if self._outage is not None:
            self._outage.wait()

    def go_away(self) -> None:
        """From now on nobody answers; `await_outage` comes first."""
        if self._outage is not None:
            self._outage.go()

    def come_back(self) -> None:
        """The backend serves again, when this returns."""
        if self._outage is not None:
            self._outage.come_back()

    def cease_faults(self) -> None:
        """The load is over: what is under way is to be answered."""
        if self._faults is not None:
            self._faults.cease()

    @property
    def struck(self) -> dict[str, int]:
        """Fault of the backend → how often it came."""
        outages = {"outage": self._outage.came} if self._outage is not None else {}
        return {**(self._faults.struck if self._faults is not None else {}), **outages}

    def deaths(self) -> list[str]:
        """A sentence for each that has ended by itself."""
        self._settle()
        if self._faults is not None and self._faults.failure:
            return [self._faults.failure]
        if self._outage is not None and self._outage.failure:
            return [self._outage.failure]
        parts = (("The embedded backend", self._backend), ("The gateways", self._gateways))
        return [_death(name, part.log()) for name, part in parts if part is not None and not part.alive()]

    def stop(self) -> None:
        """End them, the backend first: what it has to push still goes somewhere."""
        self._settle()
        for part in (self._backend, self._gateways):
            if part is not None:
                part.stop()

    def _settle(self) -> None:
        """No fault is under way any more."""
        self.come_back()
        if self._faults is not None:
            self._faults.cease()
            self._faults.wait()


def _death(name: str, log: str) -> str:
    """A sentence with the last line that it left, as far as that is short."""
    last = log.strip().splitlines()[-1:] or [""]
    words = f": {last[0][:_LONGEST_WORDS]}" if last[0] else "."
    return f"{name} ended in mid-run, so what came after was answered by nobody{words}"
