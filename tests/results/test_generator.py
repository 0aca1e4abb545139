"""Whether the generator kept up is said, whether or not a gate depends on it."""

from typing import Any

from results.gates import Evidence
from results.generator import Generator
from results.verdict import Verdict
from tests.results.recorded import arrival, journal, load, operation, run, stall, taken


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


def late(**fields: Any) -> str:  # noqa: ANN401 - a run's
    records = fields.pop("records", journal())
    late = journal(*(operation(0, 40, 60) for _ in range(100)), records)
    (why,) = Generator.of(Evidence(run(**fields), late), []).why
    return why.partition(": ")[2].partition(": ")[2]


def test_a_generator_that_is_the_limit_says_how_many_cores_are_idle() -> None:
    host = {"embedded": False, "machine": {"cores": 4}}
    assert late(**host) == "use more processes (--processes 4: 2 of 4 cores had nothing to do) or a lower rate."
    assert late(**host | {"load": load(workers=4)}) == "use a lower rate, or more cores: the generator had all 4."


def test_of_the_cores_of_other_machines_nothing_is_known() -> None:
    host = {"embedded": False, "machine": {"cores": 4}, "load": load(workers=4, clocks={"2": [5, 1]})}
    assert late(**host) == "use more processes or a lower rate."


def test_the_embedded_backend_has_a_core_too() -> None:
    own = {"machine": {"cores": 4}, "options": {"backend_processes": "2"}}
    assert late(**own) == "use a lower rate, or more cores: the generator and the embedded backend had all 4."
    assert (
        late(machine={"cores": 4})
        == "use more processes (--processes 3: 1 of 4 cores had nothing to do) or a lower rate."
    )


def test_a_generator_whose_cpu_others_had_is_not_told_to_use_more_processes() -> None:
    busy = [taken(at, at + 49, 10) for at in range(0, 1000, 25)]  # of two workers
    assert late(records=journal(*busy), machine={"cores": 64}) == (
        "others had the CPU for 20% of the load, so use a machine that is less busy, or a lower rate."
    )


def test_what_was_sent_late_is_counted() -> None:
    records = journal(operation(0, 10, 20), operation(0, 11, 20), operation(0, 40, 60))
    assert Evidence(run(), records).operations.late == 2


def unsent(arrivals: int, nobody: int) -> str:
    records = journal(operation(0, 1, 30), *[arrival(0)] * arrivals)
    (why,) = Generator.of(Evidence(run(load=load(nobody=nobody)), records), []).why
    return why


def test_who_found_nobody_to_live_a_scenario_is_told_to_use_more_devices() -> None:
    assert unsent(3, nobody=3) == (
        "The generator could not send 3 of 4 operations offered: "
        "nobody was free who could live their scenario, so use more devices."
    )
    assert unsent(3, nobody=2) == (
        "The generator could not send 3 of 4 operations offered: nobody was free for 2 of them who could live their "
        "scenario, so use more devices; for the others use more processes or a lower "
        "rate; or, where answers take long, more than --max-in-flight."
    )


def test_a_stall_after_the_load_and_its_last_answer_is_none_of_its_health() -> None:
    operations = [operation(0, 1, 30), operation(900, 901, 1200)]  # the load takes a second
    during = journal(*operations, stall(400, 410), stall(1100, 1103))
    after = journal(during, stall(1300, 1700))
    found = [Generator.of(Evidence(run(load=load()), records), []) for records in (during, after)]
    assert [(each.stalls, each.max_stall_ms) for each in found] == [(2, 10.0)] * 2
    alone = Evidence(run(load=load()), journal(operation(0, 1, 2), stall(900, 910), stall(1300, 1700)))
    assert Generator.of(alone, []).max_stall_ms == 10.0
