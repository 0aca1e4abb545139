import numpy as np

from simulator.fleet.persistence import Keeper
from simulator.fleet.population import ANDROID_ID_SHARE, SHARES, Platform, Population
from simulator.tokens.types import PushType

SAMPLE = 20_000
DEVICES = np.arange(SAMPLE, dtype=np.uint64)
PHONES = (Platform.ANDROID, Platform.ANDROID_GCM)


def chi_square(seen: list[int], shares: list[float]) -> float:
    expected = [share * sum(seen) for share in shares]
    return sum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True))


def seen_platforms() -> list[int]:
    platforms = Population(7).platforms(DEVICES)
    return [int((platforms == platform).sum()) for platform in Platform]


def test_platforms_have_their_shares() -> None:
    assert {platform.label: share for platform, share in SHARES.items()} == {
        "iOS": 0.40,
        "Android": 0.48,
        "Android with GCM": 0.06,
        "browser": 0.06,
    }
    assert chi_square(seen_platforms(), list(SHARES.values())) < 16.3  # 3 degrees of freedom, one seed in a thousand


def test_the_check_of_shares_fires_on_wrong_shares() -> None:
    assert chi_square(seen_platforms(), [0.40, 0.47, 0.06, 0.07]) > 16.3
    assert chi_square(seen_platforms(), [0.42, 0.46, 0.06, 0.06]) > 16.3


def test_half_of_the_android_phones_take_android_id() -> None:
    population = Population(7)
    platforms, keepers = population.platforms(DEVICES), population.keepers(DEVICES)
    for platform in PHONES:
        of_it = keepers[platforms == platform]
        seen = [int((of_it == keeper).sum()) for keeper in (Keeper.ANDROID_ID, Keeper.PREFERENCES)]
        assert sum(seen) == len(of_it)
        assert chi_square(seen, [ANDROID_ID_SHARE, 1 - ANDROID_ID_SHARE]) < 10.8  # one seed in a thousand


def test_in_bulk_the_phones_are_the_same() -> None:
    population = Population(7)
    devices = DEVICES[:500]
    assert population.platforms(devices).tolist() == [population.platform(device) for device in range(500)]
    assert population.keepers(devices).tolist() == [population.keeper(device) for device in range(500)]
    assert set(population.platforms(devices).tolist()) == set(Platform)


def test_every_device_registers_the_push_types_of_its_platform() -> None:
    population = Population(7)
    assert {platform: platform.types for platform in Platform} == {
        Platform.IOS: (PushType.IOS, PushType.IOS_VOIP),
        Platform.ANDROID: (PushType.FCM,),
        Platform.ANDROID_GCM: (PushType.ANDROID,),
        Platform.BROWSER: (PushType.WEB,),
    }
    assert all(population.types(device) == population.platform(device).types for device in range(500))


def test_iphones_keep_their_id_in_the_keychain_and_browsers_in_local_storage() -> None:
    population = Population(7)
    for device in range(500):
        platform, keeper = population.platform(device), population.keeper(device)
        assert (keeper is Keeper.KEYCHAIN) is (platform is Platform.IOS)
        assert (keeper is Keeper.LOCAL_STORAGE) is (platform is Platform.BROWSER)
