"""The options of `pushfleet capacity`, checked whole before anything starts: every error at once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from locustfiles._settings import Settings, draw_seed
from locustfiles._times import seconds
from locustfiles._way import OPTIONS as WAY
from results.masking import without_secrets
from simulator.errors import UsageError

Said = str | bool | Sequence[str]  # an option's value; True: a flag

_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%?")
_FASTEST: Final = 1_000_000  # arrivals a second; nothing this tool drives comes near
_RUNS: Final = (
    "host",
    "confirm_target",
    "client_key",
    "api_key",
    "readback",
    "bug",
    "seed",
    "results",
    "mix",
    "scenario",
    "scenarios",
    "network",
    "sdk",
    "gate",
    *WAY,
)
_SECRET: Final = ("client_key", "api_key", "proxy")
_PASSED_ON: Final = (
    *("confirm_target", "readback", "bug", "mix", "scenario", "scenarios", "network", "sdk", "processes"),
    *(name for name in WAY if name not in _SECRET),
)
_PUBLIC: Final = (
    *("start", "max", "trial_time", "budget", "precision", "host"),
    *_PASSED_ON,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search was asked to do; made by `parse`, which refuses whatever cannot be done."""

    gates: Sequence[str]
    start: int  # arrivals a second
    most: int
    precision: float  # 0.1: bounds no more than 10 % apart
    trial_time: int  # seconds of load
    budget: int  # seconds
    seed: int
    host: str | None
    results: Path
    passed_on: Mapping[str, Said]  # to every trial, by name without dashes
    public: Mapping[str, Any]  # what was asked, without secrets
    secrets: Mapping[str, str] = field(repr=False)  # environment variable → value
    as_json: bool

    @classmethod
    def parse(cls, options: Mapping[str, Any]) -> Self:
        """What the options as typed ask for; UsageError with one sentence a line for all that is wrong with them."""
        errors: list[str] = []
        settings = _settings(options, errors)
        start, most = _whole("start", options, errors), _whole("max", options, errors)
        if start and most and start > most:
            errors.append(f"--start {start} is above --max {most}: no rate would be tried.")
        if options.get("processes"):
            _whole("processes", options, errors)
        precision = _precision(str(options["precision"]), errors)
        trial_time = seconds("--trial-time", str(options["trial_time"]), errors)
        budget = seconds("--budget", str(options["budget"]), errors)
        if settings is None or errors:
            raise UsageError("\n".join(errors))
        return cls(
            gates=[str(gate) for gate in settings.gates],
            start=start,
            most=most,
            precision=precision,
            trial_time=trial_time,
            budget=budget,
            seed=settings.seed if settings.seed is not None else draw_seed(),
            host=settings.host,
            results=settings.results,
            passed_on=_given(_PASSED_ON, options),
            public=_public(options, settings.way.shown),
            secrets={f"PUSHFLEET_{name.upper()}": str(options[name]) for name in _SECRET if options.get(name)},
            as_json=bool(options.get("as_json")),
        )


def _settings(options: Mapping[str, Any], errors: list[str]) -> Settings | None:
    """What a trial would make of its options; whatever it would refuse is refused before the first."""
    if not options.get("gate"):
        errors.append("No --gate was given, and without one no rate is too high: --gate 'p99(subscribe) < 250ms'.")
    try:
        return Settings.parse({name: options.get(name) for name in _RUNS})
    except UsageError as error:
        errors.extend(str(error).splitlines())
        return None


def _public(options: Mapping[str, Any], proxy: str) -> dict[str, Said]:
    said = {name: _masked(value) for name, value in _given(_PUBLIC, options).items()}
    return {**said, "proxy": proxy} if proxy else said


def _given(names: Sequence[str], options: Mapping[str, Any]) -> dict[str, Said]:
    """Those of the options that were given, by the name they have on the command line."""
    said = {name.replace("_", "-"): options.get(name) for name in names}
    return {
        name: [str(each) for each in value] if isinstance(value, list | tuple) else value is True or str(value)
        for name, value in said.items()
        if value
    }


def _masked(value: Said) -> Said:
    if isinstance(value, bool):
        return value
    return without_secrets(value) if isinstance(value, str) else [without_secrets(each) for each in value]


def _whole(name: str, options: Mapping[str, Any], errors: list[str]) -> int:
    text = str(options[name])
    if text.isdecimal() and 0 < int(text) <= _FASTEST:
        return int(text)
    errors.append(f"{_flag(name)} {text} is not a whole number from 1 to {_FASTEST}.")
    return 0


def _precision(text: str, errors: list[str]) -> float:
    found = _PERCENT.fullmatch(text.strip())
    percent = float(found[1]) if found else 0.0
    if not 1 <= percent <= 100:
        errors.append(f"--precision {text} is not a share from 1% to 100%.")
    return percent / 100


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")
