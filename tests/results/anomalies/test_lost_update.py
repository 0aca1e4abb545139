from results.journal.record import NOBODY, Outcome
from tests.results.checker.journal import ANNE, BOB, Journal, shown, texts


def test_an_older_token_at_the_final_read_back_is_a_lost_update() -> None:
    judged = Journal().subscribe(7, 0.1, 0.204).subscribe(8, 0.9, 0.95).read_back(7, 12.0).judged()

    assert shown(judged) == {"lost_update": 1}
    assert judged.verdict == "violated"
    (text,) = texts(judged)
    assert text == (
        "LOST UPDATE ios/dev-0042. Token g7 was acknowledged at 00.204 s. Token g8 was acknowledged at 00.950 s. "
        "The read-back at 12.000 s found g7: 11.05 s after g8's acknowledgement, one acknowledged write skipped. "
        "No timed-out write can explain it."
    )


def test_a_token_of_an_earlier_run_after_an_acknowledged_write_is_a_lost_update() -> None:
    judged = Journal().subscribe(8, 0.9, 0.95).read_back(3, 12.0, run=4).judged()

    assert shown(judged) == {"lost_update": 1}
    (text,) = texts(judged)
    assert text == (
        "LOST UPDATE ios/dev-0042. Token g3 of run 4 stood before the run began. Token g8 was acknowledged at "
        "00.950 s. The read-back at 12.000 s found g3 of run 4: 11.05 s after g8's acknowledgement, one acknowledged "
        "write skipped. No timed-out write can explain it."
    )


def test_writes_that_overlapped_may_have_landed_in_either_order() -> None:
    judged = Journal().subscribe(7, 0.1, 0.92).subscribe(8, 0.9, 0.95).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_takeover_that_was_overrun_is_a_lost_update() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95, BOB).read_back(7, 12.0, ANNE).judged()

    assert shown(judged) == {"lost_update": 1}


def test_an_update_that_came_right_again_is_not_lost() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95).read_back(7, 12.0).read_back(8, 14.0).judged()

    assert "lost_update" not in shown(judged)


def test_a_takeover_that_a_late_write_may_have_overrun_is_no_lost_update() -> None:
    for row in (ANNE, NOBODY):
        journal = Journal().subscribe(7, 0.1, 0.2, ANNE, outcome=Outcome.INFO, status=0).subscribe(8, 1.0, 1.1, BOB)
        judged = journal.read_back(7, 12.0, row).judged()
        assert (shown(judged), judged.verdict) == ({"zombie_write": 1}, "unknown")
