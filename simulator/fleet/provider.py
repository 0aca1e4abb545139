"""A Faker provider for phones and browsers: models, OS versions, app versions and locales as they are in 2026.

Faker's own user agents are years out of date. OS shares are those published for late 2026; what they leave open is
marked ASSUMPTION, as are the shares of models, app versions and locales, for which there is no public source.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from faker.providers import BaseProvider

from simulator.fleet.browsers import BROWSERS
from simulator.fleet.population import SHARES, Platform

# iOS 26 has about two thirds; then come 18.5 to 18.7 and 27.0. ASSUMPTION: the split within each.
IOS_VERSIONS: Final = OrderedDict(
    [
        ("26.4", 0.22),
        ("26.3", 0.18),
        ("26.2", 0.15),
        ("26.1", 0.12),
        ("18.7", 0.12),
        ("27.0", 0.10),
        ("18.6", 0.06),
        ("18.5", 0.05),
    ]
)
# The published shares end at 93 %. ASSUMPTION: the rest runs 8.1 and 16, the neighbours of what is listed.
ANDROID_VERSIONS: Final = OrderedDict(
    [
        ("14", 0.27),
        ("13", 0.17),
        ("11", 0.16),
        ("12", 0.13),
        ("10", 0.10),
        ("9", 0.06),
        ("15", 0.04),
        ("8.1", 0.04),
        ("16", 0.03),
    ]
)
# ASSUMPTION: most people let the store update their apps, and a tail never does.
APP_VERSIONS: Final = OrderedDict([("5.4.1", 0.55), ("5.4.0", 0.20), ("5.3.2", 0.12), ("5.2.0", 0.08), ("4.9.6", 0.05)])
# ASSUMPTION: a product that is sold worldwide; every locale is one that Faker has names for.
LOCALES: Final = OrderedDict(
    [
        ("en_US", 0.30),
        ("zh_TW", 0.15),
        ("ja_JP", 0.10),
        ("de_DE", 0.10),
        ("en_GB", 0.10),
        ("es_ES", 0.08),
        ("fr_FR", 0.07),
        ("pt_BR", 0.06),
        ("tr_TR", 0.04),
    ]
)
# ASSUMPTION: apps that were never moved from GCM are on phones with Android 10 or older.
_GCM_NEWEST: Final = 10
_GCM_PART: Final = SHARES[Platform.ANDROID_GCM] / (SHARES[Platform.ANDROID] + SHARES[Platform.ANDROID_GCM])


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _of_gcm() -> OrderedDict[str, float]:
    old = [(version, share) for version, share in ANDROID_VERSIONS.items() if _major(version) <= _GCM_NEWEST]
    total = sum(share for _, share in old)
    return OrderedDict((version, share / total) for version, share in old)


def _of_fcm() -> OrderedDict[str, float]:
    """What leaves the published shares as they are for all Android phones together."""
    gcm = _of_gcm()
    return OrderedDict(
        (version, (share - _GCM_PART * gcm.get(version, 0)) / (1 - _GCM_PART))
        for version, share in ANDROID_VERSIONS.items()
    )


VERSIONS: Final = {
    Platform.IOS: IOS_VERSIONS,
    Platform.ANDROID: _of_fcm(),
    Platform.ANDROID_GCM: _of_gcm(),
}


class Model(NamedTuple):
    """A phone as it reports itself, and the oldest and newest major OS version that runs on it."""

    name: str
    oldest: int
    newest: int


_IPHONES: Final = (
    Model("iPhone11,8", 12, 18),
    Model("iPhone12,1", 13, 26),
    Model("iPhone12,8", 13, 26),
    Model("iPhone13,2", 14, 27),
    Model("iPhone14,5", 15, 27),
    Model("iPhone15,2", 16, 27),
    Model("iPhone15,4", 17, 27),
    Model("iPhone16,2", 17, 27),
    Model("iPhone17,1", 18, 27),
    Model("iPhone17,3", 18, 27),
    Model("iPhone18,3", 26, 27),
)
_ANDROIDS: Final = (
    Model("samsung SM-G960F", 8, 10),
    Model("HUAWEI VOG-L29", 9, 10),
    Model("Xiaomi Redmi Note 8", 9, 11),
    Model("samsung SM-A515F", 10, 13),
    Model("OPPO CPH2205", 11, 13),
    Model("Google Pixel 6", 12, 16),
    Model("samsung SM-A536B", 12, 16),
    Model("Xiaomi 2201117TG", 11, 13),
    Model("vivo V2250", 13, 16),
    Model("samsung SM-S911B", 13, 16),
    Model("Google Pixel 8", 14, 16),
    Model("samsung SM-S921B", 14, 16),
    Model("Nokia 7.1", 8, 10),
)
MODELS: Final = {
    Platform.IOS: _IPHONES,
    Platform.ANDROID: _ANDROIDS,
    Platform.ANDROID_GCM: tuple(model for model in _ANDROIDS if model.oldest <= _GCM_NEWEST),
}


def models_for(platform: Platform, os_version: str) -> tuple[str, ...]:
    """Return the models that run this version; never empty for a version of `VERSIONS`."""
    major = _major(os_version)
    return tuple(model.name for model in MODELS[platform] if model.oldest <= major <= model.newest)


class PhoneProvider(BaseProvider):
    """Adds phones to a Faker: `faker.add_provider(PhoneProvider)`."""

    # Faker turns this on for its own providers only; off, it draws all values alike and says nothing.
    __use_weighting__ = True

    def phone_os_version(self, platform: Platform) -> str:
        """Draw an OS version by its share among the phones of `platform`."""
        return str(self.random_element(VERSIONS[platform]))

    def phone_model(self, platform: Platform, os_version: str) -> str:
        """Draw a model that runs `os_version`."""
        return str(self.random_element(models_for(platform, os_version)))

    def browser_version(self, browser: str) -> str:
        """Draw a version of a browser of BROWSERS by its share; empty if it is its system's."""
        versions = BROWSERS[browser].versions
        return str(self.random_element(versions)) if versions else ""

    def browser_system(self, browser: str) -> str:
        """Draw the system that a browser runs on by its share, such as "Windows 11"."""
        return str(self.random_element(BROWSERS[browser].systems))

    def app_version(self) -> str:
        """Draw a version of the app by its share."""
        return str(self.random_element(APP_VERSIONS))

    def person_locale(self) -> str:
        """Draw the locale of a person, such as de_DE, by its share."""
        return str(self.random_element(LOCALES))
