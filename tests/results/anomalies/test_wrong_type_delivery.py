from tests.results.checker.journal import DEVICE, VOIP, Journal, shown, texts


def test_a_voip_token_in_the_alert_slot_is_one() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=VOIP).read_back(7, 12.0).judged()

    assert shown(judged) == {"wrong_type_delivery": 1}
    (text,) = texts(judged)
    assert text == (
        "WRONG TYPE DELIVERY ios/dev-0042. A push begun at 01.000 s delivered g7, which was minted for "
        "ios-voip/dev-0042."
    )


def test_a_voip_token_in_an_alert_slot_that_the_run_never_wrote_is_one() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, register=VOIP).read_back(7, 12.0, origin=VOIP)

    assert shown(journal.read_back(None, 12.0, register=VOIP).judged()) == {
        "wrong_type_delivery": 1,
        "missing_device": 1,
    }


def test_a_voip_token_that_another_run_left_in_the_alert_slot_is_none() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2, register=VOIP).read_back(7, 12.0, register=VOIP)
    judged = journal.read_back(6, 12.0, origin=VOIP).judged()

    assert (shown(judged), judged.verdict, judged.total) == ({}, "pass", 1)


def test_reading_back_a_phone_of_two_types_is_a_chance() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).read_back(7, 12.0)
    assert "wrong_type_delivery" in journal.judged().not_exercised

    journal.subscribe(7, 0.1, 0.2, register=VOIP).read_back(7, 12.0, register=VOIP)
    assert journal.judged().coverage["two_type_tokens_read"] == 2
    assert "wrong_type_delivery" not in journal.judged().not_exercised


def test_the_token_of_another_installation_is_a_leak_and_not_one() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=DEVICE + 256).read_back(7, 12.0).judged()

    assert shown(judged) == {"cross_user_leak": 1}


def test_a_token_at_its_own_type_is_none() -> None:
    judged = Journal().subscribe(7, 0.1, 0.2).push(7, 1.0, 1.1, origin=DEVICE).read_back(7, 12.0).judged()

    assert (shown(judged), judged.verdict) == ({}, "pass")


def test_a_voip_token_that_a_closed_push_sent_on_the_alert_topic_is_one_and_nothing_else() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(3, 0.1, 0.2, register=VOIP)
    journal.pushed(1.0).push(7, 1.0, 1.1).push(3, 1.0, 1.1, origin=VOIP, status=400).closed(1.0, 1.5, 2)
    journal.read_back(7, 12.0).read_back(3, 12.0, register=VOIP)

    assert shown(journal.judged()) == {"wrong_type_delivery": 1}
