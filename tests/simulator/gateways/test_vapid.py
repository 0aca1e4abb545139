"""VAPID tokens as the three push services take them, in both of their forms."""

from itertools import count

import pytest

from simulator.gateways import web_refusal as refusals
from simulator.gateways.vapid import Vapid
from simulator.gateways.web_refusal import APPLE, GOOGLE, MOZILLA, Refusal
from tests.simulator.gateways.fields import Fields
from tests.simulator.gateways.trusted import NOW, OTHER, TRUST, Clock, base64url, public, vapid, vapid_token

KEY = base64url(TRUST.vapid)
TOKEN = vapid_token(GOOGLE)


def refusal(said: str | None, host: str = GOOGLE, crypto_key: str = "") -> Refusal | None:
    headers = {"authorization": said, "crypto-key": crypto_key}
    return Vapid(TRUST.vapid, Clock()).refusal(Fields({name: text for name, text in headers.items() if text}), host)


@pytest.mark.parametrize("host", [GOOGLE, MOZILLA, APPLE])
def test_a_token_for_the_service_is_good(host: str) -> None:
    assert refusal(vapid(host), host) is None


@pytest.mark.parametrize(
    "said",
    [
        f"vapid k={KEY},t={TOKEN}",
        f"VAPID  t={TOKEN} ,  k={KEY}",
        f'vapid t="{TOKEN}", k="{KEY}="',
        f"vapid t={TOKEN}; k={KEY}",
        vapid(GOOGLE, exp=NOW + 24 * 3600),
        vapid(GOOGLE, exp=NOW + 0.5),
        vapid(GOOGLE, sub=None),
    ],
)
def test_it_may_be_written_in_several_ways(said: str) -> None:
    assert refusal(said) is None


def test_the_drafts_form_has_its_key_in_another_header() -> None:
    said, key = f"WebPush {TOKEN}", f"dh=BAAA;p256ecdsa={KEY}"
    assert refusal(said, crypto_key=key) is None
    assert refusal(said) == refusals.NO_KEY
    assert refusal(said, crypto_key=f"p256ecdsa={base64url(public(OTHER))}") == refusals.OTHER_KEY


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (None, refusals.NO_VAPID),
        ("", refusals.NO_VAPID),
        (f"bearer {TOKEN}", refusals.NO_VAPID),
        (f"vapid k={KEY}", refusals.NO_VAPID),
        (f"vapid t={TOKEN}", refusals.NO_KEY),
        (f"vapid t={TOKEN}, k=", refusals.NO_KEY),
        (f"vapid t={TOKEN}, k=é", refusals.OTHER_KEY),
        (f"vapid t={TOKEN}, k={KEY[:-2]}", refusals.OTHER_KEY),
        (vapid(GOOGLE, OTHER, public(OTHER)), refusals.OTHER_KEY),
        (vapid(GOOGLE, OTHER), refusals.BAD_VAPID),
        (f"vapid t=nonsense, k={KEY}", refusals.BAD_VAPID),
        (f"vapid t=\udcff, k={KEY}", refusals.BAD_VAPID),
        (vapid(GOOGLE, exp=None), refusals.NO_EXPIRY),
        (vapid(GOOGLE, exp="soon"), refusals.NO_EXPIRY),
        (vapid(GOOGLE, exp=float("inf")), refusals.NO_EXPIRY),
        (vapid(GOOGLE, exp=NOW), refusals.EXPIRED),
        (vapid(GOOGLE, exp=NOW + 24 * 3600 + 1), refusals.LATE_EXPIRY),
        (vapid(MOZILLA), refusals.OTHER_ORIGIN),
        (vapid(GOOGLE, aud=None), refusals.OTHER_ORIGIN),
        (vapid(GOOGLE, aud=f"https://{GOOGLE}/fcm/send/"), refusals.OTHER_ORIGIN),
    ],
    ids=count(),  # the keys are new in every process, and the tests' names must not be
)
def test_each_fault_is_told(said: str | None, expected: Refusal) -> None:
    assert refusal(said) == expected


@pytest.mark.parametrize(
    ("subject", "good"),
    [
        ("mailto:push@example.com", True),
        ("https://example.com", True),
        (None, False),
        ("push@example.com", False),
        ("mailto:push@localhost", False),
        ("mailto:push@server.local", False),
        ("mailto: push@example.com", False),
        (5, False),
    ],
)
def test_apple_wants_to_know_whom_to_write_to_and_the_others_do_not(subject: object, *, good: bool) -> None:
    assert refusal(vapid(APPLE, sub=subject), APPLE) == (None if good else refusals.BAD_VAPID)
    if subject != 5:  # no string, so that it is no good token anywhere
        assert refusal(vapid(GOOGLE, sub=subject)) is None


def test_a_token_that_was_good_expires_though_its_signature_is_remembered() -> None:
    clock = Clock()
    judged, said = Vapid(TRUST.vapid, clock), Fields({"authorization": vapid(GOOGLE)})
    assert judged.refusal(said, GOOGLE) is None
    clock.now = NOW + 3600
    assert judged.refusal(said, GOOGLE) == refusals.EXPIRED
