"""Every gate, and everything it can come to."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from results.gates import Evidence, Finding, judge, parse_gates, with_defaults
from results.gates.errors import NO_SOCKET
from results.generator import Generator
from results.journal.record import Call, Outcome
from results.run import Names
from results.verdict import Verdict
from simulator.client import Fault
from tests.results.recorded import IOS, arrival, delivery, journal, load, operation, operations, run, stall, taken

PASS, VIOLATED, UNKNOWN = Verdict.PASS, Verdict.VIOLATED, Verdict.UNKNOWN


def found(expression: str, records: NDArray[np.void], **of_the_run: Any) -> Finding:  # noqa: ANN401 - as Run takes them
    return judge(parse_gates([expression]), Evidence(run(**of_the_run), records))[0]


def test_a_quantile_below_its_limit_passes() -> None:
    assert found("p50(subscribe) < 25ms", operations(10, 20, 30)) == Finding(
        "p50(subscribe) < 25ms", 20.0, PASS, "", "ms", 25.0
    )


def test_the_limit_itself_is_not_below_the_limit() -> None:
    assert found("max(subscribe) < 30ms", operations(10, 30)).verdict is VIOLATED
    assert found("max(subscribe) <= 30ms", operations(10, 30)).verdict is PASS


def test_a_gate_is_measured_in_its_own_unit() -> None:
    assert [found(f"max(subscribe) < {limit}", operations(30)).measured for limit in ("1s", "99ms", "9us", "9ns")] == [
        0.03,
        30.0,
        30_000.0,
        30_000_000.0,
    ]


def test_a_slow_backend_violates_a_gate_on_latency() -> None:
    assert found("p99(subscribe) < 25ms", operations(10, 30)) == Finding(
        "p99(subscribe) < 25ms",
        30.0,
        VIOLATED,
        "Measured 30 ms, and 30 ms without the generator's own delay.",
        "ms",
        25.0,
    )


def test_a_gate_is_on_the_response_time_and_not_on_the_service_time() -> None:
    late = operation(0, 40, 50)

    assert found("max(subscribe) < 60ms", late).measured == 50.0


def test_a_late_generator_makes_a_gate_unknown_and_never_violated() -> None:
    late = operation(0, 40, 50)

    finding = found("max(subscribe) < 25ms", late)

    assert (finding.verdict, finding.measured, finding.delayed) == (UNKNOWN, 50.0, True)
    assert finding.why == (
        "Measured 50 ms, but 10 ms without the generator's own delay, which decides here: "
        "use more processes or a lower rate."
    )


def test_a_stall_while_waiting_for_the_answer_is_the_generators_too() -> None:
    assert found("max(subscribe) < 25ms", journal(operations(50), stall(10, 45))).verdict is UNKNOWN


def test_a_cpu_that_others_had_meanwhile_is_not_the_backends_fault() -> None:
    lost = [taken(at, at + 49, 30) for at in range(0, 100, 50)]
    assert found("max(subscribe) < 25ms", journal(operations(80), *lost)).verdict is UNKNOWN
    assert found("max(subscribe) < 15ms", journal(operations(80), *lost)).verdict is VIOLATED


def test_a_backend_slow_even_without_the_stall_violates() -> None:
    assert found("max(subscribe) < 25ms", journal(operations(50), stall(10, 20))).verdict is VIOLATED


def test_a_stall_elsewhere_excuses_nothing() -> None:
    assert found("max(subscribe) < 25ms", journal(operations(50), stall(60, 900))).verdict is VIOLATED


def test_arrivals_not_sent_may_hide_the_slow_ones() -> None:
    finding = found("p50(subscribe) < 25ms", journal(operations(10, 20, 30), *[arrival(0)] * 3))

    assert (finding.verdict, finding.measured) == (UNKNOWN, 20.0)
    assert finding.why == (
        "3 arrivals were never sent, enough to hide a slower p50: use more processes or a lower rate; "
        "or, where answers take long, more than --max-in-flight."
    )


def test_arrivals_that_found_nobody_ask_for_more_devices() -> None:
    finding = found("p50(subscribe) < 25ms", journal(operations(10), *[arrival(0)] * 3), load=load(nobody=3))
    assert finding.why == (
        "3 arrivals were never sent, enough to hide a slower p50: "
        "nobody was free who could live their scenario, so use more devices."
    )


def test_too_few_arrivals_not_sent_to_matter_leave_a_pass() -> None:
    assert found("p50(subscribe) < 25ms", journal(operations(10, 20, 20, 30), arrival(0))).verdict is PASS


def test_a_single_arrival_not_sent_may_be_the_slowest() -> None:
    assert found("max(subscribe) < 99ms", journal(operations(10), arrival(0))).verdict is UNKNOWN


def test_a_gate_without_data_is_unknown() -> None:
    gates = ("p99(unsubscribe) < 1s", "p99(subscribe/fcm) < 1s")

    assert [found(gate, operations(10)) for gate in gates] == [
        Finding(gates[0], None, UNKNOWN, "No unsubscribe operation was answered.", "s", 1.0),
        Finding(gates[1], None, UNKNOWN, "No subscribe/fcm operation was answered.", "s", 1.0),
    ]
    nothing = journal()
    assert found("errors < 1%", nothing).why == "No operation was recorded."
    assert found("throughput > 1/s", nothing).why == "No operation was recorded."
    assert found("stale_age_p99 < 1s", nothing).why == "No push was delivered: read back with push during the run."
    assert {found(gate, nothing).verdict for gate in ("errors < 1%", "throughput > 1/s", "stale_age_p99 < 1s")} == {
        UNKNOWN
    }


def test_gates_on_a_type_look_at_that_type_alone() -> None:
    records = journal(operations(10), operations(99, register=4))

    assert [found(f"max({label}) < 1s", records).measured for label in ("subscribe/ios", "subscribe/fcm")] == [
        0.01,
        0.099,
    ]


def test_a_run_cut_off_shows_its_figures_and_decides_nothing() -> None:
    gates = ("p99(subscribe) < 1s", "throughput > 1/s", "errors < 1%", "stale_age_p99 < 1s")
    records = journal(operation(0, 0, 500), operation(0, 0, 1000), delivery(5, 1, 1))

    findings = [found(gate, records, load=None) for gate in gates]

    assert [finding.measured for finding in findings] == [1.0, 2.0, 0.0, 0.0]
    assert {finding.verdict for finding in findings} == {UNKNOWN}
    assert findings[0].why == "It cannot be decided: the run was cut off before its load had ended."


def test_lost_workers_take_their_figures_with_them() -> None:
    gates = ("p99(subscribe) < 1s", "p99(subscribe) < 1ms", "throughput > 1/s", "throughput > 99/s", "errors < 1%")

    findings = [found(gate, operations(10, 10), load=load(workers_lost=1)) for gate in gates]

    assert {finding.verdict for finding in findings} == {UNKNOWN}
    assert findings[0].why == "It cannot be decided: 1 of 2 workers was lost with their figures."


def test_scenarios_that_broke_off_leave_gates_unknown() -> None:
    finding = found("errors < 1%", operations(10), load=load(broken=["ValueError: no token"]))

    assert finding.why == "Errors may be missing: scenarios broke off, which none may (ValueError: no token)."


def test_errors_are_fail_and_info_among_all_operations() -> None:
    records = journal(
        operations(1, 1),
        operation(0, 0, 1, Outcome.FAIL),
        operation(0, 0, 1, Outcome.INFO),
        arrival(0),
        delivery(0, 1, 1),
    )

    assert found("errors < 50%", records) == Finding(
        "errors < 50%", 50.0, VIOLATED, "2 of 4 operations ended in an error (50 %).", "%", 50.0
    )
    assert found("errors <= 50%", records).verdict is PASS


@pytest.mark.parametrize(
    ("gate", "verdict"), [("errors < 20%", UNKNOWN), ("errors < 5%", VIOLATED), ("errors < 90%", PASS)]
)
def test_calls_that_had_no_socket_accuse_nobody_but_the_generator(gate: str, verdict: Verdict) -> None:
    assert Fault.NO_SOCKET.name.lower() == NO_SOCKET
    names = Names({IOS: "ios"}, ["first-start"], {Fault.NO_SOCKET: NO_SOCKET})
    own = [operation(0, 0, 1, Outcome.FAIL, fault=Fault.NO_SOCKET)] * 10
    records = journal(operations(*[1] * 9), operation(0, 0, 1, Outcome.INFO), *own)  # 1 of 10 were the target's
    finding = found(gate, records, names=names)
    assert finding.verdict is verdict
    if verdict is UNKNOWN:
        assert finding.why == "11 of 20 operations ended in an error (55 %), 10 for want of a socket in the generator."
    (why,) = Generator.of(Evidence(run(names=names), records), []).why
    assert why == (
        "The generator had no socket or port left for 10 of its calls: "
        "let it open more files (ulimit -n), or use more processes."
    )


def test_errors_that_happened_stay_violations_though_workers_were_lost() -> None:
    records = operation(0, 0, 1, Outcome.FAIL)

    assert found("errors < 1%", records, load=load(workers_lost=1)).verdict is VIOLATED
    assert found("errors < 1%", records, load=None, embedded=False).verdict is VIOLATED


def test_errors_of_a_backend_that_ended_with_its_run_accuse_nobody() -> None:
    records = journal(operations(10), operation(0, 0, 10, Outcome.FAIL))

    assert found("errors < 1%", records, load=None) == Finding(
        "errors < 1%",
        50.0,
        UNKNOWN,
        "1 of 2 operations ended in an error (50 %), some perhaps for no fault of the target: the embedded backend "
        "ends with a run that is killed.",
        "%",
        1.0,
    )
    died = load(deaths=["The embedded backend ended in mid-run (exit code -9)."])
    assert found("errors < 1%", records, load=died).verdict is UNKNOWN
    assert found("errors < 1%", records, load=died, embedded=False).verdict is VIOLATED


def test_throughput_counts_what_ended_well_while_the_load_went_on() -> None:
    drained = operation(900, 900, 1500)
    records = journal(operations(10, 20, 30), operation(0, 0, 40, Outcome.INFO), drained)

    assert found("throughput > 2/s", records) == Finding("throughput > 2/s", 3.0, PASS, "", "/s", 2.0)


def test_a_backend_that_was_asked_enough_violates_a_gate_on_throughput() -> None:
    records = journal(operations(10, 20), *[operation(0, 0, 40, Outcome.INFO)] * 4)

    finding = found("throughput > 5/s", records)

    assert (finding.verdict, finding.why) == (VIOLATED, "Measured 2/s.")


def test_a_backend_that_was_never_asked_enough_violates_nothing() -> None:
    finding = found("throughput > 5/s", operations(10, 20))

    assert (finding.verdict, finding.measured) == (UNKNOWN, 2.0)
    assert finding.why == "Only 2 operations a second were sent: offer more than the limit, or use more processes."


def test_a_closed_generator_asks_as_fast_as_it_is_answered() -> None:
    assert found("throughput > 5/s", operations(10, 20), model="closed").verdict is VIOLATED


def test_the_age_of_pushed_tokens_is_over_all_of_them() -> None:
    records = journal(
        operation(0, 0, 10, value=7), operation(20, 20, 30, value=8), delivery(530, 1, 7), *[delivery(530, 1, 8)] * 9
    )

    assert found("stale_age_p90 < 400ms", records).verdict is PASS
    assert found("stale_age_max < 400ms", records) == Finding(
        "stale_age_max < 400ms", 500.0, VIOLATED, "Measured 500 ms.", "ms", 400.0
    )


def test_an_errors_gate_is_there_unless_another_is_asked_for() -> None:
    latency, lenient = parse_gates(["p99(subscribe) < 1s", "errors < 5%"])

    assert [str(gate) for gate in with_defaults([latency])] == ["p99(subscribe) < 1s", "errors < 0.1%"]
    assert with_defaults([latency, lenient]) == [latency, lenient]


def test_refused_connections_are_errors_but_no_answers() -> None:
    refused = operation(0, 0, 0, Outcome.FAIL, status=0, call=Call.UNSUBSCRIBE)

    assert found("errors < 1%", refused).measured == 100.0
    assert found("p99(unsubscribe) < 1s", refused).verdict is UNKNOWN
