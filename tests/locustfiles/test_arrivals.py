"""People are due on their own schedule, and none of them is forgotten."""

from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest

from locustfiles._arrivals import NEVER, Arrivals, Constant, Poisson, Stream
from scenarios import SCENARIOS

S = 1_000_000_000
LAUNCH, ROTATION = SCENARIOS["app_launch"], SCENARIOS["token_rotation"]
LATER = 86_400 * 100 * S  # a machine that has been up for a hundred days


def poisson(seed: int, streams: int = 1) -> Poisson:
    arrivals = Poisson(1.0, Random(seed))
    for _ in range(streams):
        arrivals.join(LAUNCH, 0)
    return arrivals


def constant(*users: int, per_user: float = 1.0, now: int = 0) -> list[Constant]:
    """One schedule a worker, each with so many users."""
    workers = [Constant(per_user, place, len(users)) for place in range(len(users))]
    for worker, mine in zip(workers, users, strict=True):
        for _ in range(mine):
            worker.join(LAUNCH, now)
        worker.share(users, now)
    return workers


def dues(arrivals: Arrivals, until: int) -> list[int]:
    return [due for due, _ in arrivals.overdue(until)]


@pytest.mark.parametrize("make", [lambda: poisson(3, 4), lambda: constant(4)[0]])
def test_nobody_is_forgotten_or_moved_however_late_the_generator_looks(make: Callable[[], Arrivals]) -> None:
    punctual, late = make(), make()
    seen = [due for until in range(0, 50 * S, S // 100) for due in dues(punctual, until)]
    assert dues(late, 50 * S - S // 100) == seen
    assert seen == sorted(seen)
    assert 150 < len(seen) < 250
    assert punctual.due == late.due > 50 * S - S // 100


def test_nobody_is_overdue_twice() -> None:
    late = poisson(4)
    assert dues(late, 10 * S)
    assert dues(late, 10 * S) == []


def test_without_a_user_nobody_is_due() -> None:
    for arrivals in (poisson(1, 0), *constant(0, 0)):
        assert arrivals.due == NEVER
        assert dues(arrivals, LATER) == []


def test_everybody_arrives_and_as_often_as_their_share() -> None:
    for arrivals in (Poisson(1.0, Random(5)), *constant(0)):
        for scenario in (LAUNCH, LAUNCH, LAUNCH, ROTATION):
            arrivals.join(scenario, 0)
        found = [scenario for _, scenario in arrivals.overdue(1000 * S)]
        assert 3800 < len(found) < 4200
        assert 0.22 < found.count(ROTATION) / len(found) < 0.28


def test_random_arrivals_are_as_far_apart_as_a_poisson_process_has_them() -> None:
    found = dues(poisson(7, 100), 100 * S)
    gaps = sorted(after - before for before, after in pairwise(found))
    mean = sum(gaps) / len(gaps)
    assert 0.97 < mean / (S / 100) < 1.03
    below = sum(gap <= mean for gap in gaps) / len(gaps)
    assert 0.61 < below < 0.655  # 1 - 1/e
    assert 0.94 < sum((gap - mean) ** 2 for gap in gaps) / len(gaps) / mean**2 < 1.06


@pytest.mark.parametrize("now", [0, LATER])
@pytest.mark.parametrize("users", [(1,), (5,), (3, 3), (4, 3), (50, 51, 50), (7, 1), (10, 0, 3), (1, 1, 1, 1)])
def test_constant_arrivals_of_several_workers_are_equally_far_apart(users: tuple[int, ...], now: int) -> None:
    found = sorted(due for worker in constant(*users, now=now) for due in dues(worker, now + 10 * S))
    gaps = [after - before for before, after in pairwise(found)]
    assert len(found) == 10 * sum(users)
    # A float of a hundred days in nanoseconds is exact to two of them.
    assert max(abs(gap - S / sum(users)) for gap in gaps) <= 4


def test_workers_with_as_many_users_take_turns() -> None:
    turns = sorted((due, "abc"[place]) for place, worker in enumerate(constant(2, 2, 2)) for due in dues(worker, S))
    assert "".join(name for _, name in turns) == "bcabca"  # the one at 0 was due before they began


def test_a_rate_is_kept_to_the_arrival_for_an_hour() -> None:
    (worker,) = constant(7, per_user=0.3)
    assert abs(len(dues(worker, 3600 * S)) - 3600 * 7 * 0.3) <= 1


def test_constant_arrivals_follow_a_number_of_users_that_changes() -> None:
    """A ramp from 10 users to 20 and back, one a second."""
    (worker,) = constant(10)
    streams = []
    found: list[int] = []
    due = 10
    for second in range(1, 21):
        found += dues(worker, second * S)
        if second <= 10:
            streams.append(worker.join(LAUNCH, second * S))
            due += 10 + second
        else:
            worker.leave(streams.pop(), second * S)
            due += 30 - second
    found += dues(worker, 21 * S)
    assert abs(len(found) - due) <= 10  # one for each change of the grid, at the most
    assert found == sorted(set(found))


def follow(workers: list[Arrivals], ramp: list[int], seconds: int) -> list[int]:
    """When people arrive while Locust changes the number of users once a second, handing them out evenly."""
    streams: list[list[Stream]] = [[] for _ in workers]
    found: list[int] = []
    for second, users in enumerate([*ramp, *[ramp[-1]] * (seconds - len(ramp))]):
        now = second * S + 400_000_000  # never where the grid begins
        found += [due for worker in workers for due in dues(worker, now)]
        theirs = [len(range(place, users, len(workers))) for place in range(len(workers))]
        for worker, mine, wanted in zip(workers, streams, theirs, strict=True):
            while len(mine) < wanted:
                mine.append(worker.join(LAUNCH, now))
            while len(mine) > wanted:
                worker.leave(mine.pop(), now)
            if isinstance(worker, Constant):
                worker.share(theirs, now)
    return found + [due for worker in workers for due in dues(worker, seconds * S + 400_000_000)]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("per_user", [1.0, 0.25])
def test_constant_arrivals_follow_a_shape_over_all_workers(workers: int, per_user: float) -> None:
    """Up, level, and down to nobody, ten users a second."""
    ramp = [*range(10, 410, 10), *[400] * 20, *range(400, -1, -10)]
    found = follow([Constant(per_user, place, workers) for place in range(workers)], ramp, len(ramp))
    assert len(found) == pytest.approx(sum(ramp) * per_user, rel=0.005)
    level = sorted(due for due in found if 45 * S < due < 55 * S)
    assert {round((after - before) / 1000) for before, after in pairwise(level)} == {round(S / 400 / per_user / 1000)}


@pytest.mark.parametrize("workers", [1, 3])
def test_random_arrivals_follow_a_shape(workers: int) -> None:
    ramp = [*range(10, 410, 10), *[400] * 20, *range(400, -1, -10)]
    found = follow([Poisson(1.0, Random(place)) for place in range(workers)], ramp, len(ramp))
    assert abs(len(found) - sum(ramp)) < 4 * sum(ramp) ** 0.5
    for second in (10, 30, 50, 80):
        due = sum(second * S <= moment - 400_000_000 < (second + 5) * S for moment in found)
        asked = sum(ramp[second : second + 5])
        assert abs(due - asked) < 4 * asked**0.5


def test_who_leaves_takes_only_their_own_arrivals_along() -> None:
    for arrivals in (Poisson(1.0, Random(5)), *constant(0)):
        streams = [arrivals.join(scenario, 0) for scenario in (LAUNCH, ROTATION, LAUNCH)]
        dues(arrivals, 10 * S)
        arrivals.leave(streams[0], 10 * S)
        arrivals.leave(streams[2], 10 * S)
        found = [scenario for _, scenario in arrivals.overdue(500 * S)]
        assert set(map(id, found)) == {id(ROTATION)}
        assert 420 < len(found) < 560
        arrivals.leave(streams[1], 500 * S)
        assert arrivals.due == NEVER


def test_the_next_is_always_due_after_the_change() -> None:
    rng = Random(9)
    for _ in range(300):
        now = rng.randrange(LATER)
        workers = constant(*(rng.randrange(1, 9) for _ in range(3)), per_user=rng.choice([1.0, 0.37, 2000.0]), now=now)
        assert all(worker.due > now for worker in workers)
