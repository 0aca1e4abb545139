"""Who a person is and what a phone or a browser is: for people to read, never needed by a load.

Faker is re-seeded for every look-up, so the answer depends on nothing but the seed and the number. Names may change
with Faker's version; ids never do.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.fleet.browsers import BROWSERS
from simulator.fleet.mixing import Mixer
from simulator.fleet.population import Platform

if TYPE_CHECKING:
    from faker import Faker

    from simulator.fleet.provider import PhoneProvider


@dataclass(frozen=True, slots=True)
class Person:
    """Who someone is."""

    client_id: str
    name: str
    locale: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a phone reports of itself, or a browser."""

    platform: Platform
    model: str  # of a browser: its system
    os_version: str
    app_version: str
    locale: str
    browser: str = ""  # name and version, such as "Chrome 158"


class Profiles:
    """The profiles of a seed. Importing Faker takes a fifth of a second, so that waits for the first look-up."""

    def __init__(self, seed: int) -> None:
        self._people, self._phones = Mixer.of(seed, "persons"), Mixer.of(seed, "profiles")
        self._fakers: dict[str, Faker] = {}
        self._provider: PhoneProvider | None = None

    def person(self, person: int, client_id: str) -> Person:
        """Return the person of this number."""
        locale = self._locale(person)
        faker = self._faker(locale)
        faker.seed_instance(self._people.mix(person))
        return Person(client_id, faker.name(), locale)

    def profile(self, device: int, install: int, platform: Platform, person: int, browser: str = "") -> Profile:
        """Return the profile of an installation; a new installation is another phone of the same platform.

        `browser` is one of BROWSERS, where the platform is a browser.
        """
        locale = self._locale(person)
        draw = self._seeded(self._phones.mix(device << 16 | install))
        if browser:
            system, _, version = draw.browser_system(browser).rpartition(" ")
            shown = f"{BROWSERS[browser].name} {draw.browser_version(browser) or version}"
            return Profile(platform, system, version, draw.app_version(), locale, shown)
        version = draw.phone_os_version(platform)
        return Profile(platform, draw.phone_model(platform, version), version, draw.app_version(), locale)

    def _locale(self, person: int) -> str:
        return self._seeded(self._people.mix(person)).person_locale()

    def _seeded(self, seed: int) -> "PhoneProvider":
        if self._provider is None:
            from simulator.fleet.provider import PhoneProvider  # noqa: PLC0415 - see the class

            self._provider = PhoneProvider(self._faker("en_US"))
        self._provider.generator.seed_instance(seed)
        return self._provider

    def _faker(self, locale: str) -> "Faker":
        if locale not in self._fakers:
            from faker import Faker  # noqa: PLC0415 - see the class

            self._fakers[locale] = Faker(locale)
        return self._fakers[locale]
