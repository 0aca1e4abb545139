from results.anomalies import ANOMALIES
from results.checker.doubt import Doubt
from results.journal.record import Call, Outcome
from results.judgement import Sighting
from tests.results.checker.journal import ANNE, BOB, OTHER, RUN, Journal, shown, unknown_for

NO_DATA = "No operation went out for any register, and no data is no verdict."
NOTHING_ACKNOWLEDGED = "No subscribe or unsubscribe was acknowledged, so there is nothing that the backend must hold."


def test_a_correct_run_passes_and_every_anomaly_has_its_zero() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).read_back(8, 12.0).judged()

    assert (judged.verdict, judged.total, judged.judged, judged.unknown) == ("pass", 1, 1, 0)
    assert judged.anomalies == dict.fromkeys(ANOMALIES, 0)
    assert (judged.examples, judged.reasons) == ([], [])


def test_a_timed_out_write_is_never_called_lost() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1, outcome=Outcome.INFO)

    assert journal.read_back(7, 12.0).judged().verdict == "pass"


def test_no_data_is_unknown() -> None:
    judged = Journal().judged()

    assert (judged.verdict, judged.total) == ("unknown", 0)
    assert judged.reasons == [NO_DATA]


def test_a_backend_that_refuses_everything_never_passes() -> None:
    journal = Journal()
    for device in range(20):
        register = device << 24 | 257
        journal.subscribe(7, 0.1, 0.2, outcome=Outcome.FAIL, status=401, register=register)
        journal.read_back(None, 12.0, register=register)
    judged = journal.judged()

    assert (judged.verdict, judged.total, shown(judged)) == ("unknown", 20, {})
    assert judged.reasons == [NOTHING_ACKNOWLEDGED]


def test_a_row_of_an_earlier_run_is_no_register_of_this_one() -> None:
    alone = Journal().read_back(3, 12.0, run=RUN - 1).judged()
    beside = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).read_back(3, 12.0, run=RUN - 1, register=OTHER)

    assert (alone.verdict, alone.total, alone.reasons) == ("unknown", 0, [NO_DATA])
    assert (beside.judged().verdict, beside.judged().total, beside.judged().judged) == ("pass", 1, 1)
    assert beside.judged().coverage["tokens_read"] == 1


def test_a_register_whose_requests_never_left_is_not_counted() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.FAIL, status=0).read_back(None, 12.0)

    assert (journal.judged().total, journal.judged().reasons) == (0, [NO_DATA])


def test_a_register_that_no_operation_touched_counts_where_it_shows_a_fault() -> None:
    twice = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0)
    twice.read_back(3, 12.0, run=RUN - 1, register=OTHER).read_back(4, 12.0, run=RUN - 1, register=OTHER)

    assert (shown(twice.judged()), twice.judged().total) == ({"duplicate_subscription": 1}, 2)


def test_a_run_that_read_nothing_back_is_unknown() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).judged()

    assert judged.verdict == "unknown"
    assert judged.reasons[0] == "Nothing was read back, so nothing shows what the backend holds."


def test_a_read_back_cut_short_makes_no_pass_and_hides_no_violation() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2)

    assert journal.read_back(7, 12.0).judged(read_back=False).verdict == "unknown"
    assert journal.read_back(None, 13.0).judged(read_back=False).verdict == "violated"


def test_a_register_never_read_after_its_last_acknowledgement_is_unknown() -> None:
    judged = Journal().read_back(None, 0.1).subscribe(7, 0.2, 0.7).read_back(7, 0.7).judged()

    assert unknown_for(judged, Doubt.NEVER_READ)


def test_absences_and_undocumented_tokens_of_a_dead_worker_are_unknown() -> None:
    missing = Journal().subscribe(7, 0.1, 0.2).read_back(None, 12.0)
    undocumented = Journal().subscribe(7, 0.1, 0.2).read_back(8, 12.0)

    assert unknown_for(missing.judged(dead=True), Doubt.DEAD)
    assert unknown_for(undocumented.judged(dead=True), Doubt.DEAD)
    assert missing.judged().verdict == undocumented.judged().verdict == "violated"


def test_a_dead_worker_excuses_no_stale_token_and_no_leak() -> None:
    stale = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).read_back(7, 12.0)
    leak = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0, origin=OTHER)
    right = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0)

    assert shown(stale.judged(dead=True)) == {"lost_update": 1}
    assert shown(leak.judged(dead=True)) == {"cross_user_leak": 1}
    assert right.judged(dead=True).verdict == "pass"


def test_what_an_earlier_runs_unanswered_call_may_have_done_is_unknown_and_no_violation() -> None:
    old_token = Journal().subscribe(7, 0.1, 0.2).read_back(3, 12.0, run=RUN - 1)
    again = Journal().subscribe(3, 0.1, 0.2, run=RUN - 1).subscribe(7, 1.0, 1.1).read_back(3, 12.0, run=RUN - 1)
    absence = Journal().subscribe(7, 0.1, 0.2).read_back(None, 12.0)
    for journal in (old_token, again, absence):
        assert journal.judged().verdict == "violated"
        assert (journal.judged(pending=True).verdict, shown(journal.judged(pending=True))) == ("unknown", {})
        assert unknown_for(journal.judged(pending=True), Doubt.PENDING)


def test_an_earlier_runs_unanswered_call_excuses_nothing_that_this_run_wrote() -> None:
    stale = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).read_back(7, 12.0)
    assert stale.judged(pending=True).anomalies["lost_update"] == 1


def test_an_absence_that_only_a_late_unsubscribe_explains_is_unknown() -> None:
    journal = Journal().unsubscribe(0.1, 0.2, outcome=Outcome.INFO).subscribe(7, 1.0, 1.1).read_back(None, 12.0)

    assert unknown_for(journal.judged(), Doubt.LATE)


def test_an_absence_that_a_timed_out_unsubscribe_explains_in_its_time_is_legal() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).unsubscribe(1.0, 1.1, outcome=Outcome.INFO).push(7, 2.0, 2.1)

    assert journal.read_back(None, 12.0).judged().verdict == "pass"


def test_a_clock_that_runs_backwards_is_unknown_and_no_violation() -> None:
    judged = Journal().read_back(7, 0.1).subscribe(7, 1.0, 1.1).read_back(7, 12.0).judged()

    assert unknown_for(judged, Doubt.CLOCKS)


def test_an_order_that_depends_on_which_attempt_was_seen_is_unknown() -> None:
    journal = Journal().subscribe(7, 0.1, 5.0).subscribe(7, 0.2, 0.3).subscribe(8, 1.0, 1.1).read_back(7, 12.0)

    assert unknown_for(journal.judged(), Doubt.REWRITTEN)


def test_the_current_token_of_an_earlier_run_may_be_read_replaced_and_registered_again() -> None:
    read = Journal().read_back(3, 0.1, run=RUN - 1).subscribe(7, 1.0, 1.1).read_back(7, 12.0)
    again = Journal().read_back(3, 0.1, run=RUN - 1).subscribe(3, 1.0, 1.1, run=RUN - 1).read_back(3, 12, run=RUN - 1)
    absent = Journal().read_back(None, 0.1).subscribe(3, 1.0, 1.1, run=RUN - 1).read_back(3, 12.0, run=RUN - 1)

    assert [journal.judged().verdict for journal in (read, again, absent)] == ["pass"] * 3


def test_an_unsubscribe_that_found_nothing_is_no_delete() -> None:
    journal = Journal().subscribe(7, 0.1, 0.9).unsubscribe(0.2, 0.3, rows=0)

    assert journal.read_back(7, 12.0).judged().verdict == "pass"
    assert shown(journal.read_back(None, 13.0).judged()) == {"missing_device": 1}


def test_a_device_taken_over_and_back_is_judged_for_each_owner() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).push(7, 0.3, 0.4, ANNE).subscribe(7, 1.0, 1.1, BOB)
    journal.push(7, 1.2, 1.3, BOB).push(None, 1.2, 1.3, ANNE).unsubscribe(2.0, 2.1, BOB, rows=1)
    journal.subscribe(8, 3.0, 3.1, ANNE).read_back(8, 12.0, ANNE)

    assert journal.judged().verdict == "pass"
    assert shown(journal.push(None, 13.0, 13.1, ANNE).judged()) == {"missing_device": 1}


def test_an_anomaly_counts_a_register_once_and_a_register_shows_several() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).push(7, 1.0, 1.1).push(8, 1.2, 1.3)
    journal.push(7, 1.4, 1.5).unsubscribe(2.0, 2.1).push(8, 3.0, 3.1).push(8, 4.0, 4.1).read_back(None, 12.0)

    assert shown(journal.judged()) == {"stale_push": 1, "resurrected_token": 1}


def test_of_each_anomaly_twenty_examples_are_told_and_all_are_counted() -> None:
    journal = Journal()
    for device in range(25):
        journal.subscribe(7, 0.1, 0.2, register=device << 24 | 257).read_back(None, 12.0, register=device << 24 | 257)
    judged = journal.judged()

    assert (judged.anomalies["missing_device"], len(judged.examples)) == (25, 20)
    assert judged.reasons == ["missing_device was found in 25 of 25 registers."]


def test_the_worst_twenty_are_told_and_not_the_first() -> None:
    journal = Journal()
    for number in range(25):
        register = number << 24 | 257
        journal.subscribe(7, 0.1, 0.2, register=register).subscribe(8, 0.3, 0.4, register=register)
        journal.push(7, 1.0 + number, 40.0, register=register)
    judged = journal.judged()

    assert judged.anomalies["stale_push"] == 25
    assert [example.register for example in judged.examples] == [f"ios/dev-{n:04}" for n in range(24, 4, -1)]


def test_a_register_is_told_by_the_worst_that_it_shows_and_dated_by_all_of_it() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4).push(7, 1.0, 1.5).push(8, 1.6, 1.7)
    journal.subscribe(9, 2.0, 2.1).push(7, 5.0, 5.5).push(9, 6.0, 6.1).read_back(9, 12.0)
    judged = journal.judged()

    (example,) = judged.examples
    assert "A push begun at 05.000 s delivered g7: 4.60 s after g8's acknowledgement, 2 acknowledged" in example.text
    assert judged.seen["stale_push"] == Sighting(1.5, 5.5, 2)


def test_records_may_come_in_any_order() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95).push(7, 3.1, 3.2).read_back(8, 12.0)
    forwards = journal.judged()
    journal.rows.reverse()

    assert journal.judged() == forwards


def test_the_generators_own_records_are_no_operations() -> None:
    journal = Journal().add(Call.ARRIVAL, 0.0, 0.0, outcome=Outcome.NOT_SENT).add(Call.STALL, 0.0, 1.0)

    assert journal.judged().total == 0


def test_coverage_counts_the_chances_that_a_run_had() -> None:
    journal = Journal().subscribe(7, 0.1, 0.3).subscribe(8, 0.2, 0.4).unsubscribe(0.5, 0.6, rows=1)
    journal.subscribe(9, 0.7, 0.8, outcome=Outcome.INFO).subscribe(10, 1.0, 1.1, BOB)
    journal.subscribe(11, 1.2, 1.3, outcome=Outcome.FAIL, status=400)
    journal.pushed(2.0, BOB).push(10, 2.0, 2.1, BOB, status=410).closed(2.0, 2.2, 1, BOB)
    journal.pushed(2.0, ANNE).closed(2.0, 2.2, 0, ANNE).read_back(10, 12.0, BOB)
    judged = journal.judged()

    assert (judged.verdict, judged.coverage) == (
        "pass",
        {
            "subscribes": 3,
            "deletes": 1,
            "info_writes": 1,
            "observed_info_writes": 0,
            "superseded_info_writes": 1,
            "refused_writes": 1,
            "overlapping_posts": 1,
            "second_posts_read": 3,
            "owner_changes": 1,
            "owner_changes_read": 1,
            "resubscribes": 1,
            "replacements_read_back": 2,
            "replacements_pushed": 2,
            "unsubscribes_read": 1,
            "presences_read": 3,
            "tokens_read": 2,
            "owners_read": 2,
            "deliveries": 1,
            "repeated_reads": 0,
            "pushes": 2,
            "closed_pushes": 2,
            "push_absences": 1,
            "dead_tokens_pushed": 1,
            "pushes_during_faults": 0,
            "answers": 8,
            "refusals_due": 1,
            "reads": 3,
            "two_type_tokens_read": 0,
        },
    )
    assert judged.not_exercised == ["flapping"]


def test_an_anomaly_without_a_chance_is_not_exercised() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).judged()

    assert judged.not_exercised == sorted(
        set(ANOMALIES) - {"missing_device", "ghost_token", "contract_breach"},
    )


def test_an_anomaly_that_is_required_and_had_no_chance_makes_a_pass_unknown() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).read_back(8, 12.0)

    assert journal.judged(require=["lost_update"]).verdict == "pass"
    missed = journal.judged(require=["lost_update", "zombie_write"])
    assert (missed.verdict, missed.unknown) == ("unknown", 0)
    assert missed.reasons == [
        "zombie_write is required to have a chance to show, and nothing that was done gave it one."
    ]
    everything = journal.judged(require=["all"])
    assert len(everything.reasons) == len(everything.not_exercised) > 3
    assert journal.read_back(7, 13.0).judged(require=["all"]).verdict == "violated"
