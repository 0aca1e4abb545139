import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.tokens import Folded, NotMinted, Provenance, PushType, TokenError, Truncated, decode, mint

MINTED_TYPES = [PushType.IOS, PushType.IOS_VOIP, PushType.FCM]
WRITES = st.builds(
    Provenance,
    fleet=st.integers(0, 2**32 - 1),
    run=st.integers(1, 2**12 - 1),
    device=st.integers(0, 2**32 - 1),
    install=st.integers(0, 2**16 - 1),
    type=st.sampled_from(MINTED_TYPES),
    generation=st.integers(1, 2**20 - 1),
)
SAMPLES = [Provenance(9, 2, 7, 1, kind, 3) for kind in MINTED_TYPES]


@given(WRITES)
def test_a_token_names_the_write_it_was_minted_for(write: Provenance) -> None:
    assert decode(mint(write)) == write
    assert decode(mint(write).encode()) == write


@given(WRITES, WRITES)
def test_two_writes_never_share_a_token(one: Provenance, other: Provenance) -> None:
    assert (mint(one) == mint(other)) == (one == other)


@pytest.mark.parametrize("write", SAMPLES)
def test_a_token_with_any_bit_flipped_is_refused(write: Provenance) -> None:
    token = mint(write).encode()
    for position in range(len(token)):
        for bit in range(8):
            with pytest.raises(TokenError):
                decode(token[:position] + bytes([token[position] ^ 1 << bit]) + token[position + 1 :])


@given(WRITES, st.data())
def test_a_token_with_any_character_replaced_is_refused(write: Provenance, data: st.DataObject) -> None:
    token = mint(write)
    position = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters().filter(lambda drawn: drawn != token[position]))
    with pytest.raises(TokenError):
        decode(token[:position] + character + token[position + 1 :])


@pytest.mark.parametrize("write", SAMPLES)
def test_a_token_cut_anywhere_is_refused(write: Provenance) -> None:
    token = mint(write)
    told = 22 if write.type is PushType.FCM else 32
    for left in range(len(token)):
        with pytest.raises(Truncated if left >= told else NotMinted):
            decode(token[:left])


@given(WRITES)
def test_a_folded_token_is_called_folded(write: Provenance) -> None:
    token = mint(
        write, form="fcm-163" if write.type is PushType.FCM else "apns-64"
    )  # a bare FID in one case is nobody's
    for folded in {token.upper(), token.lower()} - {token}:
        with pytest.raises(Folded) as refused:
            decode(folded)
        assert refused.value.provenance == (None if write.type is PushType.FCM else write)


@given(WRITES, st.sampled_from([" ", "\n", "\0", "=", "0", "A"]))
def test_a_token_with_anything_around_it_is_refused(write: Provenance, stray: str) -> None:
    for padded in (mint(write) + stray, stray + mint(write)):
        with pytest.raises(NotMinted):
            decode(padded)


# Strings of 32 to 63 hexadecimal digits are left out: one in 32768 of them looks like the start of a token.
@given(st.one_of(st.text(max_size=31), st.binary(max_size=31), st.text(min_size=64), st.binary(min_size=64)))
@settings(max_examples=300)
def test_what_nobody_minted_is_refused_as_such(garbage: str | bytes) -> None:
    with pytest.raises(NotMinted):
        decode(garbage)


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "null",
        "undefined",
        "0" * 64,
        "f" * 64,
        "A" * 163,
        ":" * 163,
        "\0" * 64,
        "\u212a" * 163,  # the Kelvin sign: its lower case is an ASCII k
        "<a9d0ed10 e9cfd022 a9d0ed10 e9cfd022 a9d0ed10 e9cfd022 a9d0ed10 e9cfd022>",
        "AAAAe1Z0abc:APA91b" + "x" * 134,
        "eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        b"\xff\xfe" * 32,
        "0123456789" * 1_000_000,
        b"0123456789" * 1_000_000,
    ],
    ids=lambda garbage: f"{garbage[:8]!a}",
)
def test_what_apps_really_upload_by_mistake_is_nobodys(garbage: str | bytes) -> None:
    with pytest.raises(NotMinted):
        decode(garbage)


def test_spaces_that_unhexlify_might_skip_do_not_pass() -> None:
    token = mint(SAMPLES[0])
    with pytest.raises(NotMinted):
        decode(f"{token[:2]} {token[2:-1]}")
