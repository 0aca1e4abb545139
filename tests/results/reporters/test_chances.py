from results.anomalies import ANOMALIES
from results.reporters.chances import CHANCES, chance_said, chances_said
from tests.results.checker.journal import Journal


def test_every_chance_that_the_judge_counts_is_told_in_plain_words() -> None:
    counted = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).judged().coverage

    assert set(CHANCES) == set(counted)
    assert {chance for anomaly in ANOMALIES.values() for chance in anomaly.chances} <= set(CHANCES)


def test_a_chance_is_said_with_its_number() -> None:
    assert chance_said("pushes", 1) == "1 push"
    assert chance_said("replacements_read_back", 1200) == "1,200 tokens replaced, then read back"
    assert chance_said("something_new", 2) == "2 something new"


def test_chances_that_a_run_did_not_have_are_not_said() -> None:
    assert chances_said({"deliveries": 0, "two_type_tokens_read": 3}) == ["3 tokens read of phones with two push types"]
    assert chances_said({"deliveries": 0}) == []
