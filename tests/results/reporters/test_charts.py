import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from results.reporters.charts import Axis, Chart, Linear, Log, Quantiles, Scale, Series, draw, suited
from results.reporters.page import _environment

figures = st.lists(st.floats(0.001, 1e9), min_size=1)


@given(figures)
def test_an_axis_has_room_for_every_value(values: list[float]) -> None:
    for scale in (Linear.over(values), Log.over(values), suited(values)):
        assert all(-1e-9 <= scale.at(value) <= 1 + 1e-9 for value in values)


@given(figures)
def test_an_axis_has_a_few_marks_in_order(values: list[float]) -> None:
    for scale in (Linear.over(values), Log.over(values)):
        places = [place for place, _ in scale.ticks()]
        assert 2 <= len(places) <= 12
        assert places == sorted(places)
        assert all(-1e-9 <= place <= 1 + 1e-9 for place in places)


def test_a_linear_axis_counts_in_round_steps() -> None:
    assert [text for _, text in Linear.over([0.0, 870.0]).ticks()] == ["0", "200", "400", "600", "800", "1,000"]


def test_a_logarithmic_axis_gives_each_decade_the_same_room() -> None:
    assert [(round(at, 3), text) for at, text in Log(1, 10_000).ticks()] == [
        (0.0, "1"),
        (0.25, "10"),
        (0.5, "100"),
        (0.75, "1,000"),
        (1.0, "10,000"),
    ]


def test_a_quantile_axis_gives_each_nine_the_same_room() -> None:
    assert [(round(at, 3), text) for at, text in Quantiles(4).ticks()] == [
        (0.075, "50 %"),
        (0.25, "90 %"),
        (0.5, "99 %"),
        (0.75, "99.9 %"),
        (1.0, "99.99 %"),
    ]


@pytest.mark.parametrize(
    ("values", "kind"), [([1.0, 20.0], Linear), ([1.0, 2000.0], Log), ([0.0, math.nan], Linear), ([], Linear)]
)
def test_values_far_apart_get_a_logarithmic_axis(values: list[float], kind: type[Scale]) -> None:
    assert isinstance(suited(values), kind)


def drawn(values: list[float], **fields: object) -> str:
    chart = Chart(
        id="some",
        title="Some <b>chart</b>",
        caption='It shows "something" & more.',
        x=Axis("seconds", Linear(0, 4)),
        y=Axis("ms", Linear(0, 10)),
        at=[0, 1, 2, 3, 4][: len(values)],
        said=["0 s", "1 s", "2 s", "3 s", "4 s"][: len(values)],
        series=[Series("p50", values, [f"{value} ms" for value in values])],
        **fields,  # type: ignore[arg-type]
    )
    return str(draw(chart, _environment()))


def test_a_line_breaks_where_a_value_is_missing() -> None:
    assert 'd="M0.0 300.0h.1L250.0 150.0M750.0 0.0h.1"' in drawn([0, 5, math.nan, 10])


def test_a_chart_says_in_words_what_it_shows() -> None:
    html = drawn([1, 2])

    assert 'role="img" aria-label="Some &lt;b&gt;chart&lt;/b&gt;. It shows &#34;something&#34; &amp; more."' in html
    assert "<figcaption>It shows &#34;something&#34; &amp; more.</figcaption>" in html


def test_a_band_too_short_to_see_is_widened_and_neighbours_merge() -> None:
    html = drawn([1, 2], bands=[(1, 1.001), (1.002, 1.003), (2, 3)], band_name="stalled")

    assert [line.strip() for line in html.splitlines() if 'class="band" x=' in line] == [
        '<rect class="band" x="250.0" y="0" width="3.5" height="300"/>',
        '<rect class="band" x="500.0" y="0" width="250.0" height="300"/>',
    ]
