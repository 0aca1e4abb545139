from tests.results.checker.journal import DEVICE, VOIP, Journal, shown, texts


def test_a_voip_token_in_the_alert_slot_is_one() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=VOIP).read_back(7, 12.0).judged()

    assert shown(judged) == {"wrong_type_delivery": 1}
    (text,) = texts(judged)
    assert text == (
        "WRONG TYPE DELIVERY ios/dev-0042. A push begun at 01.000 s delivered g7, which was minted for "
        "ios-voip/dev-0042."
    )


def test_the_token_of_another_installation_is_a_leak_and_not_one() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=DEVICE + 256).read_back(7, 12.0).judged()

    assert shown(judged) == {"cross_user_leak": 1}


def test_a_token_at_its_own_type_is_none() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=DEVICE).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")
