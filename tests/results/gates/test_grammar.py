import re
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.errors import UsageError
from results.gates import METRICS, Gate, parse_gates
from results.gates.latency import quantile_named

numbers = st.decimals(Decimal("0.001"), Decimal(10**9), places=3)
durations = st.sampled_from(["ns", "us", "µs", "ms", "s"])
quantiles = st.one_of(st.integers(1, 99).map(lambda n: f"p{n}"), st.sampled_from(["p999", "p99.9", "p9999", "max"]))
labels = st.sampled_from(["subscribe", "unsubscribe", "subscribe/ios", "unsubscribe/ios-voip"])
less = st.sampled_from(["<", "<="])
gates = st.one_of(
    st.builds(Gate, quantiles, labels, less, numbers, durations),
    st.builds(Gate, quantiles.map("stale_age_{}".format), st.just(""), less, numbers, durations),
    st.builds(Gate, st.just("errors"), st.just(""), less, numbers, st.just("%")),
    st.builds(Gate, st.just("throughput"), st.just(""), st.sampled_from([">", ">="]), numbers, st.just("/s")),
)


@given(gates)
def test_a_gate_survives_being_written_and_read(gate: Gate) -> None:
    assert parse_gates([str(gate)]) == [gate]


@given(gates)
def test_spaces_mean_nothing(gate: Gate) -> None:
    tight = str(gate).replace(" ", "")
    loose = re.sub(r"[<>]=?|[()/]", r"  \g<0> ", tight.replace("/s", "~")).replace("~", "  /s ")

    assert parse_gates([tight, f"  {tight} "]) == [gate] * 2
    assert parse_gates([loose]) == [gate]


def test_a_gate_is_shown_as_people_write_it() -> None:
    written = ["p99(subscribe) < 250ms", "errors < 0.1%", "throughput > 2000/s", "stale_age_p99 < 5s"]

    assert [str(gate) for gate in parse_gates(written)] == written
    assert [metric.example for metric in METRICS] == written


def test_quantiles_are_read_as_people_write_them() -> None:
    names = ("p5", "p50", "p99", "p999", "p99.9", "p9999", "p0.1", "max")

    assert [float(quantile_named(name)) for name in names] == [0.05, 0.5, 0.99, 0.999, 0.999, 0.9999, 0.001, 1.0]


@pytest.mark.parametrize(
    ("expression", "position", "fault"),
    [
        ("", 1, "'' is no metric; there are: p50, p90, p99, p99.9, … or max; errors; throughput; stale_age_p99"),
        ("mean(subscribe) < 5ms", 1, "'mean' is no metric"),
        ("p100(subscribe) < 5ms", 1, "'p100' is no metric: a quantile lies between p0 and p100"),
        ("p0(subscribe) < 5ms", 1, "'p0' is no metric: a quantile lies between p0 and p100"),
        ("stale_age_p0 < 5ms", 1, "'stale_age_p0' is no metric: a quantile lies"),
        ("p99 < 5ms", 5, "a label is due, as in (subscribe) or (subscribe/ios)"),
        ("p99(subscribe < 5ms", 4, "a label is due, as in (subscribe) or (subscribe/ios)"),
        ("p99(Sub scribe!) < 5ms", 4, "a label is due, as in (subscribe) or (subscribe/ios), not 'Subscribe!'"),
        ("p99(subscribe/) < 5ms", 4, "a label is due, as in (subscribe) or (subscribe/ios), not 'subscribe/'"),
        ("errors(subscribe) < 1%", 7, "errors is of the whole run and takes no label"),
        ("errors 1%", 8, "here < or <= is due"),
        ("errors > 1%", 8, "here < or <= is due, not '>'"),
        ("throughput < 10/s", 12, "here > or >= is due, not '<'"),
        ("errors < %", 10, "a number is due, as in errors < 0.1%"),
        ("errors < -1%", 10, "a number is due"),
        ("errors < 1", 11, "a unit is due, one of %"),
        ("errors < 1ms", 11, "a unit is due, one of %, not 'ms'"),
        ("p99(subscribe) < 5m", 19, "a unit is due, one of ns, us, µs, ms, s, not 'm'"),
        ("errors < 1% or so", 13, "nothing may follow the value, but 'or so' does"),
        ("errors < 0%", 10, "nothing is below 0; write <= 0% to allow none at all"),
    ],
)
def test_a_refusal_names_the_place_and_the_remedy(expression: str, position: int, fault: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_gates([expression])

    first, remedy = str(refused.value).split("\n")
    assert first.startswith(f"Gate {expression!r} cannot be read at character {position}: {fault}")
    assert remedy == (
        "Write METRIC < VALUE, as in: p99(subscribe) < 250ms, errors < 0.1%, throughput > 2000/s, stale_age_p99 < 5s."
    )
    assert refused.value.exit_code == 64


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        parse_gates(["errors", "p99(subscribe) < 250ms", "nonsense", "throughput > 1"])

    assert [line.split("'")[1] for line in str(refused.value).splitlines()[:-1]] == [
        "errors",
        "nonsense",
        "throughput > 1",
    ]


@given(st.text())
def test_whatever_is_written_is_a_gate_or_a_refusal(text: str) -> None:
    with suppress(UsageError):
        assert len(parse_gates([text])) == 1


@pytest.mark.parametrize("label", ["nothing", "subscribe/ipad"])
def test_a_label_that_nothing_bears_is_a_gate_all_the_same(label: str) -> None:
    assert parse_gates([f"p99({label}) < 5ms"])[0].label == label
