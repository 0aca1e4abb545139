"""Odd deviceIds: no two are equal, each holds its UUID, and a reader can tell them apart."""

from unicodedata import normalize

import pytest

from simulator.fleet.odd_ids import FORMS, plain_in, shown

UUID = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"


def test_every_form_is_legal_and_leads_back_to_its_uuid() -> None:
    ids = [form(UUID) for form in FORMS]
    assert [plain_in(text) for text in ids] == [UUID] * len(FORMS)
    assert len({*ids, UUID}) == len(FORMS) + 1
    assert max(map(len, ids)) == 255
    assert min(map(len, ids)) == 36


def test_some_are_equal_once_they_are_tidied_up() -> None:
    assert [form(UUID) for form in FORMS].count(UUID) == 0
    assert [form(UUID).strip() for form in FORMS].count(UUID) == 3
    assert [form(UUID).lower() for form in FORMS].count(UUID) == 1
    assert len({normalize("NFC", form(UUID)) for form in FORMS}) == len(FORMS) - 1


@pytest.mark.parametrize("text", ["", "x", UUID[:-1], f"{UUID} {UUID}", "0123456789abcdef"])
def test_what_does_not_hold_one_uuid_holds_none(text: str) -> None:
    assert plain_in(text) is None


def test_a_reader_can_tell_them_apart() -> None:
    assert shown(UUID) == UUID
    assert shown("0123456789abcdef") == "0123456789abcdef"
    assert [shown(form(UUID)) for form in FORMS] == [
        f'" {UUID}"',
        f'"{UUID} "',
        f'" {UUID}  "',
        f"6F9619FF-8B86-4011{UUID[18:]}",
        f"com.example.messenge…{UUID} (104 characters)",
        f'"Téléphone de Zoë {UUID}"',
        f'"Te\\u0301le\\u0301phone de Zoe\\u0308 {UUID}"',
        f"com.example.messenge…{UUID} (255 characters)",
    ]
