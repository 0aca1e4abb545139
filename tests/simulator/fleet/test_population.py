import numpy as np

from simulator.fleet.persistence import Keeper
from simulator.fleet.population import ANDROID_ID_SHARE, IOS_SHARE, Platform, Population
from simulator.tokens.types import PushType

SAMPLE = 20_000
DEVICES = np.arange(SAMPLE, dtype=np.uint64)


def chi_square(seen: list[int], shares: list[float]) -> float:
    expected = [share * sum(seen) for share in shares]
    return sum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True))


def test_platforms_and_ids_have_their_shares() -> None:
    keepers = Population(7).keepers(DEVICES)
    seen = [int((keepers == keeper).sum()) for keeper in (Keeper.KEYCHAIN, Keeper.ANDROID_ID, Keeper.PREFERENCES)]
    android = 1 - IOS_SHARE
    shares = [IOS_SHARE, android * ANDROID_ID_SHARE, android * (1 - ANDROID_ID_SHARE)]
    assert chi_square(seen, shares) < 13.8  # 2 degrees of freedom, one seed in a thousand


def test_the_check_of_shares_fires_on_wrong_shares() -> None:
    keepers = Population(7).keepers(DEVICES)
    seen = [int((keepers == keeper).sum()) for keeper in (Keeper.KEYCHAIN, Keeper.ANDROID_ID, Keeper.PREFERENCES)]
    assert chi_square(seen, [0.43, 0.285, 0.285]) > 13.8


def test_in_bulk_the_phones_are_the_same() -> None:
    population = Population(7)
    devices = DEVICES[:500]
    assert population.platforms(devices).tolist() == [population.platform(device) for device in range(500)]
    assert population.keepers(devices).tolist() == [population.keeper(device) for device in range(500)]


def test_an_iphone_registers_for_alerts_and_calls_and_android_for_fcm() -> None:
    population = Population(7)
    for device in range(100):
        ios = population.platform(device) is Platform.IOS
        assert population.types(device) == ((PushType.IOS, PushType.IOS_VOIP) if ios else (PushType.FCM,))
        assert (population.keeper(device) is Keeper.KEYCHAIN) is ios
