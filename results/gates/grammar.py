"""How gates are written: `METRIC < VALUE`, `METRIC(LABEL) < VALUE`; spaces mean nothing."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from results.errors import UsageError
from results.gates import errors, latency, staleness, throughput
from results.gates.gate import Gate, Metric

METRICS: Final = (latency.METRIC, errors.METRIC, throughput.METRIC, staleness.METRIC)

_TOKENS: Final = re.compile(
    r"\s*(?P<metric>[^\s(<>=]+)?"
    r"\s*(?P<label>\([^)]*\))?"
    r"\s*(?P<operator>[<>]=?)?"
    r"\s*(?P<limit>[0-9]+(?:\.[0-9]+)?)?"
    r"\s*(?P<unit>\S+)?"
    r"\s*(?P<rest>.*)",
    re.DOTALL,
)
_LABEL: Final = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)?")


class _Refusal(Exception):  # noqa: N818 - never leaves this file
    """Why an expression is no gate, and the character, from 1, that shows it."""

    def __init__(self, position: int, fault: str) -> None:
        super().__init__(fault)
        self.position = position


def parse_gates(expressions: Collection[str]) -> list[Gate]:
    """Read gates, all or none: UsageError names everything wrong in all of them.

    A label that no operation of the run bears is no mistake of writing: that gate has no data, and is unknown.
    """
    gates: list[Gate] = []
    wrong: list[str] = []
    for expression in expressions:
        try:
            gates.append(_parse(expression))
        except _Refusal as refusal:
            wrong.append(f"Gate {expression!r} cannot be read at character {refusal.position}: {refusal}.")
    if wrong:
        examples = ", ".join(metric.example for metric in METRICS)
        raise UsageError("\n".join([*wrong, f"Write METRIC < VALUE, as in: {examples}."]))
    return gates


def _parse(expression: str) -> Gate:
    parts = _Parts.of(expression)
    metric = _metric(parts)
    label = _label(parts, metric)
    operator = parts.take("operator", f"here {' or '.join(metric.operators)} is due", metric.operators.__contains__)
    limit = Decimal(parts.take("limit", f"a number is due, as in {metric.example}"))
    unit = parts.take("unit", f"a unit is due, one of {', '.join(metric.units)}", metric.units.__contains__)
    if parts.text["rest"]:
        raise _Refusal(parts.at["rest"], f"nothing may follow the value, but {parts.text['rest']!r} does")
    if operator == "<" and not limit:
        raise _Refusal(parts.at["limit"], f"nothing is below 0; write <= 0{unit} to allow none at all")
    return Gate(parts.text["metric"], label, operator, limit, unit)


@dataclass(frozen=True, slots=True)
class _Parts:
    text: dict[str, str]  # a part that is missing is empty
    at: dict[str, int]  # character, from 1, at which it begins or was due

    @classmethod
    def of(cls, expression: str) -> "_Parts":
        match = _TOKENS.match(expression)
        assert match is not None  # noqa: S101 - every part is optional: it matches any text
        text = {name: part or "" for name, part in match.groupdict().items()}
        return cls(text, dict(_positions(match, len(expression))))

    def take(self, name: str, due: str, allowed: Callable[[str], bool] = bool) -> str:
        """The part called `name`, or a refusal that says what was due."""
        found = self.text[name]
        if not allowed(found):
            raise _Refusal(self.at[name], due + (f", not {found!r}" if found else ""))
        return found


def _positions(match: re.Match[str], length: int) -> Iterator[tuple[str, int]]:
    """Where each part begins; one that is missing was due where the next one begins."""
    begin = length
    for name in reversed(list(match.groupdict())):
        begin = match.start(name) if match[name] else begin
        yield name, begin + 1


def _metric(parts: _Parts) -> Metric:
    written = parts.text["metric"]
    found = next((metric for metric in METRICS if metric.fits(written)), None)
    if found is None:
        known = "; ".join(metric.shown for metric in METRICS)
        raise _Refusal(parts.at["metric"], f"{written!r} is no metric; there are: {known}")
    if fault := found.name_fault(written):
        raise _Refusal(parts.at["metric"], f"{written!r} is no metric: {fault}")
    return found


def _label(parts: _Parts, metric: Metric) -> str:
    label = parts.text["label"].strip("()").replace(" ", "")
    if not metric.labelled and parts.text["label"]:
        raise _Refusal(parts.at["label"], f"{metric.shown} is of the whole run and takes no label")
    if metric.labelled and not _LABEL.fullmatch(label):
        found = f", not {label!r}" if label else ""
        raise _Refusal(parts.at["label"], f"a label is due, as in (subscribe) or (subscribe/ios){found}")
    return label
