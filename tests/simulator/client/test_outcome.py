import pytest

from results.journal import record
from simulator.client.outcome import FIRST_BREACH, Fault, Outcome


def test_outcomes_have_the_numbers_of_the_journal() -> None:
    assert {outcome.name: outcome.value for outcome in Outcome}.items() <= {
        outcome.name: outcome.value for outcome in record.Outcome
    }.items()


def test_breaches_begin_where_the_journal_says() -> None:
    assert FIRST_BREACH == record.FIRST_BREACH


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_a_sentence_and_fits_its_byte(fault: Fault) -> None:
    assert fault.sentence.endswith(".")
    assert 0 <= fault < 256
    assert fault.is_breach == fault.name.startswith("BREACH_")
    assert Fault(int(fault)) is fault


def test_sentences_tell_faults_apart() -> None:
    assert len({fault.sentence for fault in Fault}) == len(Fault)
