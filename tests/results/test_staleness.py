import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from results.journal.record import ABSENT, Call, Outcome
from results.latency import Spread
from results.pushed import Pushed
from results.staleness import Staleness, stale_ages, writes_skipped
from tests.results.recorded import MS, delivery, journal, operation


def write(value: int, sent: int, done: int, outcome: Outcome = Outcome.OK, register: int = 1) -> NDArray[np.void]:
    return operation(sent, sent, done, outcome, register=register, value=value)


def ages_ms(*records: NDArray[np.void]) -> list[int]:
    return sorted(age // MS for age in stale_ages(Pushed.of(journal(*records))).tolist())


def test_a_stale_token_is_as_old_as_the_first_acknowledgement_after_it() -> None:
    records = (write(7, 0, 10), write(8, 20, 50), write(9, 60, 70))

    assert ages_ms(*records, delivery(100, 1, 7), delivery(100, 1, 8), delivery(100, 1, 9)) == [0, 30, 50]


def test_a_push_that_began_before_the_acknowledgement_is_fresh() -> None:
    assert ages_ms(write(7, 0, 10), write(8, 20, 50), delivery(40, 1, 7)) == [0]


def test_overlapping_writes_do_not_supersede_each_other() -> None:
    assert ages_ms(write(7, 0, 30), write(8, 20, 50), delivery(100, 1, 7)) == [0]


def test_a_token_in_doubt_may_have_come_last_and_is_fresh() -> None:
    assert ages_ms(write(7, 0, 10, Outcome.INFO), write(8, 20, 50), delivery(100, 1, 7)) == [0]


def test_only_an_acknowledged_write_supersedes() -> None:
    records = (write(7, 0, 10), write(8, 20, 50, Outcome.INFO), write(9, 20, 50, Outcome.FAIL))

    assert ages_ms(*records, delivery(100, 1, 7)) == [0]


def test_registering_a_token_again_is_no_update() -> None:
    assert ages_ms(write(7, 0, 10), write(7, 20, 30), write(8, 40, 50), delivery(80, 1, 7)) == [30]


def test_writes_of_another_register_do_not_matter() -> None:
    assert ages_ms(write(7, 0, 10), write(8, 20, 50, register=2), delivery(100, 1, 7)) == [0]


def test_what_was_not_delivered_or_not_minted_has_no_age() -> None:
    assert ages_ms(write(7, 0, 10), delivery(100, 1, ABSENT), delivery(100, 1, -2)) == []


def by_definition(writes: list[tuple[int, int, int, int]], register: int, value: int, sent: int) -> int:
    mine = [write for write in writes if write[0] == register]
    ended = [done for _, of, _, done in mine if of == value]
    later = [done for _, of, begun, done in mine if of != value and ended and begun > max(ended)]
    return max(0, sent - min(later)) if later else 0


writes_of = st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 40), st.integers(0, 20)).map(
    lambda write: (write[0], write[1], write[2], write[2] + write[3])
)


@given(st.lists(writes_of, max_size=12), st.integers(1, 3), st.integers(1, 4), st.integers(0, 80))
def test_the_sweep_agrees_with_the_definition(
    writes: list[tuple[int, int, int, int]], register: int, value: int, sent: int
) -> None:
    records = [write(of, begun, done, register=at) for at, of, begun, done in writes]

    assert ages_ms(*records, delivery(sent, register, value)) == [by_definition(writes, register, value, sent)]


def test_the_distribution_of_a_small_run_is_exactly_this() -> None:
    records = journal(
        *(write(7, 0, 10), write(8, 20, 50), write(8, 52, 55), write(9, 60, 70)),
        *(delivery(100, 1, 9), delivery(100, 1, 7), delivery(60, 1, 7), delivery(100, 1, 8), delivery(100, 1, -2)),
    )

    assert Staleness.of(Pushed.of(records)) == Staleness(
        delivered=4,
        stale=3,
        age_ms=Spread(p50=10.0, p90=50.0, p99=50.0, p999=50.0, max=50.0),
        stale_age_ms=Spread(p50=30.0, p90=50.0, p99=50.0, p999=50.0, max=50.0),
        writes_skipped=Spread(p50=1.0, p90=2.0, p99=2.0, p999=2.0, max=2.0),
    )


def test_pushes_that_were_all_fresh_have_an_age_of_nothing_and_skipped_no_write() -> None:
    found = Staleness.of(Pushed.of(journal(write(7, 0, 10), delivery(100, 1, 7))))

    assert found is not None
    assert (found.delivered, found.stale, found.age_ms.max) == (1, 0, 0.0)
    assert (found.stale_age_ms, found.writes_skipped) == (None, None)


def test_a_run_without_a_delivery_has_no_staleness() -> None:
    assert Staleness.of(Pushed.of(journal(write(7, 0, 10), delivery(100, 1, ABSENT)))) is None


def skipped_by_definition(writes: list[tuple[int, int, int, int]], register: int, value: int, sent: int) -> int:
    mine = [write for write in writes if write[0] == register]
    own = max((done for _, of, _, done in mine if of == value), default=-1)
    return len({of for _, of, begun, done in mine if begun > own and done < sent})


@given(st.lists(writes_of, max_size=14), st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 80))))
def test_the_writes_skipped_are_those_of_the_definition(
    writes: list[tuple[int, int, int, int]], pushes: list[tuple[int, int, int]]
) -> None:
    written = {(at, of) for at, of, _, _ in writes}
    pushes = [push for push in pushes if push[:2] in written]  # a token is stale only if it was acknowledged
    records = [write(of, begun, done, register=at) for at, of, begun, done in writes]
    records += [delivery(sent, at, of) for at, of, sent in pushes]

    found = writes_skipped(Pushed.of(journal(*records)), np.ones(len(pushes), np.bool_)).tolist()

    assert found == [skipped_by_definition(writes, at, of, sent) for at, of, sent in pushes]


def test_no_push_has_no_age() -> None:
    assert stale_ages(Pushed.of(write(1, 0, 1))).tolist() == []
    assert Call.DELIVERY not in write(1, 0, 1)["call"]
