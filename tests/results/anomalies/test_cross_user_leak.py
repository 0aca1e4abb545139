from results.journal.record import STRANGER
from tests.results.checker.journal import ANNE, BOB, OTHER, Journal, shown, texts


def test_another_devices_token_in_the_slot_is_a_leak() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0, origin=OTHER).judged()

    assert shown(judged) == {"cross_user_leak": 1}
    (text,) = texts(judged)
    assert text == (
        "CROSS USER LEAK ios/dev-0042. The read-back at 12.000 s found g7. The slot holds another device's token: it "
        "was minted for ios/dev-0043."
    )


def test_a_push_for_a_person_who_never_had_the_device_is_a_leak() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, BOB).read_back(7, 12.0, ANNE).judged()

    assert shown(judged) == {"cross_user_leak": 1}
    (text,) = texts(judged)
    assert text == (
        "CROSS USER LEAK ios/dev-0042. A push begun at 01.000 s delivered g7. It names person 8, but person 7 wrote "
        "it, and the other never had the device."
    )


def test_a_row_under_the_name_of_somebody_outside_the_fleet_is_a_leak() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0, STRANGER).judged()

    assert shown(judged) == {"cross_user_leak": 1}
    assert "It names somebody who is not of the fleet, but person 7 wrote it" in texts(judged)[0]


def test_a_row_under_its_own_name_is_none() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, ANNE).read_back(7, 12.0, ANNE).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_person_who_had_the_device_only_later_was_no_former_owner() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, ANNE).push(7, 1.0, 1.1, BOB).subscribe(8, 2.0, 2.1, BOB)

    assert shown(journal.read_back(8, 12.0, BOB).judged()) == {"cross_user_leak": 1}


def test_a_closed_push_that_reached_somebody_elses_device_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(5, 0.1, 0.2, BOB, register=OTHER)
    journal.pushed(1.0).push(7, 1.0, 1.1).push(5, 1.0, 1.1, register=OTHER).closed(1.0, 1.5, 2)
    journal.read_back(7, 12.0, ANNE).read_back(5, 12.0, BOB, register=OTHER)

    assert shown(journal.judged()) == {"cross_user_leak": 1}
