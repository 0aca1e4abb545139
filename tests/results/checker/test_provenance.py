from results.checker.doubt import Doubt
from results.journal.record import GHOST, Outcome
from tests.results.checker.journal import OTHER, RUN, VOIP, Journal, shown, unknown_for


def test_tokens_that_no_operation_of_this_run_wrote_are_not_held_against_it() -> None:
    right = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0)
    for register, origin in ((OTHER, OTHER), (VOIP, OTHER + 1)):  # of the same number, as a fleet of the same seed has
        right.read_back(9, 12.0, register=register, origin=origin)
    judged = right.read_back(GHOST, 12.0, register=OTHER + 1).judged()

    assert (judged.verdict, judged.total, shown(judged)) == ("pass", 1, {})


def test_a_strange_token_before_any_acknowledgement_may_have_stood_there() -> None:
    refused = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.FAIL, status=401)
    early = Journal().read_back(9, 0.1).subscribe(7, 0.3, 0.8).read_back(7, 12.0)
    elsewhere = Journal().subscribe(7, 0.1, 0.2, outcome=Outcome.INFO).read_back(9, 12.0, origin=VOIP)

    assert shown(refused.read_back(9, 12.0).judged()) == {}
    assert refused.judged().reasons[-1] == f"1 of 1 registers cannot be judged: {Doubt.BEFORE}."
    assert unknown_for(early.judged(), Doubt.BEFORE)
    assert shown(elsewhere.judged()) == {}
    assert elsewhere.judged().verdict == "unknown"


def test_a_token_of_a_later_run_makes_its_register_unknown() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(9, 12.0, run=RUN + 1)
    elsewhere = Journal().subscribe(7, 0.1, 0.2).read_back(9, 12.0, run=RUN + 1, origin=OTHER)

    assert unknown_for(journal.judged(), Doubt.LATER)
    assert unknown_for(elsewhere.judged(), Doubt.LATER)
    untouched = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0).read_back(9, 12.0, run=RUN + 1, register=OTHER)
    assert (untouched.judged().verdict, untouched.judged().total) == ("pass", 1)


def test_a_later_run_may_have_removed_or_accepted_what_is_read() -> None:
    absent = Journal().subscribe(7, 0.1, 0.2).read_back(None, 12.0)
    accepted = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1, outcome=Outcome.FAIL, status=401)
    accepted.read_back(8, 12.0)
    stale = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 1.0, 1.1).read_back(7, 12.0)
    for journal in (absent, accepted, stale):
        journal.read_back(9, 12.0, run=RUN + 1, register=OTHER)

    assert unknown_for(absent.judged(), Doubt.LATER)
    assert unknown_for(accepted.judged(), Doubt.LATER)
    assert shown(stale.judged()) == {"lost_update": 1}
