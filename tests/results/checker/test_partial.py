"""What parts of a run come to, written out: verdict, reasons, examples, and what was never exercised."""

from dataclasses import replace

import pytest

from results.anomalies import ANOMALIES
from results.checker.doubt import Doubt
from results.checker.partial import Partial, Told
from results.judgement import Example, Sighting
from results.verdict import Verdict

PLAIN = Partial(total=10, coverage={"subscribes": 9, "deletes": 1, "reads": 10})


def example(anomaly: str, text: str) -> Example:
    return Example(anomaly, "ios/dev-0042", text)


@pytest.mark.parametrize(
    ("partial", "read_back", "verdict", "reasons"),
    [
        (PLAIN, True, "pass", []),
        (replace(PLAIN, coverage={"deletes": 1, "reads": 1}), True, "pass", []),
        (
            replace(PLAIN, coverage={"subscribes": 1}),
            True,
            "unknown",
            ["Nothing was read back, so nothing shows what the backend holds."],
        ),
        (
            replace(PLAIN, coverage={"reads": 1}),
            True,
            "unknown",
            ["No subscribe or unsubscribe was acknowledged, so there is nothing that the backend must hold."],
        ),
        (
            PLAIN,
            False,
            "unknown",
            ["No read-back ran to its end, so what the backend holds at last is not known."],
        ),
        (
            replace(PLAIN, unknown=3, doubts={"NEVER_READ": 1, "DEAD": 2}),
            True,
            "unknown",
            [
                f"2 of 10 registers cannot be judged: {Doubt.DEAD}.",
                f"1 of 10 registers cannot be judged: {Doubt.NEVER_READ}.",
            ],
        ),
        (
            replace(PLAIN, violated=3, unknown=1, anomalies={"lost_update": 1, "stale_push": 2}, doubts={"LATE": 1}),
            False,
            "violated",
            [
                "stale_push was found in 2 of 10 registers.",
                "lost_update was found in 1 of 10 registers.",
                "No read-back ran to its end, so what the backend holds at last is not known.",
                f"1 of 10 registers cannot be judged: {Doubt.LATE}.",
            ],
        ),
        (
            replace(PLAIN, anomalies={"contract_breach": 4}, coverage={**PLAIN.coverage, "answers": 50}),
            True,
            "violated",
            ["contract_breach was found in 4 of 50 answers."],
        ),
        (Partial(), True, "unknown", ["No operation went out for any register, and no data is no verdict."]),
    ],
)
def test_what_a_run_comes_to_is_exactly_this(
    partial: Partial, *, read_back: bool, verdict: str, reasons: list[str]
) -> None:
    found = partial.judgement(began=0, read_back=read_back, ended=lambda _: 0)

    assert (found.verdict, found.reasons) == (Verdict(verdict), reasons)
    assert (found.total, found.judged) == (partial.total, partial.total - partial.unknown)


def test_what_had_no_chance_is_not_exercised_unless_it_was_found_all_the_same() -> None:
    found = Partial(anomalies={"flapping": 1}).judgement(began=0, read_back=True, ended=lambda _: 0)

    assert found.not_exercised == sorted(ANOMALIES.keys() - {"flapping"})
    assert found.anomalies == {**dict.fromkeys(ANOMALIES, 0), "flapping": 1}


def test_parts_are_counted_together_and_of_their_examples_the_worst_are_kept() -> None:
    one = Partial(
        total=2,
        violated=1,
        unknown=1,
        doubts={"DEAD": 1},
        anomalies={"lost_update": 1},
        coverage={"reads": 3},
        examples={"lost_update": [Told((-5, 1), example("lost_update", "c"))]},
        proven={"lost_update": (200, 500)},
    )
    other = Partial(
        total=40,
        violated=30,
        unknown=2,
        doubts={"DEAD": 1, "LATE": 1},
        anomalies={"lost_update": 29, "flapping": 1},
        coverage={"reads": 4, "deletes": 1},
        examples={
            "lost_update": [Told((-9, 1), example("lost_update", "a")), Told((-5, 1), example("lost_update", "b"))],
            "flapping": [Told((0, 0), example("flapping", "d"))],
        },
        proven={"lost_update": (100, 300), "flapping": (7, 8)},
    )

    assert Partial.merged([one, other]) == Partial(
        total=42,
        violated=31,
        unknown=3,
        doubts={"DEAD": 2, "LATE": 1},
        anomalies={"lost_update": 30, "flapping": 1},
        coverage={"reads": 7, "deletes": 1},
        examples={
            "lost_update": [
                Told((-9, 1), example("lost_update", "a")),
                Told((-5, 1), example("lost_update", "c")),
                Told((-5, 1), example("lost_update", "b")),
            ],
            "flapping": [Told((0, 0), example("flapping", "d"))],
        },
        proven={"lost_update": (100, 500), "flapping": (7, 8)},
    )


def test_examples_come_by_severity_and_sightings_count_from_the_runs_beginning() -> None:
    several = Partial(
        examples={name: [Told((0,), example(name, name))] for name in sorted(ANOMALIES, reverse=True)},
        proven={"lost_update": (3_000_000_000, 4_500_000_000)},
    )
    found = several.judgement(began=1_000_000_000, read_back=True, ended=lambda moment: moment // 10**9)

    ordered = [ANOMALIES[one.anomaly] for one in found.examples]
    assert len(ordered) == len(ANOMALIES)
    assert ordered == sorted(ordered, key=lambda one: (one.severity, one.precedence))
    assert found.seen == {"lost_update": Sighting(2.0, 3.5, 3)}
