import tomllib
from pathlib import Path

import pytest

from simulator.networks import NETWORKS, Network, NetworkError, mistakes, mistakes_of_mixture, network, read_mixture

FOLDER = Path(network.__file__).parent

EVERY_MISTAKE = """
summry = "x"

[round_trip]
median_ms = 0
p95_ms = "long"
assumption = "a"
source = "b"

[lost]
share = 2
after_s = -1
assumption = "a"

[cut]
share = true
part = 0.5
assumption = "a"

[hand_over]
share = nan
to = "6g"
"""


def test_a_network_is_what_its_file_says() -> None:
    found = read_mixture("4g")
    (only,) = found.shares
    assert found.shares == {only: 1.0}
    assert only == Network(
        name="4g",
        summary="4G in a town.",
        median=0.07,
        p95=0.25,
        lost=0.005,
        lost_after=None,
        cut=0.001,
        unanswered=0.003,
        hand_over=0.03,
        to=None,
    )


def test_mobile_is_a_mixture() -> None:
    assert {network.name: share for network, share in read_mixture("mobile").shares.items()} == {
        "wifi": 0.55,
        "4g": 0.22,
        "5g": 0.15,
        "3g": 0.03,
        "train": 0.03,
        "airplane": 0.01,
        "captive_portal": 0.01,
    }


def test_airplane_mode_and_portals_let_nothing_through_and_lead_elsewhere() -> None:
    for name, after, then in (("airplane", 0, "4g"), ("captive_portal", 0.5, "wifi")):
        found = read_mixture(name)
        (only,) = found.shares
        assert (only.lost, only.lost_after, only.to, set(found.known)) == (1.0, after, then, {name, then})


@pytest.mark.parametrize("name", NETWORKS)
def test_every_file_is_a_network_or_a_mixture_without_a_mistake(name: str) -> None:
    document = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    found = mistakes_of_mixture(document, NETWORKS) if "shares" in document else mistakes(document, NETWORKS)
    assert list(found) == []
    assert read_mixture(name).name == name


def test_there_are_these() -> None:
    assert NETWORKS == ("3g", "4g", "5g", "airplane", "captive_portal", "mobile", "train", "wifi")


def test_an_unknown_network_is_refused_with_those_there_are() -> None:
    with pytest.raises(NetworkError) as refusal:
        read_mixture("6g")
    assert str(refusal.value) == (
        "--network 6g is unknown: choose from none, 3g, 4g, 5g, airplane, captive_portal, mobile, train, wifi."
    )


def test_every_mistake_of_a_network_is_told_at_once() -> None:
    assert list(mistakes(tomllib.loads(EVERY_MISTAKE), ("4g", "wifi"))) == [
        "summry is no key of it: choose from summary, round_trip, lost, cut, unanswered, hand_over.",
        "it has no summary: tell the network in a sentence.",
        "round_trip: say where its figures are from, as source, or why they are assumed, as assumption.",
        "round_trip: median_ms = 0: no answer comes before it was asked for.",
        "round_trip: p95_ms = 'long' is not a number from 0 on.",
        "lost: share = 2 is no share: give 0 to 1.",
        "lost: after_s = -1 is not a number from 0 on.",
        "cut: part is no key of it: choose from share, source, assumption.",
        "cut: share = True is not a number from 0 on.",
        "it has no table [unanswered].",
        "hand_over: say where its figures are from, as source, or why they are assumed, as assumption.",
        "hand_over: share = nan is not a number from 0 on.",
        "hand_over: to = '6g' is no network: choose from 4g, wifi.",
    ]


def test_figures_have_to_fit_each_other() -> None:
    document = tomllib.loads((FOLDER / "4g.toml").read_text("utf-8"))
    document["round_trip"]["p95_ms"] = 60
    document["lost"]["share"] = 0.999
    assert list(mistakes(document, NETWORKS)) == [
        "round_trip: p95_ms = 60 is below median_ms = 70.",
        "lost, cut and unanswered add up to 1.003: no more than all calls can fail.",
    ]


def test_every_mistake_of_a_mixture_is_told_at_once() -> None:
    document = tomllib.loads(
        '[shares]\n"4g" = 0.5\n[shares.6g]\nshare = 0.4\nassumption = "a"\n[shares.wifi]\nshare = 2\nsource = "s"\n'
    )
    assert list(mistakes_of_mixture(document, ("4g", "wifi"))) == [
        "it has no summary: tell the mixture in a sentence.",
        "shares.6g is no network: choose from 4g, wifi.",
        "shares.4g is no table: write [shares.4g] and its share below.",
        "shares.wifi: share = 2 is no share: give more than 0, to 1.",
    ]
    less = {"summary": "x", "shares": {"4g": {"share": 0.5, "source": "s"}}}
    assert list(mistakes_of_mixture(less, ("4g",))) == ["shares: the shares add up to 0.5: make that 1."]
