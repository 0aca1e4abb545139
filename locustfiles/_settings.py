"""A run's options, checked whole before anything starts: every error at once, each with its value and remedy."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Self

from results.errors import ResultsError
from results.gates import Gate, parse_gates
from scenarios import SCENARIOS
from simulator.backend import BUGS
from simulator.client import Origin
from simulator.errors import PushfleetError, UsageError
from simulator.fleet import MAX_DEVICES, MAX_SEED
from simulator.readback import parse_spec

DEFAULT_DEVICES: Final = 1000
_DAY: Final = 86_400.0  # seconds
_USUAL: Final = {"max_in_flight": "1000", "timeout": "10"}  # not worth telling again
_RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked to do; made by `parse`, which refuses whatever cannot be done."""

    host: str | None  # None: the embedded backend
    client_key: str = field(repr=False)
    api_key: str = field(repr=False)
    devices: int | None
    seed: int | None
    fleet: Path | None
    weights: dict[str, float]  # scenario → weight; only those that take part
    gates: tuple[Gate, ...]
    readback: tuple[str, ...]
    bug: str | None
    results: Path
    run_id: str | None
    closed: bool
    per_user: float  # arrivals a second of one Locust user
    think_time: float  # seconds, closed model
    max_in_flight: int  # operations a worker may have under way; an arrival beyond is not sent
    timeout: float  # seconds from sending to the whole answer
    planned: int  # seconds that a headless load is to last; 0: until it is stopped
    again: dict[str, Any]  # the options of `pushfleet run` that do the same once more; no secrets

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> Self:
        """Settings of the options as typed; UsageError with one sentence a line for all that is wrong with them."""
        check = _Check(options)
        host = check.host()
        settings = cls(
            host=host,
            client_key=check.key("client_key", host),
            api_key=check.key("api_key", host),
            devices=check.whole("devices", 1, MAX_DEVICES),
            seed=check.whole("seed", 0, MAX_SEED),
            fleet=Path(options["fleet"]) if options.get("fleet") else None,
            weights=check.weights(),
            gates=check.gates(),
            readback=check.readback(),
            bug=check.bug(host),
            results=check.results(),
            run_id=check.run_id(),
            closed=bool(options.get("closed")),
            per_user=check.number("rate_per_user", 1.0, most=10_000),
            think_time=check.number("think_time", 1.0, zero=True, most=_DAY),
            max_in_flight=check.whole("max_in_flight", 1, 1_000_000) or 1000,
            timeout=check.number("timeout", 10.0, most=_DAY),
            planned=int(options.get("run_time") or 0) if options.get("headless") else 0,
            again=_again(options),
        )
        if check.errors:
            raise UsageError("\n".join(check.errors))
        return settings


def _again(options: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for, as `pushfleet run` takes it; what Locust was told in its own terms is told in ours."""
    users, processes, seconds = (options.get(name) for name in ("num_users", "processes", "run_time"))
    closed = options.get("closed")
    amount = {"users": users} if closed else {"rate": _rate(users, options.get("rate_per_user"))}
    said = {
        **amount,
        "run_time": f"{seconds}s" if seconds else None,
        "processes": processes,
        **{name: options.get(name) or None for name in ("fleet", "scenario", "bug")},
        "think_time": options.get("think_time") if closed else None,
        **{name: options.get(name) for name, usual in _USUAL.items() if options.get(name) not in (None, "", usual)},
    }
    return {name: value for name, value in said.items() if value is not None}


def _rate(users: Any, per_user: Any) -> float | int | None:  # noqa: ANN401 - as typed, or as Locust read it
    try:
        rate = float(users) * float(per_user or 1)
    except (TypeError, ValueError):
        return None
    return round(rate) if abs(rate - round(rate)) < 1e-9 else rate


def draw_seed() -> int:
    """A seed for a run that was given none; it is printed and kept in `run.json`."""
    return secrets.randbelow(2**31)


class _Check:
    """Reads one option at a time and gathers what is wrong."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.errors: list[str] = []

    def whole(self, name: str, least: int, most: int) -> int | None:
        value = self.options.get(name)
        if value in (None, ""):
            return None
        try:
            number = int(value)
        except (TypeError, ValueError):
            self.errors.append(f"{_flag(name)} {value} is not a whole number.")
            return None
        if not least <= number <= most:
            self.errors.append(f"{_flag(name)} {number} is out of range: give {least} to {most}.")
        return number

    def number(self, name: str, default: float, *, most: float, zero: bool = False) -> float:
        value = self.options.get(name)
        try:
            number = default if value in (None, "") else float(value)
        except (TypeError, ValueError):
            self.errors.append(f"{_flag(name)} {value} is not a number.")
            return default
        if not (0 < number <= most or (zero and number == 0)):
            self.errors.append(f"{_flag(name)} {number:g} is out of range: give a number above 0, up to {most:g}.")
        return number

    def host(self) -> str | None:
        host = self.options.get("host")
        if not host:
            if self.options.get("confirm_target"):
                self.errors.append("--confirm-target names a target, but no --host was given.")
            return None
        try:
            origin = Origin.parse(str(host))
        except UsageError as error:
            self.errors.append(f"--host is no target. {error}")
            return None
        if not _is_loopback(origin.host) and self.options.get("confirm_target") not in (origin.host, origin.authority):
            self.errors.append(
                f"--host {origin} is not on this machine, and simulated tokens pollute a database: "
                f"add --confirm-target {origin.host} if that deployment may be written to."
            )
        return str(origin)

    def key(self, name: str, host: str | None) -> str:
        key = self.options.get(name) or ""
        if host is not None and not key:
            self.errors.append(f"--host needs {_flag(name)} (or PUSHFLEET_{name.upper()}) for that deployment.")
        return str(key)

    def weights(self) -> dict[str, float]:
        asked = self.options.get("scenario") or []
        weights: dict[str, float] = {}
        for text in asked:
            name, _, weight = str(text).partition("=")
            if name not in SCENARIOS:
                self.errors.append(f"--scenario {name} is unknown: choose from {', '.join(sorted(SCENARIOS))}.")
            elif (number := self._weight(str(text), weight or str(SCENARIOS[name].weight))) is not None:
                weights[name] = number
        return weights if asked else {name: scenario.weight for name, scenario in SCENARIOS.items()}

    def _weight(self, text: str, weight: str) -> float | None:
        try:
            number = float(weight)
        except ValueError:
            number = -1.0
        if not 0 < number < float("inf"):
            self.errors.append(f"--scenario {text}: the weight {weight} is not a number above 0, as in app_launch=3.")
            return None
        return number

    def gates(self) -> tuple[Gate, ...]:
        try:
            return tuple(parse_gates([str(text) for text in self.options.get("gate") or []]))
        except ResultsError as error:
            self.errors.extend(str(error).splitlines())
            return ()

    def readback(self) -> tuple[str, ...]:
        specs = [str(spec) for spec in self.options.get("readback") or []]
        for spec in specs:
            try:
                parse_spec(spec)
            except PushfleetError as error:
                self.errors.append(str(error))
        return tuple(specs)

    def bug(self, host: str | None) -> str | None:
        bug = self.options.get("bug") or None
        if bug is not None and bug not in BUGS:
            self.errors.append(f"--bug {bug} is unknown: choose from {', '.join(sorted(BUGS))}.")
        elif bug is not None and host is not None:
            self.errors.append(f"--bug {bug} can only be planted in the embedded backend: leave out --host or --bug.")
        return bug

    def results(self) -> Path:
        folder = Path(self.options.get("results") or "results/runs")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{secrets.token_hex(4)}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            self.errors.append(f"--results {folder} cannot be written to ({error.strerror}): name another folder.")
        return folder

    def run_id(self) -> str | None:
        run_id = self.options.get("run_id") or None
        if run_id is None:
            return None
        if not _RUN_ID.fullmatch(run_id):
            self.errors.append(f"--run-id {run_id!r} is no name for a folder: use letters, digits, '.', '_' and '-'.")
        elif (Path(self.options.get("results") or "results/runs") / run_id).exists():
            self.errors.append(f"--run-id {run_id} exists already, and no run is overwritten: choose another.")
        return str(run_id)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _is_loopback(hostname: str) -> bool:
    if hostname == "localhost":
        return True
    try:
        return ip_address(hostname).is_loopback
    except ValueError:
        return False
