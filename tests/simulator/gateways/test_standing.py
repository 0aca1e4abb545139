"""What a provider knows of a fleet's tokens, and how late it learns that one is dead."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from simulator.errors import UsageError
from simulator.fleet import Fleet
from simulator.fleet.state import Flag, State
from simulator.gateways import standing
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import number_of
from simulator.gateways.standing import Known, Registry, Standing, require_seconds
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from simulator.tokens.provenance import GENERATION_BITS
from tests.simulator.gateways.trusted import NOW, Clock

RUN = 1 << GENERATION_BITS  # the value of run 1's generation 0


@dataclass
class World:
    """A fleet, and a device of it, whose installation is 1 and whose latest token is generation 5."""

    fleet: Fleet
    clock: Clock
    device: int

    def registry(self, stale_seconds: float = 100.0, seed: int = 0) -> Registry:
        return Registry(self.fleet, stale_seconds, self.clock, seed)

    def write(self, generation: int = 5, install: int = 1, **other: int) -> Provenance:
        said = {"fleet": self.fleet.number, "run": 1, "device": self.device, "type": PushType.IOS, **other}
        return Provenance(install=install, generation=generation, **said)  # type: ignore[arg-type]  # mypy takes the mapping for one type

    def look_up(self, generation: int = 5, install: int = 1, **other: int) -> Known:
        return self.registry().look_up(mint(self.write(generation, install, **other)))

    def stands(self, *flags: int, slots: tuple[int, int] = (RUN | 5, 0), install: int = 1) -> None:
        self.fleet.state[self.device] = (0, slots, install, 1, sum(flags))


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet.create(tmp_path_factory.mktemp("standing") / "fleet", devices=400, seed=1)


@pytest.fixture
def world(fleet: Fleet) -> Iterator[World]:
    device = next(device for device in range(fleet.devices) if PushType.IOS in fleet.types(device))
    made = World(fleet, Clock(), device)
    made.stands(Flag.SUBSCRIBED[0])
    yield made
    fleet.state[device] = (0, (0, 0), 0, 0, 0)


def test_without_a_fleet_every_authentic_token_is_current() -> None:
    write = Provenance(9, 4000, 4_000_000_000, 60_000, PushType.FCM, 1000)
    known = Registry(None, 0.0, Clock()).look_up(mint(write))
    assert known == Known(Standing.CURRENT, write, write.register, write.value, 9)


def test_the_latest_token_is_current(world: World) -> None:
    write = world.write()
    assert world.look_up() == Known(Standing.CURRENT, write, write.register, RUN | 5, world.fleet.number)


def test_a_token_whose_app_has_unsubscribed_is_alive(world: World) -> None:
    world.stands(Flag.SUBSCRIBED[1], Flag.UNSETTLED[0], Flag.SPENT[0])
    known = world.look_up()
    assert (known.standing, known.is_dead) == (Standing.UNSUBSCRIBED, False)


def test_each_slot_has_its_own_latest_token_and_flag(world: World) -> None:
    world.stands(Flag.SUBSCRIBED[1], slots=(RUN | 5, RUN | 7))
    assert world.look_up(7, type=PushType.IOS_VOIP).standing is Standing.CURRENT
    assert world.look_up(5).standing is Standing.UNSUBSCRIBED
    assert world.look_up(5, type=PushType.IOS_VOIP).standing is Standing.SUPERSEDED


@pytest.mark.parametrize(
    "wrong",
    [
        {"generation": 6},
        {"run": 2, "generation": 1},
        {"install": 2, "generation": 1},
        {"device": 400},
        {"fleet": 12345},
        {"type": PushType.FCM},
        {"type": PushType.IOS_VOIP, "generation": 1},
    ],
)
def test_a_token_that_the_fleet_never_handed_out_was_never_minted(world: World, wrong: dict[str, int]) -> None:
    known = world.look_up(**wrong)
    write = world.write(**wrong)
    assert known == Known(Standing.NEVER_MINTED, None, write.register, write.value, write.fleet)


def test_what_does_not_decode_was_never_minted_and_tells_what_is_left_of_it(world: World) -> None:
    token = mint(world.write(), form="apns-64")
    fcm = mint(world.write(type=PushType.FCM), form="fcm-163")
    nothing = Known(Standing.NEVER_MINTED, None, 0, -2, 0)
    assert [world.registry().look_up(text) for text in ("ab" * 32, "", "null", "\udcff", "x" * 100_000)] == [
        nothing
    ] * 5
    cut, folded = world.registry().look_up(token[:50]), world.registry().look_up(fcm.lower())
    assert (cut.standing, cut.write, cut.register, cut.value) == (
        Standing.NEVER_MINTED,
        None,
        world.write().register,
        -3,
    )
    assert (folded.standing, folded.write, folded.value) == (Standing.NEVER_MINTED, None, -4)


def test_an_older_token_is_superseded_by_its_own_installation_or_by_another(world: World) -> None:
    older, elsewhere = world.look_up(4), world.look_up(9, install=0)
    assert (older.standing, older.replaced) == (Standing.SUPERSEDED, False)
    assert (elsewhere.standing, elsewhere.replaced) == (Standing.SUPERSEDED, True)
    assert older.write == world.write(4)


def test_a_superseded_token_lives_for_an_unpredictable_time_after_it_is_first_met(world: World) -> None:
    registry, token = world.registry(stale_seconds=100.0), mint(world.write(4))
    world.clock.now = NOW + 1000  # nobody pushed until now, so that nobody noticed
    assert registry.look_up(token).dead_since is None
    world.clock.now = NOW + 1000 + 49.9
    assert not registry.look_up(token).is_dead
    world.clock.now = NOW + 1000 + 150
    known = registry.look_up(token)
    assert known.is_dead
    assert known.dead_since is not None
    assert NOW + 1050 <= known.dead_since <= NOW + 1150
    world.clock.now = NOW + 99_999
    assert registry.look_up(token).dead_since == known.dead_since


def deaths(world: World, seed: int = 0) -> list[float | None]:
    world.clock.now = NOW
    registry, tokens = world.registry(seed=seed), [mint(world.write(generation)) for generation in range(1, 5)]
    for token in tokens:
        registry.look_up(token)
    world.clock.now = NOW + 1000
    return [registry.look_up(token).dead_since for token in tokens]


def test_each_token_has_a_time_of_its_own_which_the_seed_decides(world: World) -> None:
    drawn = deaths(world)
    assert len(set(drawn)) == 4
    assert deaths(world) == drawn
    assert not set(deaths(world, seed=1)) & set(drawn)


def test_with_no_delay_a_superseded_token_is_dead_when_it_is_first_met(world: World) -> None:
    assert world.registry(stale_seconds=0.0).look_up(mint(world.write(4))).dead_since == NOW


def test_a_dead_installation_id_that_is_handed_out_again_is_alive(world: World) -> None:
    registry, token = world.registry(stale_seconds=0.0), mint(world.write(4))
    assert registry.look_up(token).is_dead
    world.stands(Flag.SUBSCRIBED[0], slots=(RUN | 4, 0))
    known = registry.look_up(token)
    assert (known.standing, known.dead_since, known.is_dead) == (Standing.CURRENT, None, False)


def google(world: World, state: State, flags: int, latest: int) -> int:
    """An Android device in this state, its latest token of installation 1."""
    device = next(device for device in range(world.fleet.devices) if PushType.FCM in world.fleet.types(device))
    world.fleet.state[device] = (0, (latest, 0), 1, state, flags)
    return device


def test_googles_token_of_a_phone_that_was_put_away_is_dead_at_once_and_alive_when_it_is_back(world: World) -> None:
    device = google(world, State.DORMANT, Flag.SUBSCRIBED[0], RUN | 5)
    away = world.look_up(device=device, type=PushType.FCM)
    assert (away.standing, away.is_dead, away.replaced) == (Standing.DORMANT, True, False)
    world.fleet.state["state"][device] = State.INSTALLED
    back = world.look_up(device=device, type=PushType.FCM)
    assert (back.standing, back.is_dead) == (Standing.CURRENT, False)


def test_apples_token_of_a_phone_that_was_put_away_is_alive(world: World) -> None:
    world.fleet.state["state"][world.device] = State.DORMANT
    assert world.look_up().standing is Standing.CURRENT


def test_what_an_app_had_as_android_is_its_own_until_it_has_a_token_of_firebase(world: World) -> None:
    device = google(world, State.INSTALLED, 0, 0)
    wrote = {"device": device, "type": PushType.ANDROID, "generation": 1}
    assert world.look_up(**wrote).standing is Standing.CURRENT
    assert world.look_up(**{**wrote, "install": 2}).standing is Standing.NEVER_MINTED
    google(world, State.INSTALLED, 0, RUN | 1)
    assert (world.look_up(**wrote).standing, world.look_up(**wrote).replaced) == (Standing.SUPERSEDED, False)
    assert world.look_up(**{**wrote, "install": 0}).replaced


def test_no_more_deaths_are_remembered_than_there_is_room_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_REMEMBERED", 2)
    registry, (first, second, third) = world.registry(), (mint(world.write(number)) for number in (1, 2, 3))
    for token in (first, second, first, third):  # the second was met longest ago
        registry.look_up(token)
    world.clock.now = NOW + 1000
    assert registry.look_up(first).is_dead
    assert not registry.look_up(second).is_dead


def test_the_fleets_state_is_read_anew_each_time(world: World) -> None:
    registry, token = world.registry(), mint(world.write())
    assert registry.look_up(token).standing is Standing.CURRENT
    world.stands(slots=(RUN | 6, 0))
    assert registry.look_up(token).standing is Standing.SUPERSEDED
    later = mint(world.write(7))
    assert registry.look_up(later).standing is Standing.NEVER_MINTED
    world.stands(Flag.SUBSCRIBED[0], slots=(RUN | 7, 0))
    assert registry.look_up(later).standing is Standing.CURRENT


def test_a_token_that_goes_on_after_its_end_is_another_one_however_long_it_is(world: World) -> None:
    registry, token = world.registry(), mint(world.write())
    found = [registry.look_up(token + "0" * more).standing for more in (0, 600, 10**6)]
    assert found == [Standing.CURRENT, Standing.NEVER_MINTED, Standing.NEVER_MINTED]


@pytest.mark.parametrize("browser", ["chrome", "firefox", "safari"])
def test_an_endpoint_is_looked_up_as_a_url_or_by_its_path(browser: str) -> None:
    write = Provenance(1, 1, 7, 0, PushType.WEB, 1)
    endpoint: str = json.loads(mint(write, form=browser))["endpoint"]
    registry, known = Registry(None, 0.0, Clock()), Known(Standing.CURRENT, write, write.register, write.value, 1)
    assert registry.look_up_endpoint(endpoint) == known
    assert registry.look_up_endpoint("/" + endpoint.split("/", 3)[3]) == known
    assert registry.look_up_endpoint(endpoint[:-1]).standing is Standing.NEVER_MINTED


def test_a_delivery_tells_slot_origin_and_mark() -> None:
    write = Provenance(9, 1, 7, 2, PushType.IOS, 1)
    known = Registry(None, 0.0, Clock()).look_up(mint(write))
    text = f"Hello {Mark(9, 5, 99).text}".encode()
    place, answered = (Provider.APNS, Topic.VOIP, PushType.IOS_VOIP), (400, "DeviceTokenNotForTopic")
    register = 7 << 24 | 2 << 8
    expected = Delivery(
        *(Provider.APNS, Topic.VOIP, 400, number_of("DeviceTokenNotForTopic"), 3, 9, 5, 99),
        *(register | 2, RUN | 1, register | 1, 0, 0),
    )
    assert known.delivery(*place, answered, text, 3) == expected
    unmarked = known.delivery(*place, answered, b"Hello", 3)
    assert unmarked == expected._replace(owner=NOBODY, sent=0)


@pytest.mark.parametrize("text", ["-1", "86401", "nan", "soon", ""])
def test_a_delay_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--stale-seconds"):
        require_seconds(text)
