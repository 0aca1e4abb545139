from collections import Counter
from random import Random

import pytest

from simulator.networks import NETWORKS, End, Fate, Life, lives, longest, read_mixture
from tests.simulator.networks.made import PATIENCE, life

SAMPLE = 20_000


def chi_square(seen: list[int], shares: list[float]) -> float:
    expected = [share * sum(seen) for share in shares]
    return sum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True))


def begun(seed: int) -> Counter[str]:
    """On which networks so many devices begin their first life."""
    next_life = lives(read_mixture("mobile"), seed, 1, PATIENCE)
    return Counter(next_life(device).network.name for device in range(SAMPLE))


def test_networks_have_their_shares() -> None:
    shares = {network.name: share for network, share in read_mixture("mobile").shares.items()}
    seen = begun(7)
    assert set(seen) == set(shares)
    assert chi_square([seen[name] for name in shares], [*shares.values()]) < 22.5  # 6 degrees, one seed in a thousand


def test_the_check_of_shares_fires_on_wrong_shares() -> None:
    shares = {network.name: share for network, share in read_mixture("mobile").shares.items()}
    wrong = {**shares, "wifi": shares["wifi"] - 0.02, "4g": shares["4g"] + 0.02}
    seen = begun(7)
    assert chi_square([seen[name] for name in shares], [*wrong.values()]) > 22.5


def test_calls_end_as_often_as_a_network_says() -> None:
    (train,) = read_mixture("train").shares
    next_life = lives(read_mixture("train"), 7, 1, PATIENCE)
    fates = [next_life(device).fate() for device in range(SAMPLE)]
    ends = Counter(fate.end for fate in fates)
    shares = [1 - train.lost - train.cut - train.unanswered, train.lost, train.cut, train.unanswered]
    assert chi_square([ends[end] for end in End], shares) < 16.3  # 3 degrees, one seed in a thousand


def test_a_phone_is_handed_over_as_often_as_its_network_says_and_never_before_its_first_call() -> None:
    next_life = lives(read_mixture("train"), 7, 1, PATIENCE)
    first, second = [], []
    for device in range(SAMPLE):
        one = next_life(device)
        first.append(one.fate().handed_over)
        second.append(one.fate().handed_over)
    assert not any(first)
    assert chi_square([sum(second), SAMPLE - sum(second)], [0.3, 0.7]) < 10.8  # 1 degree, one seed in a thousand


def test_round_trips_have_the_median_and_the_p95_that_a_network_says() -> None:
    (network,) = read_mixture("4g").shares
    next_life = lives(read_mixture("4g"), 7, 1, PATIENCE)
    trips = sorted(2 * next_life(device).fate().up for device in range(SAMPLE))
    through = [trip for trip in trips if trip < PATIENCE]
    below = [sum(trip <= bound for trip in through) for bound in (network.median, network.p95)]
    for count, share in zip(below, (0.5, 0.95), strict=True):
        assert chi_square([count, len(through) - count], [share, 1 - share]) < 10.8


def told(seed: int, run: int, order: list[int]) -> dict[tuple[int, int], list[Fate]]:
    """What becomes of five calls in each of the lives of devices that live in this order, by device and life."""
    next_life = lives(read_mixture("mobile"), seed, run, PATIENCE)
    lived: Counter[int] = Counter()
    fates = {}
    for device in order:
        one = next_life(device)
        fates[device, lived[device]] = [one.fate() for _ in range(5)]
        lived[device] += 1
    return fates


def test_the_same_seed_has_the_same_choices_whoever_lives_when() -> None:
    order = [*range(50), *range(0, 50, 2)]
    whole = told(3, 1, order)
    assert told(3, 1, order[::-1]) == whole
    # As four workers would share the devices out.
    parts = [told(3, 1, [device for device in order if device % 4 == worker]) for worker in range(4)]
    assert {life: fates for part in parts for life, fates in part.items()} == whole


def test_another_seed_and_another_run_have_other_choices() -> None:
    assert len({str(told(seed, run, [0, 1, 2])) for seed, run in ((3, 1), (4, 1), (3, 2))}) == 3
    lives_of_one = told(3, 1, [5, 5])
    assert lives_of_one[5, 0] != lives_of_one[5, 1]


def test_what_is_lost_is_told_when_the_network_says_or_the_app_gives_up() -> None:
    assert life(lost=1.0).fate()[1:] == (End.LOST, False, PATIENCE, 0.0, 0.0)
    assert life(lost=1.0, lost_after=0.5).fate()[1:] == (End.LOST, False, 0.5, 0.0, 0.0)


def test_a_hand_over_leads_where_the_network_says_and_opens_a_connection() -> None:
    portal = Life(read_mixture("captive_portal"), Random(1), PATIENCE)
    fates = [portal.fate() for _ in range(6)]
    assert [(fate.network.name, fate.end, fate.handed_over) for fate in fates] == [
        ("captive_portal", End.LOST, False),
        ("captive_portal", End.LOST, False),
        ("wifi", End.ANSWERED, True),
        ("wifi", End.ANSWERED, False),
        ("wifi", End.ANSWERED, False),
        ("wifi", End.ANSWERED, False),
    ]
    wifi = fates[2].network
    assert wifi.median < fates[2].up < 3 * wifi.longest


@pytest.mark.parametrize("name", NETWORKS)
def test_no_call_is_held_up_for_longer_than_can_be_waited_for(name: str) -> None:
    bound = longest(read_mixture(name), PATIENCE)
    next_life = lives(read_mixture(name), 7, 1, PATIENCE)
    held_up = 0.0
    for device in range(2000):
        one = next_life(device)
        held_up = max(held_up, *(fate.up + fate.down for fate in (one.fate() for _ in range(4))))
    assert 0 < held_up <= bound
