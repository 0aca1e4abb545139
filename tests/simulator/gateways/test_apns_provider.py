"""Provider tokens: whose they are, how old, and how often a connection may change them."""

from simulator.gateways.apns_provider import ProviderTokens
from simulator.gateways.trust import Environment
from tests.simulator.gateways.trusted import NOW, OTHER, TRUST, Clock, bearer


def tokens(clock: Clock, environment: Environment = "production") -> ProviderTokens:
    return ProviderTokens(TRUST, environment, clock)


def refusals(judged: ProviderTokens, *said: str, peer: str = "1") -> list[str]:
    return [judged.refusal(text, peer) for text in said]


def test_a_token_is_good_for_an_hour_from_its_iat_though_its_verdict_is_remembered() -> None:
    clock, token = Clock(), bearer(iat=NOW - 3599.5)
    judged = tokens(clock)
    assert refusals(judged, token) == [""]
    clock.now = NOW + 1
    assert refusals(judged, token) == ["ExpiredProviderToken"]


def test_a_token_may_be_a_minute_ahead_of_our_clock_and_not_more() -> None:
    assert refusals(tokens(Clock()), bearer(iat=NOW + 60), bearer(iat=NOW + 61)) == ["", "InvalidProviderToken"]


def test_a_connection_changes_its_token_once_in_twenty_minutes() -> None:
    clock = Clock()
    judged = tokens(clock)
    first, second, third = bearer(), bearer(iat=NOW - 20), bearer(iat=NOW - 30)
    assert refusals(judged, first, second, third, second) == ["", "", "TooManyProviderTokenUpdates", ""]
    for _ in range(21):  # minutes in which the connection is in use
        clock.now += 59
        refusals(judged, second)
    assert refusals(judged, third) == [""]


def test_senders_of_their_own_connections_do_not_count_for_each_other() -> None:
    judged = tokens(Clock())
    said = [bearer(iat=NOW - age) for age in range(5)]
    assert [refusals(judged, token, peer=str(place)) for place, token in enumerate(said)] == [[""]] * 5


def test_a_connection_belongs_to_the_key_that_it_began_with() -> None:
    judged, other = tokens(Clock()), bearer(OTHER, "KEY0000002")
    assert refusals(judged, bearer(), other, bearer(OTHER, "STRANGEKEY")) == ["", *["UnrelatedKeyIdInToken"] * 2]
    assert refusals(judged, other, peer="2") == [""]


def test_a_refused_token_begins_no_connection() -> None:
    judged = tokens(Clock())
    assert refusals(judged, bearer(iat=NOW - 3601), bearer(OTHER, "KEY0000002")) == ["ExpiredProviderToken", ""]


def test_another_teams_key_is_good_for_none_of_our_topics() -> None:
    assert refusals(tokens(Clock()), bearer(OTHER, "STRANGEKEY")) == ["InvalidProviderToken"]


def test_a_port_that_is_another_connections_a_minute_later_is_not_held_against_it() -> None:
    clock = Clock()
    judged = tokens(clock)
    assert refusals(judged, bearer()) == [""]
    clock.now = NOW + 60
    assert refusals(judged, bearer(OTHER, "KEY0000002")) == [""]


def test_a_key_is_for_the_environments_it_was_made_for() -> None:
    sandboxes = bearer(kid="SANDBOXKEY")
    assert refusals(tokens(Clock(), "sandbox"), sandboxes) == [""]
    assert refusals(tokens(Clock()), sandboxes) == ["BadEnvironmentKeyIdInToken"]
