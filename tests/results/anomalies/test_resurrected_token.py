from results.journal.record import Outcome
from tests.results.checker.journal import Journal, shown, texts


def test_a_token_seen_after_its_acknowledged_unsubscribe_is_resurrected() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, rows=1).read_back(7, 12.0).judged()

    assert shown(judged) == {"resurrected_token": 1}
    (text,) = texts(judged)
    assert text == (
        "RESURRECTED TOKEN ios/dev-0042. Token g7 was acknowledged at 00.200 s. The unsubscribe was acknowledged at "
        "01.100 s. The read-back at 12.000 s found g7: 10.90 s after the unsubscribe's acknowledgement. No timed-out "
        "write can explain it."
    )


def test_an_unsubscribe_that_overlapped_the_subscribe_may_have_come_first() -> None:
    judged = Journal().subscribe(7, 0.1, 1.05).unsubscribe(1.0, 1.1).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_timed_out_unsubscribe_need_not_have_acted() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.INFO).read_back(7, 12.0)

    assert (shown(journal.judged()), journal.judged().verdict) == ({}, "pass")
