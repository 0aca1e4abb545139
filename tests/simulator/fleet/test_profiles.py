from collections import Counter
from collections.abc import Callable

import pytest
from faker import Faker

from simulator.fleet.browsers import BROWSERS
from simulator.fleet.mixing import derive
from simulator.fleet.population import SHARES, Platform
from simulator.fleet.profiles import Profile, Profiles
from simulator.fleet.provider import APP_VERSIONS, LOCALES, MODELS, VERSIONS, PhoneProvider, models_for
from tests.chi_square import fits

SAMPLE = 5000
PHONES = [platform for platform in Platform if platform is not Platform.BROWSER]


def phones(platform: Platform) -> list[Profile]:
    profiles = Profiles(7)
    return [profiles.profile(device, 0, platform, device) for device in range(SAMPLE)]


@pytest.fixture(scope="module")
def drawn() -> dict[Platform, list[Profile]]:
    return {platform: phones(platform) for platform in PHONES}


@pytest.mark.parametrize("platform", PHONES)
def test_os_versions_have_their_shares(drawn: dict[Platform, list[Profile]], platform: Platform) -> None:
    assert fits(Counter(it.os_version for it in drawn[platform]), VERSIONS[platform])


def test_app_versions_and_locales_have_their_shares(drawn: dict[Platform, list[Profile]]) -> None:
    assert fits(Counter(it.app_version for it in drawn[Platform.IOS]), APP_VERSIONS)
    assert fits(Counter(it.locale for it in drawn[Platform.IOS]), LOCALES)


def test_the_check_of_shares_fires_on_wrong_shares(drawn: dict[Platform, list[Profile]]) -> None:
    wrong = {**VERSIONS[Platform.ANDROID], "14": 0.22, "13": 0.22}
    assert not fits(Counter(it.os_version for it in drawn[Platform.ANDROID]), wrong)


def test_any_faker_can_be_given_phones() -> None:
    faker = Faker("de_DE")
    faker.add_provider(PhoneProvider)
    faker.seed_instance(7)
    drawn = Counter(faker.phone_os_version(Platform.IOS) for _ in range(SAMPLE))
    assert fits(drawn, VERSIONS[Platform.IOS])
    assert faker.phone_model(Platform.IOS, "27.0").startswith("iPhone")


def test_published_shares_are_kept() -> None:
    ios, newer, older = (VERSIONS[platform] for platform in PHONES)
    of_gcm = SHARES[Platform.ANDROID_GCM] / (SHARES[Platform.ANDROID] + SHARES[Platform.ANDROID_GCM])
    android = {version: newer[version] * (1 - of_gcm) + older.get(version, 0) * of_gcm for version in newer}
    assert sum(share for version, share in ios.items() if version.startswith("26")) == pytest.approx(2 / 3, abs=0.01)
    assert set(ios) >= {"18.5", "18.6", "18.7", "27.0"}
    published = {"14": 0.27, "13": 0.17, "11": 0.16, "12": 0.13, "10": 0.10, "9": 0.06, "15": 0.04}
    assert {version: android[version] for version in published} == pytest.approx(published)
    assert set(older) == {"10", "9", "8.1"}
    for shares in (ios, newer, older, APP_VERSIONS, LOCALES):
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("platform", PHONES)
def test_every_version_runs_on_some_model_and_no_phone_runs_what_it_cannot(
    drawn: dict[Platform, list[Profile]], platform: Platform
) -> None:
    assert all(models_for(platform, version) for version in VERSIONS[platform])
    ranges = {model.name: range(model.oldest, model.newest + 1) for model in MODELS[platform]}
    assert all(int(it.os_version.partition(".")[0]) in ranges[it.model] for it in drawn[platform])
    assert {it.model for it in drawn[platform]} == set(ranges)


@pytest.mark.parametrize("browser", BROWSERS)
def test_browsers_have_versions_and_systems_in_their_shares(browser: str) -> None:
    profiles, of_it = Profiles(7), BROWSERS[browser]
    drawn = [profiles.profile(device, 0, Platform.BROWSER, device, browser) for device in range(SAMPLE)]
    assert fits(Counter(f"{it.model} {it.os_version}" for it in drawn), of_it.systems)
    names, versions = zip(*(it.browser.split() for it in drawn), strict=True)
    assert set(names) == {of_it.name}
    if of_it.versions:
        assert fits(Counter(versions), of_it.versions)
    else:
        assert list(versions) == [it.os_version for it in drawn]
    for shares in (of_it.systems, of_it.versions):
        assert not shares or sum(shares.values()) == pytest.approx(1)


def test_the_answer_does_not_depend_on_what_was_asked_before() -> None:
    asked: list[Callable[[Profiles], object]] = [
        lambda it: it.person(3, "c"),
        lambda it: it.profile(3, 0, Platform.IOS, 2),
        lambda it: it.person(4, "d"),
        lambda it: it.profile(3, 1, Platform.IOS, 2),
    ]
    one, other = Profiles(7), Profiles(7)
    assert [ask(one) for ask in asked] == [ask(other) for ask in reversed(asked)][::-1]


def test_people_of_a_seed_have_names_in_their_locale() -> None:
    profiles = Profiles(derive(7, "test"))
    people = [profiles.person(person, str(person)) for person in range(100)]
    assert len({person.name for person in people}) > 90
    assert all(person.name.isascii() is False for person in people if person.locale in ("zh_TW", "ja_JP"))
    assert [profiles.profile(0, 0, Platform.IOS, person).locale for person in range(100)] == [
        it.locale for it in people
    ]


def shares_of_models(platform: Platform) -> dict[str, float]:
    """Each version's phones are of the models that it runs on, in equal parts."""
    found: dict[str, float] = {}
    for version, share in VERSIONS[platform].items():
        models = models_for(platform, version)
        for model in models:
            found[model] = found.get(model, 0.0) + share / len(models)
    return found


@pytest.mark.parametrize("platform", PHONES)
def test_models_have_the_shares_that_follow_from_the_versions(
    drawn: dict[Platform, list[Profile]], platform: Platform
) -> None:
    shares, seen = shares_of_models(platform), Counter(it.model for it in drawn[platform])
    assert fits(seen, shares)
    first, second = sorted(shares, key=shares.__getitem__)[:: len(shares) - 1]
    assert not fits(seen, {**shares, first: shares[second], second: shares[first]})
