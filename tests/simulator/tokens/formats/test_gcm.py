import re

import pytest

from simulator.tokens import Folded, NotMinted, Provenance, PushType, Truncated, decode, mint

WRITE = Provenance(9, 2, 7, 1, PushType.ANDROID, 3)


@pytest.mark.parametrize("length", [140, 162])
def test_it_is_a_payload_without_a_colon(length: int) -> None:
    token = mint(WRITE, form=f"gcm-{length}")
    assert (len(token), token[:6], ":" in token) == (length, "APA91b", False)
    assert decode(token) == WRITE


def test_a_long_one_cut_to_140_characters_is_no_short_one() -> None:
    with pytest.raises(Truncated) as refused:
        decode(mint(WRITE, form="gcm-162")[:140])
    assert refused.value.provenance == WRITE


@pytest.mark.parametrize("length", [140, 162])
def test_the_validators_in_use_elsewhere_take_it_for_googles(length: int) -> None:
    token = mint(WRITE, form=f"gcm-{length}")
    assert re.fullmatch(r"[A-Za-z0-9_-]{65,}", token)  # node-pushnotifications: over 64 other characters
    assert not re.fullmatch(r"[0-9a-fA-F]+", token)  # and no APNs token
    assert token[6] in "EFGH"


@pytest.mark.parametrize("length", [140, 162])
def test_a_folded_one_is_told_by_its_form(length: int) -> None:
    token = mint(WRITE, form=f"gcm-{length}")
    for folded in (token.lower(), token.upper()):
        with pytest.raises(Folded):
            decode(folded)
        with pytest.raises(NotMinted):
            decode(folded[:-1])
