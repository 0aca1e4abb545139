from pathlib import Path

import pytest

from results import anomalies
from results.anomalies import ANOMALIES, classify
from results.checker.coverage import CHANCES
from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.rule import Rule

IDS = {
    "lost_update",
    "stale_push",
    "resurrected_token",
    "missing_device",
    "duplicate_subscription",
    "duplicate_delivery",
    "ghost_token",
    "cross_user_leak",
    "old_owner_push",
    "wrong_type_delivery",
    "zombie_write",
    "flapping",
    "rejected_write_applied",
    "contract_breach",
}


def test_the_ids_are_those_of_the_summary_schema() -> None:
    assert set(ANOMALIES) == IDS


def test_every_file_is_an_anomaly_of_its_name() -> None:
    files = {path.stem for path in Path(anomalies.__file__).parent.glob("[!_]*.py")}

    assert files == {anomaly.id for anomaly in ANOMALIES.values()}


def test_no_two_anomalies_contend_for_one_precedence() -> None:
    assert len({anomaly.precedence for anomaly in ANOMALIES.values()}) == len(ANOMALIES)


@pytest.mark.parametrize("name", sorted(IDS))
def test_every_chance_is_one_that_the_judge_counts(name: str) -> None:
    assert ANOMALIES[name].chances
    assert set(ANOMALIES[name].chances) <= {*CHANCES, "answers", "refusals_due", "two_type_tokens_read"}


def test_a_late_delete_is_no_anomaly() -> None:
    read = Fact(8, 0, 0, 0, 0, -1, -1, 0, 0, -1, 0, 0, 0, 0)

    assert classify(Evidence(Rule.LATE_DELETE, 0, (read,))) is None
