from itertools import pairwise

from results.judgement import Example, Step, Stretch
from results.reporters.charts import Lane, lanes


def step(call: str, began: float, ended: float, text: str = "was acknowledged", **fields: object) -> Step:
    said = {"register": "ios/a", "person": 7, "token": "g7", "outcome": "ok", "status": 200, **fields}
    return Step(call=call, began=began, ended=ended, text=text, **said)  # type: ignore[arg-type]


STALE = Example(
    "stale_push",
    "ios/a",
    "STALE PUSH",
    [
        step("subscribe", 1.0, 2.0),
        step("subscribe", 3.0, 4.0, token="g8"),
        step("push", 5.0, 6.0, "delivered g7", part="wrong"),
    ],
    Stretch(4.0, 5.0, "g8 or a newer one must stand here"),
)


def test_a_stale_push_has_a_lane_for_each_operation_and_a_band_where_the_newer_token_must_stand() -> None:
    drawn = lanes(STALE)

    assert drawn.lanes == [
        Lane("subscribe g7", "was acknowledged", "01.000 to 02.000 s", "proof", 20.0, 212.0, is_open=False),
        Lane("subscribe g8", "was acknowledged", "03.000 to 04.000 s", "proof", 404.0, 596.0, is_open=False),
        Lane("push", "delivered g7", "05.000 to 06.000 s", "wrong", 788.0, 980.0, is_open=False),
    ]
    assert drawn.band == (596.0, 192.0)
    assert drawn.band_text == "g8 or a newer one must stand here: 1.00 s"
    assert drawn.ticks == [(59.6, "04.000 s")]


def test_what_follows_is_always_drawn_to_the_right_however_short_and_however_long_the_times() -> None:
    times = [(0.0, 0.000001), (0.000002, 5.0), (3600.0, 3600.000001)]
    steps = [step("subscribe", began, ended) for began, ended in times]
    drawn = lanes(Example("stale_push", "ios/a", "", steps))

    edges = [edge for lane in drawn.lanes for edge in (lane.left, lane.right)]
    assert edges == sorted(edges)
    assert min(later - earlier for earlier, later in pairwise(edges)) > 20
    assert (edges[0], edges[-1]) == (20.0, 980.0)


def test_a_call_without_an_answer_stays_open_and_people_are_named_where_there_are_several() -> None:
    steps = [
        step("subscribe", 1.0, 2.0, "was never answered", outcome="info", part="excuse"),
        step("subscribe", 3.0, 4.0, person=8, register="ios-voip/a"),
        step("read-back", 5.0, 6.0, "found g7", part="wrong"),
        step("push", 5.0, 6.0, "delivered g7", person=None),
    ]
    drawn = lanes(Example("old_owner_push", "ios/a", "", steps)).lanes

    assert [lane.is_open for lane in drawn] == [True, False, False, False]
    assert [lane.text for lane in drawn] == [
        "was never answered by person 7",
        "was acknowledged by person 8 for ios-voip/a",
        "found g7 of person 7",
        "delivered g7",
    ]


def test_one_moment_is_drawn_too() -> None:
    drawn = lanes(Example("ghost_token", "ios/a", "", [step("push", 1.0, 1.0)]))

    assert [(lane.left, lane.right) for lane in drawn.lanes] == [(20.0, 20.0)]
