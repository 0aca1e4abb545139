"""A run's options, checked whole before anything starts: every error at once, each with its value and remedy."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from locustfiles._again import again
from locustfiles._arrivals import CONSTANT, POISSON
from locustfiles._lives import mix_of, nobody_lives, weigh_up
from locustfiles._own_system import OwnSystem
from locustfiles._push_readback import PushReadback, is_loopback, is_push, mistakes
from locustfiles._shape_option import USUAL_SECONDS, parse_shape
from locustfiles._shapes import Curve
from locustfiles._specs import shown
from locustfiles._way import Way
from results.anomalies import ANOMALIES
from results.errors import ResultsError
from results.gates import Gate, parse_gates
from results.judgement import ALL
from scenarios.mixes import Mix
from scenarios.own import load_own
from simulator.backend import BUGS
from simulator.client import Origin
from simulator.errors import PushfleetError, UsageError
from simulator.fleet import MAX_DEVICES, MAX_SEED
from simulator.networks import NETWORKS, NONE
from simulator.sdks import NO_SDK, SDKS

DEFAULT_DEVICES: Final = 1000
ARRIVALS: Final = (POISSON, CONSTANT)  # the first is the usual one
_DAY: Final = 86_400.0  # seconds
_RUN_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Parsed = TypeVar("Parsed")


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
    mix: Mix | None  # where the weights come from, apart from those that were given; None: all were given
    gates: tuple[Gate, ...]
    require: tuple[str, ...]  # anomalies that must have a chance to show
    readback: tuple[str, ...]  # of the store
    push: PushReadback | None  # read back by pushing, too; None: nobody is pushed to
    bug: str | None
    own: OwnSystem  # what is started without a host
    results: Path
    run_id: str | None
    closed: bool
    arrivals: str  # "poisson" or "constant"
    per_user: float  # arrivals a second of one Locust user
    think_time: float  # seconds, closed model
    max_in_flight: int  # operations a worker may have under way; an arrival beyond is not sent
    way: Way  # to the target
    shape: Curve | None  # of the arrivals, over the whole load; None: as many all the time
    users: int  # of Locust, at the peak of the shape
    network: str  # that phones are on, or a mixture; "none"
    sdk: str  # that their apps call by, or a mixture; "none"
    left_out: tuple[str, ...]  # a sentence for each scenario of the mix that nobody can live
    planned: int  # seconds that a headless load is to last; 0: until it is stopped
    again: dict[str, Any]  # the options of `pushfleet run` that do the same once more; no secrets

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> Self:
        """Settings of the options as typed; UsageError with one sentence a line for all that is wrong with them."""
        check = _Check(options)
        host, mix = check.host(), check.mix()
        push = check.push(mix, host)
        pushes = push is not None or check.asks_for_pushes()
        sdk = check.one_of("sdk", (NO_SDK.name, *SDKS))
        weights = check.weights(mix, sdk, pushes=pushes)
        fields: dict[str, Any] = {
            "host": host,
            "client_key": check.key("client_key", host),
            "api_key": check.key("api_key", host),
            "devices": check.whole("devices", 1, MAX_DEVICES),
            "seed": check.whole("seed", 0, MAX_SEED),
            "fleet": Path(options["fleet"]) if options.get("fleet") else None,
            "weights": weights,
            "mix": mix,
            "gates": check.gates(),
            "require": check.require(),
            "readback": check.readback(),
            "push": push,
            "bug": check.bug(host),
            "own": check.own_system(host, pushes=pushes),
            "results": check.results(),
            "run_id": check.run_id(),
            "closed": bool(options.get("closed")),
            "arrivals": check.one_of("arrivals", ARRIVALS),
            "per_user": check.number("rate_per_user", 1.0, most=10_000),
            "think_time": check.number("think_time", 1.0, zero=True, most=_DAY),
            "max_in_flight": check.whole("max_in_flight", 1, 1_000_000) or 1000,
            "way": check.way(host),
            "shape": check.shape(host),
            "users": check.peak(),
            "planned": int(_seconds(options)) if options.get("headless") else 0,
            "network": check.one_of("network", (NONE, *NETWORKS)),
            "sdk": sdk,
            "left_out": tuple(check.left_out),
        }
        if check.errors:
            raise UsageError("\n".join(check.errors))
        return cls(**fields, again=again(options, fields["way"].shown))

    @property
    def specs(self) -> tuple[str, ...]:
        """The read-back specs, passwords and all, of the stores that this run did not make and will read."""
        return self.readback or ((self.own.store.text,) if self.own.store is not None else ())


def draw_seed() -> int:
    """A seed for a run that was given none; it is printed and kept in `run.json`."""
    return secrets.randbelow(2**31)


class _Check:
    """Reads one option at a time and gathers what is wrong."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.errors: list[str] = []
        self.left_out: list[str] = []

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

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the choices, the first if none was made."""
        value = str(self.options.get(name) or choices[0])
        if value not in choices:
            self.errors.append(f"{_flag(name)} {value} is unknown: choose from {', '.join(choices)}.")
        return value

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
        if not is_loopback(origin.host) and self.options.get("confirm_target") not in (origin.host, origin.authority):
            self.errors.append(
                f"--host {origin} is not on this machine, and simulated tokens pollute a database: "
                f"add --confirm-target {origin.host} if that deployment may be written to."
            )
        return str(origin)

    def shape(self, host: str | None) -> Curve | None:
        text = str(self.options.get("shape") or "")
        if not text:
            return None
        curve = self._tried(partial(parse_shape, text, _seconds(self.options), own=host is None))
        if curve is not None and curve.shape.takes_target_away and self.options.get("backend_fault"):
            self.errors.append(
                f"--shape {text} ends the embedded backend, and so does --backend-fault: give one of them."
            )
        return curve

    def peak(self) -> int:
        said = self.options.get("num_users")
        users = 1 if said is None else int(said)
        if users < 1 and self.options.get("shape"):
            self.errors.append(f"--users {users} is no peak of a shape: give at least 1.")
        return users

    def way(self, host: str | None) -> Way | None:
        named = host or self.options.get("host")  # one that was refused is still a deployment
        return self._tried(partial(Way.parse, self.options, host=named, number=self.number))

    def key(self, name: str, host: str | None) -> str:
        key = self.options.get(name) or ""
        if host is not None and not key:
            self.errors.append(f"--host needs {_flag(name)} (or PUSHFLEET_{name.upper()}) for that deployment.")
        return str(key)

    def mix(self) -> Mix | None:
        self._tried(partial(load_own, self.options.get("scenarios") or ()))
        return self._tried(partial(mix_of, self.options))

    def weights(self, mix: Mix | None, sdk: str, *, pushes: bool) -> dict[str, float]:
        weights, errors = weigh_up(self.options.get("scenario") or [], mix, pushes=pushes)
        nobodys = {} if sdk not in SDKS else nobody_lives(weights, sdk)
        asked = {str(text).partition("=")[0] for text in self.options.get("scenario") or []}
        refused = asked if nobodys.keys() != weights.keys() else weights  # a mix of nothing else is a mistake too
        self.errors.extend(errors)
        for name, why in nobodys.items():
            if name in refused:
                self.errors.append(f"--scenario {why}: leave it out, or choose another --sdk.")
            else:
                self.left_out.append(f"{why}: it is left out of the mix.")
        return {name: weight for name, weight in weights.items() if name not in nobodys}

    def gates(self) -> tuple[Gate, ...]:
        try:
            return tuple(parse_gates([str(text) for text in self.options.get("gate") or []]))
        except ResultsError as error:
            self.errors.extend(str(error).splitlines())
            return ()

    def require(self) -> tuple[str, ...]:
        names = [str(name) for name in self.options.get("require") or []]
        unknown = [name for name in names if name not in (*ANOMALIES, ALL)]
        self.errors.extend(
            f"--require {name} is no anomaly: choose from {', '.join(sorted(ANOMALIES))}, or {ALL}." for name in unknown
        )
        return tuple(names)

    def _specs(self, *, push: bool) -> list[str]:
        return [spec for spec in map(str, self.options.get("readback") or []) if is_push(spec) is push]

    def readback(self) -> tuple[str, ...]:
        specs = self._specs(push=False)
        for spec in specs:
            self._tried(partial(shown, spec))
        return tuple(specs)

    def push(self, mix: Mix | None, host: str | None) -> PushReadback | None:
        specs = self._specs(push=True)
        if len(specs) > 1:
            self.errors.append(f"--readback push was given {len(specs)} times: give it once.")
        if not specs:  # a mix asks for it where gateways can be started
            share = mix.push_share if mix is not None and not self.options.get("host") else None
            return None if share is None else PushReadback(share)
        push = self._tried(partial(PushReadback.parse, specs[0]))
        self.errors.extend(mistakes(push, host) if push is not None else ())
        return push

    def asks_for_pushes(self) -> bool:
        return bool(self._specs(push=True))

    def own_system(self, host: str | None, *, pushes: bool) -> OwnSystem | None:
        return self._tried(partial(OwnSystem.parse, self.options, host=host, gateways=host is None and pushes))

    def _tried(self, parse: Callable[[], Parsed]) -> Parsed | None:
        """What `parse` makes of it; None if it complains, which is noted."""
        try:
            return parse()
        except PushfleetError as error:
            self.errors.extend(str(error).splitlines())
            return None

    def bug(self, host: str | None) -> str | None:
        bug = self.options.get("bug") or None
        if bug is not None and bug not in BUGS:
            self.errors.append(f"--bug {bug} is unknown: choose from {', '.join(sorted(BUGS))}.")
        elif bug is not None and host is not None:
            self.errors.append(f"--bug {bug} can only be planted in the embedded backend: leave out --host or --bug.")
        return bug

    def results(self) -> Path:
        folder = Path(self.options.get("results") or "results/runs")
        there = next(each for each in (folder, *folder.absolute().parents) if each.exists())  # a refused run makes none
        try:
            probe = there / f".probe-{secrets.token_hex(4)}"
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


def _seconds(options: Mapping[str, Any]) -> float:
    """How long the load is to last; 0: until somebody stops it, which a load with a shape does by itself."""
    return float(options.get("run_time") or (USUAL_SECONDS if options.get("shape") else 0))


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
