"""Fleets whose devices' apps call by SDKs: which have which, what they register, and that fleets tell so."""

from collections import Counter
from pathlib import Path

import numpy as np
import orjson
import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet, Keeper, Platform, makes
from simulator.fleet.description import Description, _checksum
from simulator.fleet.population import Population
from simulator.fleet.portrait import portray, portray_device
from simulator.sdks import read_mixture
from simulator.tokens import PushType
from tests.chi_square import fits

SAMPLE = 20_000
DEVICES = np.arange(SAMPLE, dtype=np.uint64)
FIELD = read_mixture("field")


def test_the_sdks_of_a_platform_have_their_shares() -> None:
    population = Population(7, FIELD)
    counts: dict[Platform, Counter[str]] = {each: Counter() for each in Platform}
    for make, places in population.alike(DEVICES):
        counts[make.platform][make.sdk.name] += len(places)
    for platform in (Platform.IOS, Platform.ANDROID, Platform.BROWSER):
        shares = {sdk.name: share for sdk, share in FIELD.shares[platform.name.lower()]}
        assert set(counts[platform]) == set(shares)
        assert len(shares) == 1 or fits(counts[platform], shares)
    assert set(counts[Platform.ANDROID_GCM]) == {"none"}
    assert not fits(counts[Platform.IOS], {"flutter": 0.48, "ios": 0.32, "ios_apns": 0.2})


def test_types_and_device_ids_are_the_sdks() -> None:
    population = Population(7, FIELD)
    told = {(make.platform, make.sdk.name): (make.types, make.keeper) for make in map(population.make, range(2000))}
    fcm = (PushType.FCM,)
    assert {key: told for key, told in told.items() if key[0] is not Platform.ANDROID_GCM} == {
        (Platform.IOS, "flutter"): (fcm, Keeper.VENDOR),
        (Platform.IOS, "ios"): (fcm, Keeper.VENDOR),
        (Platform.IOS, "ios_apns"): ((PushType.IOS, PushType.IOS_VOIP), Keeper.VENDOR),
        (Platform.ANDROID, "flutter"): (fcm, Keeper.ANDROID_ID),
        (Platform.BROWSER, "vue"): (fcm, Keeper.LOCAL_STORAGE),
        (Platform.BROWSER, "old_web"): ((PushType.WEB,), Keeper.LOCAL_STORAGE),
    }
    assert told[Platform.ANDROID_GCM, "none"][0] == (PushType.ANDROID,)


def test_in_bulk_the_devices_are_the_same() -> None:
    population = Population(7, FIELD)
    devices = DEVICES[:1000]
    assert population.keepers(devices).tolist() == [population.keeper(device) for device in range(1000)]
    seen = {}
    for make, places in population.alike(devices):
        for place in places.tolist():
            seen[place] = (make.platform, make.sdk, make.types)
    assert seen == {
        device: (make.platform, make.sdk, make.types) for device in range(1000) for make in [population.make(device)]
    }


def test_an_sdk_changes_no_platform_and_its_absence_changes_nothing() -> None:
    plain, field = Population(7), Population(7, FIELD)
    assert plain.platforms(DEVICES).tolist() == field.platforms(DEVICES).tolist()
    assert [make.sdk.name for make in map(plain.make, range(100))] == ["none"] * 100
    assert Description.of(7, 1000).number == 727_143_960


def test_every_make_is_known_beforehand() -> None:
    for sdks in (None, FIELD, read_mixture("vue")):
        population = Population(7, sdks)
        assert set(makes(sdks)) == {population.make(device) for device in range(SAMPLE)}


def test_device_ids_of_identifier_for_vendor_are_upper_case_and_found_again(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 300, 7, sdk="field")
    ids = [fleet.device_id(device, 0) for device in range(300)]
    assert fleet.device_ids(np.arange(300), np.zeros(300)).tolist() == [
        each.encode() if len(each) <= 36 and each.isascii() and " " not in each else b"" for each in ids
    ]
    assert fleet.installations_of(ids)[0].tolist() == list(range(300))
    vendors = [ids[device] for device in range(300) if fleet.keeper(device) is Keeper.VENDOR]
    assert vendors
    assert all(each == each.upper() and len(each) == 36 for each in vendors)


def test_a_fleet_keeps_the_sdk_it_was_made_with_and_is_another_one_than_those_without(tmp_path: Path) -> None:
    made = Fleet.create(tmp_path / "fleet", 100, 7, sdk="field")
    again = Fleet.open(made.directory)
    assert (again.sdk, again.sdk_of(0), again.number) == ("field", made.sdk_of(0), made.number)
    numbers = {Description.of(7, 100, sdk).number for sdk in ("none", "field", "flutter", "vue")}
    assert len(numbers) == 4
    assert "sdk" not in orjson.loads((Fleet.create(tmp_path / "plain", 100, 7).directory / "fleet.json").read_bytes())


def test_a_fleet_made_with_another_sdk_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "fleet"
    Fleet.create(place, 100, 7, sdk="field")
    assert Fleet.open_or_create(place, 100, 7, sdk="field").sdk == "field"
    for other in ("none", "flutter"):
        with pytest.raises(UsageError) as refusal:
            Fleet.open_or_create(place, None, None, sdk=other)
        assert str(refusal.value) == (
            f"the fleet at {place} was made with --sdk field, not {other}, and its devices have other types: "
            "give --sdk field, or name another directory."
        )


@pytest.mark.parametrize(
    ("sdk", "message"),
    [
        ("unity", "was made with --sdk unity, which this pushfleet does not know: use the version that made it"),
        ("vue", r"seed 7 makes 75 and \d+, by the SDKs of today \(vue\)\. Use the pushfleet that made it"),
    ],
)
def test_a_fleet_whose_sdk_is_not_what_it_was_is_refused(tmp_path: Path, sdk: str, message: str) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 100, 7, sdk="field")
    path = fleet.directory / "fleet.json"
    said = {key: value for key, value in orjson.loads(path.read_bytes()).items() if key != "checksum"} | {"sdk": sdk}
    path.write_bytes(orjson.dumps({**said, "checksum": _checksum(said)}))
    with pytest.raises(UsageError, match=message):
        Fleet.open(fleet.directory)


def test_a_portrait_tells_the_sdks(tmp_path: Path) -> None:
    fleet = Fleet.create(tmp_path / "fleet", 500, 7, sdk="field")
    counted = Counter(fleet.sdk_of(device).name for device in range(500))
    assert portray(fleet)["sdks"] == {name: count / 500 for name, count in counted.items()}
    assert portray_device(fleet, 0)["sdk"] == fleet.sdk_of(0).name
    assert "sdks" not in portray(Fleet.create(tmp_path / "plain", 10, 7))
