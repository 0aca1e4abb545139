import pytest

from results.reporters import numbers
from results.reporters.numbers import NONE


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.234, "1.23"),
        (12.34, "12.3"),
        (1234.5, "1,234"),
        (9.9999, "10.0"),
        (99.96, "100"),
        (None, NONE),
        (float("nan"), NONE),
    ],
)
def test_figures_have_three_digits_that_mean_something(number: float | None, shown: str) -> None:
    assert numbers.figure(number) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [(0.123, "0.12"), (9.999, "10.0"), (12.34, "12.3"), (99.96, "100"), (1234.5, "1,234"), (None, NONE)],
)
def test_a_column_of_milliseconds_has_three_digits_or_all_before_the_point(
    milliseconds: float | None, shown: str
) -> None:
    assert numbers.ms(milliseconds) == shown


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (0, "0 ms"),
        (0.0004, "0.4 µs"),
        (0.48, "480 µs"),
        (3.2, "3.2 ms"),
        (250, "250 ms"),
        (2150, "2.15 s"),
        (60_000, "1 min"),
        (5_400_000, "1.5 h"),
    ],
)
def test_a_duration_has_the_unit_that_suits_it(milliseconds: float, shown: str) -> None:
    assert numbers.duration(milliseconds) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [
        (0, 10, "0 %"),
        (10, 10, "100 %"),
        (1, 3, "33.3 %"),
        (999_999, 1_000_000, "100.00 %"),
        (1, 10_000_000, "< 0.001 %"),
        (0, 0, NONE),
    ],
)
def test_a_little_of_something_is_never_zero_percent(part: float, whole: float, shown: str) -> None:
    assert numbers.percent(part, whole) == shown


def test_what_a_gate_measured_has_its_unit() -> None:
    shown = [numbers.measured(*pair) for pair in ((1999.6, "/s"), (0.05, "%"), (1.0, "anomalies"), (None, "ms"))]

    assert shown == ["2,000/s", "0.0500 %", "1 anomaly", NONE]


def test_round_numbers_carry_no_digits_they_do_not_need() -> None:
    assert [numbers.plain(number) for number in (0.0, 0.5, 20.0, 1000.0)] == ["0", "0.5", "20", "1,000"]


def test_a_column_of_milliseconds_has_the_digits_that_matter() -> None:
    assert [numbers.ms(number) for number in (0.123, 12.34, 1234.5, None)] == ["0.12", "12.3", "1,234", NONE]
