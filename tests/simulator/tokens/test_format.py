from collections import Counter

import numpy as np
import pytest

from simulator.errors import UsageError
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.format import all_forms, form_named, form_of, forms_of, register
from tests.chi_square import fits


def test_every_type_has_forms_and_every_form_a_name_of_its_own() -> None:
    assert {kind for form in all_forms() for kind in form.types} == set(PushType)
    assert sorted(form.name for form in all_forms()) == [
        *("apns-108", "apns-160", "apns-64", "chrome", "fcm-142", "fcm-163", "fid", "firefox", "gcm-140", "gcm-162"),
        "safari",
    ]


def test_a_form_that_a_type_never_has_is_refused_with_those_it_has() -> None:
    with pytest.raises(UsageError, match="tokens of type ios have no form 'fid'; theirs are apns-64, apns-108, apns"):
        form_named("fid", PushType.IOS)


def test_a_form_is_never_registered_twice() -> None:
    with pytest.raises(ValueError, match="two forms called apns-64"):
        register(form_named("apns-64", PushType.IOS), {PushType.IOS: 1.0})


def test_an_installation_keeps_its_form_while_its_tokens_rotate() -> None:
    lengths = {len(mint(Provenance(3, run, 41, 1, PushType.FCM, 7))) for run in range(1, 100)}
    assert len(lengths) == 1


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        (PushType.IOS, {"apns-64": 0.98, "apns-108": 0.01, "apns-160": 0.01}),
        (PushType.FCM, {"fcm-163": 0.88, "fcm-142": 0.07, "fid": 0.05}),
        (PushType.ANDROID, {"fcm-163": 0.3, "gcm-140": 0.5, "gcm-162": 0.2}),
        (PushType.WEB, {"chrome": 0.65, "safari": 0.2, "firefox": 0.15}),
    ],
)
def test_the_forms_come_in_their_shares(kind: PushType, shares: dict[str, float]) -> None:
    count = 20_000
    found = Counter(form_of(Provenance(5, 1, device, device % 3, kind, 1)).name for device in range(count))
    assert {name: round(found[name] / count, 2) for name in found} == pytest.approx(shares, abs=0.01)
    assert fits(found, shares)
    wrong = dict(zip(shares, [*list(shares.values())[1:], *list(shares.values())[:1]], strict=True))
    assert not fits(found, wrong)


@pytest.mark.parametrize(
    ("kind", "lengths"),
    [
        (PushType.IOS, {64, 108, 160}),
        (PushType.IOS_VOIP, {64, 108, 160}),
        (PushType.FCM, {163, 142, 22}),
        (PushType.ANDROID, {163, 140, 162}),
    ],
)
def test_tokens_of_every_legal_length_are_handed_out(kind: PushType, lengths: set[int]) -> None:
    assert {len(mint(Provenance(5, 1, device, 0, kind, 1))) for device in range(2000)} == lengths


def test_web_push_subscriptions_are_of_three_browsers_lengths() -> None:
    lengths = {len(mint(Provenance(5, 1, device, 0, PushType.WEB, 1))) for device in range(200)}
    assert len(lengths) == 3
    assert min(lengths) > 255  # more than many a column holds


@pytest.mark.parametrize("kind", PushType)
def test_the_form_of_many_installations_is_that_of_each(kind: PushType) -> None:
    devices = np.arange(0, 2**32, 2**32 // 999, dtype=np.uint64)
    fleets, installs = np.full_like(devices, 2**32 - 1), np.full_like(devices, 65535)
    forms, places = forms_of(kind, fleets, devices, installs)
    alone = [form_of(Provenance(2**32 - 1, 1, device, 65535, kind, 1)).name for device in devices.tolist()]
    assert [forms[place].name for place in places.tolist()] == alone
