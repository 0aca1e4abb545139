import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.tokens import Folded, NotMinted, Provenance, PushType, TokenError, Truncated, decode, mint
from simulator.tokens.format import all_forms, form_named

WRITES = st.builds(
    Provenance,
    fleet=st.integers(0, 2**32 - 1),
    run=st.integers(1, 2**12 - 1),
    device=st.integers(0, 2**32 - 1),
    install=st.integers(0, 2**16 - 1),
    type=st.sampled_from(PushType),
    generation=st.integers(1, 2**20 - 1),
)
FORMS = {kind: [form.name for form in all_forms() if kind in form.types] for kind in PushType}
SAMPLES = [(Provenance(9, 2, 7, 1, kind, 3), form) for kind, forms in FORMS.items() for form in forms]
MINTED = WRITES.flatmap(lambda write: st.tuples(st.just(write), st.sampled_from(FORMS[write.type])))
# A bare id has no room for a seal: one change in 32,768 makes another write's of it.
SEALED = MINTED.filter(lambda minted: minted[1] != "fid")


@given(MINTED)
def test_a_token_names_the_write_it_was_minted_for(minted: tuple[Provenance, str]) -> None:
    write, form = minted
    token = mint(write, form=form)
    assert decode(token) == write
    assert decode(token.encode()) == write


@given(WRITES)
def test_without_a_form_asked_for_a_token_has_one_of_its_types(write: Provenance) -> None:
    assert mint(write) in {mint(write, form=form) for form in FORMS[write.type]}
    assert decode(mint(write)) == write


@given(MINTED, MINTED)
def test_two_writes_never_share_a_token(one: tuple[Provenance, str], other: tuple[Provenance, str]) -> None:
    assert (mint(one[0], form=one[1]) == mint(other[0], form=other[1])) == (one == other)


@pytest.mark.parametrize(("write", "form"), SAMPLES)
def test_a_token_with_any_bit_flipped_is_refused(write: Provenance, form: str) -> None:
    token = mint(write, form=form).encode()
    for position in range(len(token)):
        for bit in range(8):
            with pytest.raises(TokenError):
                decode(token[:position] + bytes([token[position] ^ 1 << bit]) + token[position + 1 :])


@given(SEALED, st.data())
def test_a_token_with_any_character_replaced_is_refused(minted: tuple[Provenance, str], data: st.DataObject) -> None:
    token = mint(minted[0], form=minted[1])
    position = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters().filter(lambda drawn: drawn != token[position]))
    with pytest.raises(TokenError):
        decode(token[:position] + character + token[position + 1 :])


@pytest.mark.parametrize(("write", "form"), SAMPLES)
def test_a_token_cut_anywhere_is_refused(write: Provenance, form: str) -> None:
    token = mint(write, form=form)
    told = form_named(form, write.type).shortest
    if form.startswith("fcm"):
        told = 22  # the installation id alone tells something
    for left in range(len(token)):
        with pytest.raises(Truncated if left >= told else NotMinted):
            decode(token[:left])


@given(SEALED)
def test_a_folded_token_is_called_folded(minted: tuple[Provenance, str]) -> None:
    write, form = minted
    token = mint(write, form=form)
    known = write if form.startswith("apns") else None
    for folded in {token.upper(), token.lower()} - {token}:
        with pytest.raises(Folded) as refused:
            decode(folded)
        assert refused.value.provenance == known


@given(SEALED, st.sampled_from(["\0", "=", "0", "A"]))
def test_a_token_with_anything_around_it_is_refused(minted: tuple[Provenance, str], stray: str) -> None:
    token = mint(minted[0], form=minted[1])
    for padded in (token + stray, stray + token):
        with pytest.raises(NotMinted):
            decode(padded)


@given(SEALED.filter(lambda minted: minted[0].type is not PushType.WEB), st.sampled_from([" ", "\n"]))
def test_nor_is_white_space_forgiven_but_around_json(minted: tuple[Provenance, str], space: str) -> None:
    token = mint(minted[0], form=minted[1])
    for padded in (token + space, space + token):
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
    token = mint(SAMPLES[0][0], form="apns-64")
    with pytest.raises(NotMinted):
        decode(f"{token[:2]} {token[2:-1]}")
