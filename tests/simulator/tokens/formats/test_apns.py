import re

import numpy as np
import pytest

from simulator.tokens import Provenance, PushType, Truncated, decode, mint
from simulator.tokens.format import BulkForm, form_named

IOS = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.IOS, generation=3)
VOIP = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.IOS_VOIP, generation=3)


def test_tokens_minted_by_any_version_stay_readable() -> None:
    assert decode("a4aacfc7a952f98561f898458f77adf4781054b9f56f6a1b97afdb4e809b18fb") == IOS
    assert decode("913ab8e45c421d4f6640cc16f5d339ebb187d595b2f43cda2e73fa62164f2789") == VOIP


@pytest.mark.parametrize(
    "validator",
    [
        r"[0-9a-fA-F]{64}",  # pushy's mock server
        r"[0-9a-f]{64}|[0-9a-f]{160}",  # node-pushnotifications
        r"[0-9a-fA-F]{1,200}",  # django-push-notifications
    ],
)
@pytest.mark.parametrize("write", [IOS, VOIP])
def test_the_validators_in_use_elsewhere_accept_it(validator: str, write: Provenance) -> None:
    assert re.fullmatch(validator, mint(write))


def test_the_two_tokens_of_an_app_differ() -> None:
    assert mint(IOS)[:8] != mint(VOIP)[:8]


@pytest.mark.parametrize("left", range(32, 64))
def test_a_cut_token_names_its_write_down_to_half_its_length(left: int) -> None:
    with pytest.raises(Truncated) as refused:
        decode(mint(IOS)[:left])
    assert refused.value.provenance == IOS


def test_the_head_is_read_in_any_case_in_bulk_too() -> None:
    form = form_named("apns-64", PushType.IOS)
    assert isinstance(form, BulkForm)
    lower = np.frombuffer(mint(IOS).encode(), np.uint8).reshape(1, 64)
    upper = np.frombuffer(mint(IOS).upper().encode(), np.uint8).reshape(1, 64)
    assert form.read_many(lower).tobytes() == form.read_many(upper).tobytes()


def test_a_cut_and_upper_cased_token_is_reported_as_cut() -> None:
    with pytest.raises(Truncated) as refused:
        decode(mint(IOS)[:40].upper())
    assert refused.value.provenance == IOS


@pytest.mark.parametrize("digits", [108, 160])
def test_the_seldom_longer_tokens_name_their_write_however_they_are_cut(digits: int) -> None:
    token = mint(IOS, form=f"apns-{digits}")
    assert (len(token), decode(token)) == (digits, IOS)
    for left in range(32, digits):
        with pytest.raises(Truncated) as refused:
            decode(token[:left])
        assert refused.value.provenance == IOS
