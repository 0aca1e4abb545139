"""A shape is a pure function of time; what Locust is asked for follows it."""

import pytest

from locustfiles._course import Course
from locustfiles._shape_option import parse_shape
from locustfiles._shapes import SHAPES, Curve
from simulator.errors import UsageError

S = 1_000_000_000
TOO_SHORT = (
    "--shape steps:count=20 has a stage of 0.5 s in a load of 10 s, and Locust changes the rate once a second: give "
    "--run-time 21s or more."
)


def curve(text: str, seconds: float = 100, *, own: bool = True) -> Curve:
    return parse_shape(text, seconds, own=own)


def stages(of: Curve) -> dict[str, float]:
    """Name → when it begins, in seconds."""
    return {stage.name: round(begin, 6) for stage, begin in zip(of.stages, of.begins, strict=True)}


def levels(of: Curve, *moments: float) -> list[float]:
    return [round(of.at(moment), 4) for moment in moments]


def test_a_ramp_rises_and_holds() -> None:
    assert stages(curve("ramp")) == {"up": 0, "hold": 70}
    assert levels(curve("ramp"), 0, 35, 70, 99) == [0, 0.5, 1, 1]
    assert levels(curve("ramp:up=0.5,from=0.2"), 0, 25, 50) == [0.2, 0.6, 1]


def test_steps_are_of_equal_height_and_length() -> None:
    assert stages(curve("steps:count=4")) == {"step 1": 0, "step 2": 25, "step 3": 50, "step 4": 75}
    assert levels(curve("steps:count=4"), 0, 24, 25, 74, 99) == [0.25, 0.25, 0.5, 0.75, 1]


def test_a_spike_comes_and_goes_at_once() -> None:
    assert stages(curve("spike")) == {"before": 0, "spike": 40, "after": 60}
    assert levels(curve("spike"), 0, 39.9, 40, 59.9, 60.1, 99) == [0.2, 0.2, 1, 1, 0.2, 0.2]


def test_a_soak_tells_its_quarters_apart() -> None:
    assert stages(curve("soak:up=0.2")) == {"up": 0, "quarter 1": 20, "quarter 2": 40, "quarter 3": 60, "quarter 4": 80}
    assert levels(curve("soak:up=0.2"), 0, 10, 20, 99) == [0, 0.5, 1, 1]


def test_a_day_goes_from_midnight_to_midnight() -> None:
    assert stages(curve("day", 240)) == {
        "night": 0,
        "morning": 60,
        "midday": 100,
        "afternoon": 140,
        "evening": 180,
        "late": 220,
    }
    assert levels(curve("day", 240), 0, 40, 85, 120, 210, 240) == [0.4, 0.07, 0.68, 0.8, 1, 0.4]


def test_after_an_outage_exactly_those_come_back_who_were_turned_away() -> None:
    for own, meanwhile in ((True, 0.25), (False, 0.0)):
        found = curve("outage", own=own)
        assert stages(found) == {"before": 0, "away": 30, "back": 50}
        assert levels(found, 0, 29, 30, 49.9) == [0.25, 0.25, meanwhile, meanwhile]
        assert levels(found, 50, 99) == [1, 0.25]
        surge = sum(found.at(50 + step / 100) - 0.25 for step in range(5000)) / 100
        assert surge == pytest.approx(0.25 * 20, rel=0.01)


def test_on_a_release_day_the_users_are_the_everyday_ones() -> None:
    found = curve("release_day")
    assert stages(found) == {"before": 0, "rush": 10, "tail": 28, "after": 70}
    assert levels(found, 0, 30, 99) == [1, 1, 1]
    assert found.release == (10, 60)


@pytest.mark.parametrize("name", SHAPES)
def test_the_stages_of_every_shape_have_names_of_their_own_and_fill_its_time(name: str) -> None:
    found = curve(name)
    assert sum(stage.share for stage in found.stages) == pytest.approx(1)
    assert len(stages(found)) == len(found.stages)
    assert max(found.at(moment / 10) for moment in range(1000)) == pytest.approx(1, abs=0.01)
    assert all(0 <= found.at(moment / 10) <= 1 for moment in range(1000))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("wave", ["--shape wave is unknown: choose from day, outage, ramp, release_day, soak, spike, steps."]),
        ("day:night=1", ["--shape day has no parameter night: it has none."]),
        (
            "spike:base=2,at,height=1,lasts=0.2,lasts=0.3",
            [
                "--shape spike: base=2 (share of the peak before and after) is not a number from 0 to 1.",
                "--shape spike: at (share of the time before the spike) is not a number from 0.01 to 0.49.",
                "--shape spike has no parameter height: it has base, at, lasts.",
                "--shape spike is given lasts twice: once is enough.",
            ],
        ),
        ("steps:count=2.5", ["--shape steps: count=2.5 (how many steps) is not a whole number from 2 to 100."]),
        (
            "ramp:up=nan",
            ["--shape ramp: up=nan (share of the time in which they rise) is not a number from 0.01 to 0.99."],
        ),
        (
            "steps:count=20",
            [TOO_SHORT],
        ),
    ],
)
def test_all_that_is_wrong_with_a_shape_is_told(text: str, said: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        parse_shape(text, 10, own=True)
    assert str(refused.value).splitlines() == said


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 7 * S

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * S)


def follow(course: Course, clock: Clock, phase: float = 0.0) -> list[int | None]:
    """What Locust hears; it asks a second after it has asked, or when it has heard, whichever is later."""
    course.begin(clock.now)
    clock.sleep(phase)
    heard: list[int | None] = []
    while None not in heard:
        asked = clock.now
        heard.append(course.users())
        clock.now = max(clock.now, asked + S)
    return heard


def test_locust_is_told_once_a_second_what_the_curve_is_on_average_in_it() -> None:
    clock = Clock()
    course = Course(curve("ramp:up=0.5", 10), 100, 2.0, clock=clock, sleep=clock.sleep)
    assert course.users() == 10  # before the load begins
    assert follow(course, clock) == [10, 30, 50, 80, 100, 100, 100, 100, 100, None]
    assert [(stage.name, stage.began) for stage in course.stages] == [("up", 7 * S), ("hold", 12 * S)]


@pytest.mark.parametrize("phase", [0.0, 0.3, 0.99])
def test_stages_begin_to_the_moment_whenever_locust_asks(phase: float) -> None:
    clock = Clock()
    course = Course(curve("spike:at=0.45,lasts=0.25", 10), 100, 2.0, clock=clock, sleep=clock.sleep)
    heard = follow(course, clock, phase)
    assert [users for users, before in zip(heard, [0, *heard], strict=False) if users != before] == [20, 100, 20, None]
    stages = course.end(17 * S)
    assert [(stage.name, stage.began / S - 7) for stage in stages] == [("before", 0), ("spike", 4.5), ("after", 7.0)]
    assert [stage.asked for stage in stages] == pytest.approx([180, 500, 120])


@pytest.mark.parametrize("name", ["ramp", "steps", "spike", "soak", "day", "release_day"])
def test_what_is_asked_for_is_the_area_under_the_curve(name: str) -> None:
    clock, of = Clock(), curve(name, 120)
    course = Course(of, 1000, 0.5, clock=clock, sleep=clock.sleep)
    follow(course, clock, 0.4)
    area = sum(of.at(step / 100) for step in range(12_000)) / 100 * 500
    assert sum(stage.asked for stage in course.end(7 * S + 120 * S)) == pytest.approx(area, rel=0.01)


def test_a_release_asks_for_its_devices_besides() -> None:
    clock = Clock()
    released = {0.0: 0.0, 4.5: 10.0, 7.0: 90.0, 10.0: 100.0}
    of = curve("spike:at=0.45,lasts=0.25,base=1", 10)
    course = Course(of, 100, 1.0, clock=clock, sleep=clock.sleep, besides=released.__getitem__)
    follow(course, clock)
    assert [stage.asked for stage in course.end(17 * S)] == pytest.approx([460, 330, 310])


def test_the_curve_waits_while_a_stage_is_entered() -> None:
    clock, entered = Clock(), []

    def entering(stage: str) -> None:
        entered.append((stage, clock.now / S - 7))
        clock.now += 3 * S

    course = Course(curve("spike", 10), 100, 1.0, clock=clock, sleep=clock.sleep, entering=entering)
    follow(course, clock)
    assert entered == [("spike", 4), ("after", 9)]
    assert [(stage.name, stage.began / S - 7) for stage in course.stages] == [
        ("before", 0),
        ("spike", 7),
        ("after", 12),
    ]


def test_stages_that_were_slept_through_are_told_all_the_same() -> None:
    clock = Clock()
    course = Course(curve("steps", 10), 100, 1.0, clock=clock, sleep=clock.sleep)
    course.begin(clock.now)
    assert course.users() == 20
    clock.now += 7 * S
    assert course.users() == 80
    assert [stage.name for stage in course.stages] == ["step 1", "step 2", "step 3", "step 4"]


def test_in_the_closed_model_nobody_asks_for_arrivals() -> None:
    clock = Clock()
    course = Course(curve("steps", 10), 100, None, clock=clock, sleep=clock.sleep)
    follow(course, clock)
    assert {stage.asked for stage in course.end(clock.now)} == {-1.0}
