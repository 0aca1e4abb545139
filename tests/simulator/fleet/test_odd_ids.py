"""Odd deviceIds: no two are equal, each holds its UUID, and a reader can tell them apart."""

from collections import Counter
from pathlib import Path
from unicodedata import normalize

import pytest

from simulator.fleet import Fleet, Keeper
from simulator.fleet.odd_ids import FORMS, plain_in, shown
from tests.chi_square import fits

UUID = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"


def test_every_form_is_legal_and_leads_back_to_its_uuid() -> None:
    ids = [form(UUID) for form in FORMS]
    assert [plain_in(text) for text in ids] == [UUID] * len(FORMS)
    assert len({*ids, UUID}) == len(FORMS) + 1
    assert max(map(len, ids)) == 255
    assert min(map(len, ids)) == 36


def test_some_are_equal_once_they_are_tidied_up() -> None:
    assert [form(UUID) for form in FORMS].count(UUID) == 0
    assert [form(UUID).strip() for form in FORMS].count(UUID) == 4
    assert [form(UUID).strip(" ") for form in FORMS].count(UUID) == 3
    assert [form(UUID).lower() for form in FORMS].count(UUID) == 2
    assert [form(UUID).lower().strip("{}") for form in FORMS].count(UUID) == 3
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
        f"{UUID[:18]}-B42D-00CF4FC964FF",
        "{6F9619FF-8B86-4011-B42D-00CF4FC964FF}",
        f'"{UUID}\\u00a0"',
        f'"my\\u0009phone  {UUID}"',
        f'"Zoë\'s \\ "100%_" {UUID}"',
        f"../a+b%20c/{UUID}?x=1&y=2#z",
        f'"\N{MOBILE PHONE} {UUID}"',
        f"携帯電話携帯電話携帯電話携帯電話携帯電話…{UUID} (255 characters)",
    ]


def test_some_are_longer_in_bytes_than_in_characters() -> None:
    ids = [form(UUID) for form in FORMS]
    assert [len(text) for text in ids if len(text) == 255] == [255, 255]
    assert max(len(text.encode()) for text in ids) == 693
    assert any(ord(letter) > 0xFFFF for text in ids for letter in text)


def test_they_come_in_the_shares_that_are_promised(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 60_000, 3)
    own = [device for device in range(fleet.devices) if fleet.keeper(device) is Keeper.PREFERENCES]
    ids = [fleet.device_id(device, 2) for device in own]
    uuids = [plain_in(text) or "" for text in ids]
    forms = {form(uuid): number for uuid in uuids for number, form in enumerate(FORMS)}
    found = Counter(forms.get(text, -1) for text in ids)
    assert fits(found, {-1: 7 / 8, **dict.fromkeys(range(len(FORMS)), 1 / 8 / len(FORMS))})
    assert not fits(found, {-1: 6 / 7, **dict.fromkeys(range(len(FORMS)), 1 / 7 / len(FORMS))})
    assert fleet.installations_of(ids)[0].tolist() == own
