import pytest

from simulator.tokens import Provenance, PushType, Truncated, decode, mint

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
