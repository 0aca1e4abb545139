import re
from unicodedata import normalize
from uuid import UUID

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from simulator.fleet.identity import Identities
from simulator.fleet.odd_ids import FORMS as ODD
from simulator.fleet.odd_ids import plain_in
from simulator.fleet.persistence import Keeper
from simulator.fleet.population import Population

PEOPLE, DEVICES = 50_000, 100_000
FORMS = {
    Keeper.KEYCHAIN: re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"),
    Keeper.ANDROID_ID: re.compile(r"[0-9a-f]{16}"),
    Keeper.PREFERENCES: re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
    Keeper.LOCAL_STORAGE: re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
}
POPULATION = Population(7)
IDS = Identities(7, PEOPLE, DEVICES, POPULATION)
devices = st.integers(0, DEVICES - 1)
installs = st.integers(0, 2**16 - 1)


@given(devices, installs)
def test_a_device_id_has_its_platforms_form(device: int, install: int) -> None:
    text = IDS.device_id(device, install)
    keeper = POPULATION.keeper(device)
    assert FORMS[keeper].fullmatch(text) or keeper is Keeper.PREFERENCES
    uuid = plain_in(text)
    assert len(text) <= 255
    assert (uuid is None) is (keeper is Keeper.ANDROID_ID)
    assert uuid is None or UUID(uuid).version == 4


def test_one_in_eight_of_the_ids_that_apps_make_themselves_is_odd_in_one_of_eight_ways() -> None:
    own = [device for device in range(8000) if POPULATION.keeper(device) is Keeper.PREFERENCES]
    ids = [IDS.device_id(device, 0) for device in own]
    odd = [text for text in ids if not FORMS[Keeper.PREFERENCES].fullmatch(text)]
    assert 0.10 < len(odd) / len(own) < 0.15
    assert {shapes.index(True) for text in odd if (shapes := [text == form(str(plain_in(text))) for form in ODD])} == {
        *range(len(ODD))
    }
    assert len({normalize("NFC", text).strip().casefold() for text in ids}) == len(own)


@given(devices, installs)
def test_a_device_id_names_its_installation(device: int, install: int) -> None:
    assert IDS.installation_of(IDS.device_id(device, install)) == (device, install)


@given(st.integers(0, PEOPLE - 1))
def test_a_client_id_names_its_person(person: int) -> None:
    client_id = IDS.client_id(person)
    assert re.fullmatch(r"[0-9a-f]{24}", client_id)
    assert IDS.person_of(client_id) == person


@given(st.text(max_size=40) | st.from_regex(r"[0-9a-f]{16}([0-9a-f]{8})?", fullmatch=True) | st.uuids().map(str))
@example("")
@example("0x" + "0" * 14)
@example("-" + "0" * 15)
@example("1_2" * 8)
def test_what_is_not_of_the_fleet_names_nobody(text: str) -> None:
    assert IDS.installation_of(text) is None
    assert IDS.person_of(text) is None


@given(devices, installs)
def test_an_id_with_its_case_or_its_length_changed_is_not_of_the_fleet(device: int, install: int) -> None:
    text = IDS.device_id(device, install)
    for changed in (text.swapcase(), text[:-1], text + "0", text.replace("-", " "), " " + text):
        assert changed == text or IDS.installation_of(changed) is None


def test_ids_of_people_and_installations_the_fleet_does_not_have_name_nobody() -> None:
    larger = Identities(7, PEOPLE * 2, DEVICES * 2, POPULATION)
    assert IDS.person_of(larger.client_id(PEOPLE)) is None
    assert all(IDS.installation_of(larger.device_id(device, 0)) is None for device in range(DEVICES, DEVICES + 50))


def test_no_two_installations_share_an_id() -> None:
    everyone = np.arange(DEVICES, dtype=np.uint64)
    ids = [IDS.device_ids(everyone, np.full(DEVICES, install, np.uint64)) for install in (0, 1, 65535)]
    plain = np.concatenate(ids)
    odd = int(np.count_nonzero(plain == b""))
    assert len(np.unique(np.char.upper(plain[plain != b""]))) == 3 * DEVICES - odd
    assert 0.02 < odd / (3 * DEVICES) < 0.05


def test_no_two_people_share_an_id() -> None:
    assert len(np.unique(IDS.client_ids(np.arange(PEOPLE, dtype=np.uint64)))) == PEOPLE


@pytest.mark.parametrize("number", [0, 8, 2**32 - 1])
def test_fleets_of_other_numbers_have_other_ids(number: int) -> None:
    others = Identities(number, PEOPLE, DEVICES, POPULATION)
    assert all(IDS.installation_of(others.device_id(device, 0)) is None for device in range(200))
    assert all(IDS.person_of(others.client_id(person)) is None for person in range(200))


def test_in_bulk_the_ids_are_the_same_and_lead_back() -> None:
    rng = np.random.default_rng(7)
    which, times = rng.integers(0, DEVICES, 500, np.uint64), rng.integers(0, 2**16, 500, np.uint64)
    ids = IDS.device_ids(which, times)
    said = [IDS.device_id(int(d), int(i)) for d, i in zip(which, times, strict=True)]
    odd = [not text for text in ids]
    assert [text.decode() for text in ids] == ["" if left else text for text, left in zip(said, odd, strict=True)]
    assert 0 < sum(odd) < 50
    back = IDS.installations_of(ids)
    assert back[0].tolist() == np.where(odd, -1, which.astype(np.int64)).tolist()
    assert back[1].tolist() == np.where(odd, -1, times.astype(np.int64)).tolist()
    people = rng.integers(0, PEOPLE, 500, np.uint64)
    client_ids = IDS.client_ids(people)
    assert [text.decode() for text in client_ids] == [IDS.client_id(int(person)) for person in people]
    assert IDS.persons_of(client_ids).tolist() == people.tolist()


def test_in_bulk_what_is_not_of_the_fleet_is_minus_one() -> None:
    ours = IDS.device_id(3, 1)
    odd = [b"", b"x", ours.swapcase().encode(), ours.encode() + b"0", ours.encode(), b"?" * 36, b"0" * 16, b"a" * 60]
    devices_found, installs_found = IDS.installations_of(np.array(odd))
    assert devices_found.tolist() == [-1, -1, -1, -1, 3, -1, -1, -1]
    assert installs_found.tolist() == [-1, -1, -1, -1, 1, -1, -1, -1]
    known = IDS.client_id(5).encode()
    found = IDS.persons_of(np.array([known, known.upper(), known[:-1], known + b"0", b""]))
    assert found.tolist() == [5, -1, -1, -1, -1]
