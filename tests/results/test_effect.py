import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from results.effect import TimeToEffect, times_to_effect
from results.journal.record import Outcome
from results.latency import Spread
from results.pushed import Pushed
from tests.results.recorded import MS, delivery, journal, operation

NEVER = np.iinfo(np.int64).max // MS


def of(records: NDArray[np.void]) -> TimeToEffect | None:
    return TimeToEffect.of(Pushed.of(records))


def write(value: int, sent: int, done: int, outcome: Outcome = Outcome.OK, register: int = 1) -> NDArray[np.void]:
    return operation(sent, sent, done, outcome, register=register, value=value)


def test_it_runs_from_the_acknowledgement_to_the_first_receipt_on_the_new_token() -> None:
    records = journal(
        *(write(7, 0, 10), write(8, 20, 50), write(8, 60, 61), write(9, 70, 80), write(7, 0, 10, register=2)),
        *(delivery(30, 1, 7), delivery(95, 1, 7), delivery(195, 1, 8), delivery(295, 1, 8), delivery(20, 2, 7)),
    )

    # g8 was acknowledged at 50 and received at 200; nobody was ever pushed to on g9
    assert of(records) == TimeToEffect(2, 1, Spread(*[150.0] * 5))


def test_the_first_token_of_a_register_replaces_none() -> None:
    assert of(journal(write(7, 0, 10), delivery(20, 1, 7))) is None


def test_what_was_never_pushed_to_is_not_counted() -> None:
    assert of(journal(write(7, 0, 10), write(8, 20, 30))) is None
    assert of(journal(delivery(20, 1, 7))) is None


def test_a_push_that_arrived_before_the_acknowledgement_took_no_time() -> None:
    found = of(journal(write(7, 0, 10), write(8, 20, 50), delivery(30, 1, 8)))

    assert found == TimeToEffect(1, 1, Spread(*[0.0] * 5))


def test_only_acknowledged_rotations_count() -> None:
    records = journal(write(7, 0, 10), write(8, 20, 50, Outcome.INFO), write(9, 20, 50, Outcome.FAIL))

    assert of(journal(records, delivery(60, 1, 7), delivery(70, 1, 8))) is None


def by_definition(writes: list[tuple[int, int, int, int]], pushes: list[tuple[int, int, int]]) -> list[int]:
    found = []
    pushed = {at for at, _, _ in pushes}
    for token in sorted({(at, of) for at, of, _, _ in writes if at in pushed}):
        mine = [write for write in writes if write[:2] == token]
        first = min(begun for at, _, begun, _ in writes if at == token[0])
        if min(begun for _, _, begun, _ in mine) > first:
            received = min((sent + 5 for at, of, sent in pushes if (at, of) == token), default=None)
            acknowledged = min(done for _, _, _, done in mine)
            found.append(NEVER if received is None else max(0, received - acknowledged))
    return found


tokens = (st.integers(1, 3), st.integers(1, 4))
writes_of = st.tuples(*tokens, st.integers(0, 40), st.integers(0, 20)).map(lambda at: (*at[:3], at[2] + at[3]))


@given(st.lists(writes_of, min_size=1, max_size=14), st.lists(st.tuples(*tokens, st.integers(0, 80)), max_size=8))
def test_the_times_are_those_of_the_definition(
    writes: list[tuple[int, int, int, int]], pushes: list[tuple[int, int, int]]
) -> None:
    records = [write(of, begun, done, register=at) for at, of, begun, done in writes]
    records += [delivery(sent, at, of) for at, of, sent in pushes]

    assert (times_to_effect(Pushed.of(journal(*records))) // MS).tolist() == by_definition(writes, pushes)
