import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

import results
from results.anomalies import ANOMALIES
from results.gates import parse_gates
from results.journal.record import Call, Cause, Outcome
from results.judgement import Judgement, Sighting
from results.reporters.meanings import MEANINGS
from results.run import Stage
from results.summary import Summary, summarise
from results.verdict import Verdict
from tests.results.recorded import (
    BEGAN,
    arrival,
    delivery,
    journal,
    judged,
    load,
    operation,
    operations,
    run,
    stall,
    taken,
    violated,
)

SCHEMA = json.loads((Path(results.__file__).parent / "schema" / "summary.schema.json").read_bytes())
FULL = "use more processes or a lower rate; or, where answers take long, more than --max-in-flight"
HIDDEN = f"1 arrival was never sent, enough to hide a slower p99: {FULL}."
COVERED = "Looked for and not found: contract breach, lost update, stale push, zombie write."
UNREAD = judged(verdict=Verdict.UNKNOWN, judged=8, unknown=2, reasons=["2 registers were never read."])


def plain(summary: Summary) -> dict[str, Any]:
    """What a machine reads of a summary; it must be as the schema says."""
    found = json.loads(json.dumps(summary.as_dict()))
    Draft202012Validator(SCHEMA).validate(found)
    return found  # type: ignore[no-any-return]


def of(judgement: Judgement, *gates: str, records: Any = None, **of_the_run: Any) -> Summary:  # noqa: ANN401 - as Run takes them
    return summarise(
        run(**of_the_run), operations(10, 20) if records is None else records, judgement, parse_gates(gates)
    )


def spread(value: float) -> dict[str, float]:
    return dict.fromkeys(("p50", "p90", "p99", "p999", "max"), value)


def no_class(severity: int, **chances: int) -> dict[str, Any]:
    """A class of anomaly that was looked for and not found."""
    return {
        "severity": severity,
        "found": 0,
        "first": None,
        "last": None,
        "exercised": True,
        "chances": chances,
    }


SMALL = {
    "schema": 1,
    "verdict": "unknown",
    "headline": (
        "UNKNOWN. All 10 registers hold what the phones were told they hold. "
        "Looked for and not found: contract breach, lost update, stale push, zombie write. "
        "1 of 2 gates is undecided: p99(subscribe) < 250ms."
    ),
    "reasons": [
        f"p99(subscribe) < 250ms is unknown. {HIDDEN}",
        f"The generator could not send 1 of 3 operations offered: {FULL}.",
    ],
    "warnings": [],
    "run": {
        "id": "run-1",
        "started": "2026-11-24T09:30:12Z",
        "seconds": 1.0,
        "target": "http://127.0.0.1:8080",
        "devices": 40,
        "seed": 5,
        "versions": {"pushfleet": "0.1.0"},
        "sdk": "none",
    },
    "correctness": {
        "verdict": "pass",
        "registers": {"total": 10, "judged": 10, "unknown": 0},
        "anomalies": {"contract_breach": 0, "lost_update": 0, "stale_push": 0, "zombie_write": 0},
        "examples": [],
        "coverage": {"overlapping_posts": 4},
        "not_exercised": [],
        "seen": {},
        "classes": {
            "lost_update": no_class(2, replacements_read_back=0),
            "stale_push": no_class(2, replacements_pushed=0),
            "contract_breach": no_class(3, answers=0, refusals_due=0),
            "zombie_write": no_class(3, superseded_info_writes=0),
        },
    },
    "operations": {
        "total": 2,
        "ok": 1,
        "fail": 0,
        "info": 1,
        "due": 0,
        "by_kind": {
            "subscribe": {"total": 1, "ok": 1, "fail": 0, "info": 0, "due": 0},
            "unsubscribe": {"total": 1, "ok": 0, "fail": 0, "info": 1, "due": 0},
            "push": {"total": 0, "ok": 0, "fail": 0, "info": 0, "due": 0},
        },
        "faults": {"timeout": 1},
    },
    "latency_ms": {
        label: {"count": 1, "service": spread(service), "response": spread(response), "send_lag": spread(lag)}
        for label, service, response, lag in (
            ("subscribe", 8.0, 10.0, 2.0),
            ("subscribe/ios", 8.0, 10.0, 2.0),
            ("unsubscribe", 7.0, 7.0, 0.0),
            ("unsubscribe/ios", 7.0, 7.0, 0.0),
        )
    },
    "throughput": {"per_second": 1.0, "sent_per_second": 2.0, "offered": 3, "not_sent": 1, "arrivals": 3, "late": 0},
    "gates": [
        {
            "gate": "correctness",
            "measured": 0.0,
            "verdict": "pass",
            "why": "",
            "unit": "anomalies",
            "limit": 0.0,
            "delayed": False,
        },
        {
            "gate": "p99(subscribe) < 250ms",
            "measured": 10.0,
            "verdict": "unknown",
            "why": HIDDEN,
            "unit": "ms",
            "limit": 250.0,
            "delayed": False,
        },
        {
            "gate": "errors < 60%",
            "measured": 50.0,
            "verdict": "pass",
            "why": "",
            "unit": "%",
            "limit": 60.0,
            "delayed": False,
        },
    ],
    "generator": {
        "verdict": "unknown",
        "max_stall_ms": 55.0,
        "cpu_percent": 40.0,
        "workers": 2,
        "workers_lost": 0,
        "stalls": 1,
        "stalled_ms": 55.0,
        "collected_ms": 20.0,
        "longest_collection_ms": 20.0,
        "taken_ms": 7.5,
        "why": [f"The generator could not send 1 of 3 operations offered: {FULL}."],
    },
    "staleness": {"delivered": 1, "stale": 0, "age_ms": spread(0.0), "stale_age_ms": None, "writes_skipped": None},
    "time_to_effect": None,
    "phases": [],
    "scenarios": {
        "first-start": {
            "operations": {"total": 2, "ok": 1, "fail": 0, "info": 1, "due": 0},
            "latency_ms": {
                label: {"count": 1, "service": spread(service), "response": spread(response), "send_lag": spread(lag)}
                for label, service, response, lag in (("subscribe", 8.0, 10.0, 2.0), ("unsubscribe", 7.0, 7.0, 0.0))
            },
            "not_sent": 1,
            "began_s": 0.0,
            "over_s": 0.107,
            "backlog": {"most": 1, "at_s": 0.0},
        }
    },
    "networks": {},
    "sdks": {},
}


def test_the_summary_of_a_small_run_is_exactly_this() -> None:
    records = journal(
        operation(0, 2, 10),
        operation(100, 100, 107, Outcome.INFO, call=Call.UNSUBSCRIBE, fault=1, status=0),
        stall(40, 90),
        stall(60, 95),
        stall(50, 70, Cause.COLLECTION),
        taken(200, 250, 15),
        arrival(990),
        delivery(50, 1, 1),
    )

    summary = of(judged(), "p99(subscribe) < 250ms", "errors < 60%", records=records, load=load(offered=3))

    assert plain(summary) == SMALL


def test_a_pass_has_no_reasons() -> None:
    summary = of(judged(), "p99(subscribe) < 250ms")

    assert (summary.verdict, summary.reasons, summary.generator.verdict) == (Verdict.PASS, [], Verdict.PASS)
    held = "All 10 registers hold what the phones were told they hold."
    assert summary.headline == f"PASS. {held} {COVERED} All 2 gates are met."


def test_violated_outranks_unknown_and_comes_first() -> None:
    summary = of(violated(), "p99(subscribe) < 15ms", "p99(unsubscribe) < 15ms", "max(unsubscribe) < 15ms")

    assert summary.verdict is Verdict.VIOLATED
    assert summary.reasons == [
        "2 registers hold an older token.",
        "p99(subscribe) < 15ms is violated. Measured 20 ms, and 20 ms without the generator's own delay.",
        "p99(unsubscribe) < 15ms, max(unsubscribe) < 15ms are unknown. No unsubscribe operation was answered.",
    ]


def test_a_violated_gate_comes_before_an_unknown_correctness() -> None:
    summary = of(UNREAD, "max(subscribe) < 15ms")

    assert summary.verdict is Verdict.VIOLATED
    assert [reason[:12] for reason in summary.reasons] == ["max(subscrib", "2 registers "]


def test_unknown_correctness_is_never_green() -> None:
    summary = of(UNREAD)

    assert (summary.verdict, summary.verdict.exit_code) == (Verdict.UNKNOWN, 2)
    assert (summary.gates[0].gate, summary.gates[0].measured) == ("correctness", None)


def test_a_checker_that_gives_no_reason_is_named() -> None:
    summary = of(judged(verdict=Verdict.UNKNOWN))

    assert summary.reasons == ["Correctness is unknown, and the checker did not say why."]


def test_a_gate_decided_by_the_generator_makes_the_generator_unknown() -> None:
    summary = of(judged(), "max(subscribe) < 25ms", records=operation(0, 40, 50))

    assert summary.verdict is Verdict.UNKNOWN
    assert summary.generator.why == [
        "The generator's own delay decides max(subscribe) < 25ms: use more processes or a lower rate.",
        "The generator sent late: p99 of the send lag is 40 ms, of answers 10 ms: use more processes or a lower rate.",
    ]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"load": None}, "Figures are missing: the run was cut off before its load had ended."),
        ({"load": load(workers_lost=2)}, "Figures are missing: 2 of 2 workers were lost with their figures."),
    ],
)
def test_missing_figures_make_the_run_unknown_and_are_said(fields: dict[str, Any], why: str) -> None:
    summary = of(judged(), **fields)

    assert (summary.verdict, summary.generator.why) == (Verdict.UNKNOWN, [why])
    assert summary.reasons[-1] == why


def test_a_run_cut_off_ends_with_its_last_sign_of_life() -> None:
    summary = of(judged(), records=journal(operation(0, 0, 400), stall(400, 500), delivery(9000, 1, 1)), load=None)

    assert (summary.run.seconds, summary.throughput.per_second) == (0.5, 2.0)
    assert (summary.generator.workers, summary.generator.cpu_percent, summary.throughput.arrivals) == (None, None, None)


def test_a_run_without_a_single_record_has_a_summary() -> None:
    summary = of(judged(verdict=Verdict.UNKNOWN, total=0, judged=0), "throughput > 1/s", records=journal(), load=None)

    found = plain(summary)
    assert (found["verdict"], found["latency_ms"], found["throughput"]["per_second"]) == ("unknown", {}, None)


@pytest.mark.parametrize(
    ("judgement", "said"),
    [
        (judged(total=1, judged=1), f"PASS. The 1 register holds what the phones were told they hold. {COVERED}"),
        (
            judged(judged=9, unknown=1),
            "PASS. The 9 registers judged hold what the phones were told they hold; 1 of 10 was not judged. " + COVERED,
        ),
        (violated(), "VIOLATED. Found among 10 registers judged: lost update (2), stale push (1)."),
        (UNREAD, "UNKNOWN. Whether every upsert was right is not known: 2 registers were never read."),
    ],
)
def test_the_headline_says_in_words_what_became_of_correctness(judgement: Judgement, said: str) -> None:
    assert of(judgement).headline == f"{said} The gate errors < 0.1% is met."


def test_a_pass_names_the_classes_that_it_covers_and_those_that_it_does_not() -> None:
    headline = of(judged(not_exercised=["stale_push", "zombie_write"])).headline

    assert (
        "Looked for and not found: contract breach, lost update. Not exercised: stale push, zombie write." in headline
    )


def test_every_class_is_told_by_severity_with_its_chances_and_its_times() -> None:
    judgement = judged(
        verdict=Verdict.VIOLATED,
        found={"stale_push": 3},
        not_exercised=["zombie_write"],
        coverage={"replacements_pushed": 9, "answers": 40},
        seen={"stale_push": Sighting(1.5, 9.25, 100)},
    )

    found = plain(of(judgement))["correctness"]["classes"]

    assert list(found) == ["lost_update", "stale_push", "contract_breach", "zombie_write"]
    assert found["stale_push"] == {
        "severity": 2,
        "found": 3,
        "first": 1.5,
        "last": 9.25,
        "exercised": True,
        "chances": {"replacements_pushed": 9},
    }
    assert found["zombie_write"] == no_class(3, superseded_info_writes=0) | {"exercised": False}


def test_the_headline_names_a_few_of_the_gates_that_are_not_met() -> None:
    headline = of(judged(), *(f"p{n}(subscribe) < 1ms" for n in (50, 60, 70, 80))).headline

    assert headline.startswith("VIOLATED. All 10 registers hold")
    assert headline.endswith(
        "4 of 5 gates are not met: p50(subscribe) < 1ms, p60(subscribe) < 1ms, p70(subscribe) < 1ms and 1 more."
    )


@pytest.mark.parametrize(
    ("offered", "of_the_run", "warned"),
    [
        (230, {}, False),
        (229, {}, True),
        (0, {"model": "closed"}, False),
        (0, {"options": {}}, False),
        (0, {"planned": 0}, False),  # until somebody stopped it
    ],
)
def test_much_less_load_than_was_asked_for_is_told(offered: int, of_the_run: dict[str, Any], warned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    asked: dict[str, Any] = {"planned": 6, "options": {"rate": 60}, **of_the_run}
    warnings = of(judged(), load=load(offered=offered, given=6.0), **asked).warnings
    told = f"{offered:,} people arrived, where some 360 were asked for: workers or users began late. "
    assert warnings == ([told + "Give the load more time, or take fewer processes."] if warned else [])


@pytest.mark.parametrize(("offered", "warned"), [(95, False), (94, True)])
def test_what_was_asked_of_a_shape_is_what_its_stages_asked_for(offered: int, warned: bool) -> None:  # noqa: FBT001 - a parameter of the test
    asked: dict[str, Any] = {"planned": 6, "options": {"rate": 60, "shape": "spike"}}
    stages = [Stage("before", BEGAN, 60.0), Stage("spike", BEGAN, 120.0), Stage("after", BEGAN, 0.0)]
    warnings = of(judged(), load=load(offered=offered, given=6.0), stages=stages, **asked).warnings
    assert [text.partition(":")[0] for text in warnings] == (
        ["94 people arrived, where some 180 were asked for"] if warned else []
    )


def test_no_password_of_an_address_is_kept() -> None:
    assert of(judged(), target="https://me:hunter2@imkit.test/v1").run.target == "https://***@imkit.test/v1"


def test_the_schema_refuses_a_verdict_that_does_not_exist() -> None:
    found = plain(of(judged()))

    for wrong in (
        {**found, "verdict": "green"},
        {**found, "schema": 2},
        {k: v for k, v in found.items() if k != "gates"},
    ):
        with pytest.raises(ValidationError):
            Draft202012Validator(SCHEMA).validate(wrong)


def test_every_anomaly_is_in_the_schema_and_has_a_meaning() -> None:
    known = SCHEMA["properties"]["correctness"]["properties"]["anomalies"]["propertyNames"]["enum"]

    assert set(known) == set(MEANINGS) == set(ANOMALIES)


def test_summing_up_leaves_the_journal_as_it_was() -> None:
    records = operations(30, 20, 10)
    before = records.copy()

    summarise(run(), records, judged(), [])

    assert records.tolist() == before.tolist()
