from simulator.tokens.mark import Mark, find_mark

MARK = Mark(fleet=0xDEADBEEF, person=7, sent=1_234_567_890_123)


def test_a_mark_found_in_a_message_names_fleet_person_and_moment() -> None:
    message = b'{"aps":{"alert":"Hello ' + MARK.text.encode() + b'"}}'
    assert find_mark(message) == MARK


def test_a_mark_is_34_characters_that_need_no_escaping() -> None:
    assert len(MARK.text) == 34
    assert MARK.text.isalnum()


def test_a_message_without_a_mark_is_of_no_push_of_ours() -> None:
    assert find_mark(b'{"aps":{"alert":"pf hello"}}') is None


def test_a_made_up_mark_names_another_fleet() -> None:
    made_up = find_mark(b"pf" + b"0" * 32)
    assert made_up is not None
    assert made_up.fleet != MARK.fleet
