"""Whether the generator kept up is said, whether or not a gate depends on it."""

from results.gates import Evidence
from results.generator import Generator
from results.verdict import Verdict
from tests.results.recorded import journal, load, operation, run


def health(*times: tuple[int, int, int]) -> Generator:
    records = journal(*(operation(*each) for each in times))
    return Generator.of(Evidence(run(load=load()), records), [])


def test_a_generator_that_sends_on_time_is_well() -> None:
    assert health(*[(0, 1, 30)] * 100).verdict is Verdict.PASS


def test_a_generator_that_people_waited_for_longer_than_for_the_backend_is_not() -> None:
    found = health(*[(0, 1, 30)] * 98, (0, 40, 60), (0, 40, 60))
    assert found.verdict is Verdict.UNKNOWN
    assert found.why == [
        "The generator sent late: p99 of the send lag is 40 ms, of answers 29 ms: use more processes or a lower rate."
    ]


def test_one_late_operation_in_a_hundred_is_not_yet_the_tail() -> None:
    assert health(*[(0, 1, 30)] * 99, (0, 40, 60)).verdict is Verdict.PASS


def test_a_lag_of_the_event_loops_round_is_nothing_to_tell() -> None:
    assert health(*[(0, 10, 11)] * 100).verdict is Verdict.PASS
