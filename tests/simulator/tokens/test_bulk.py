import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.tokens import (
    Decoded,
    Provenance,
    PushType,
    Status,
    TokenError,
    decode,
    decode_many,
    mint,
    mint_many,
)
from simulator.tokens.codec import PLAIN
from simulator.tokens.format import BulkForm, all_forms

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
ALL_FORMS = [(kind, form) for kind, forms in FORMS.items() for form in forms]
TOKENS = WRITES.flatmap(
    lambda write: st.sampled_from(FORMS[write.type]).map(lambda form: mint(write, form=form).encode())
)
ALL_FLIPS = [1 << bit for bit in range(8)]

ANOTHER = 0  # stands for a type that a form's tokens never have


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A minted token, cut, folded, overwritten and lengthened by chance."""
    token = draw(TOKENS)
    if draw(st.booleans()):
        token = token[: draw(st.integers(0, len(token)))]
    if draw(st.booleans()):
        token = draw(st.sampled_from([token.lower(), token.upper(), token.swapcase(), token[:90] + token[90:].lower()]))
    if draw(st.booleans()):
        position = draw(st.integers(0, len(token)))
        token = token[:position] + draw(st.binary(min_size=1, max_size=2)) + token[position + 1 :]
    return token


ANYTHING = st.one_of(TOKENS, damaged(), st.binary(max_size=200), st.text("0123456789abcdefABCDEF").map(str.encode))


def one_by_one(tokens: list[bytes] | list[str]) -> list[tuple[int, int, int, int]]:
    return [row_of(token) for token in tokens]


def row_of(token: bytes | str) -> tuple[int, int, int, int]:
    try:
        found = decode(token)
    except TokenError as error:
        return error.register, error.status, error.fleet, error.status
    return found.register, found.value, found.fleet, Status.MINTED


def rows_of(decoded: Decoded) -> list[tuple[int, int, int, int]]:
    columns = (decoded.register, decoded.value, decoded.fleet, decoded.status)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def minted_as(kind: PushType, form: str) -> bytes:
    return mint(Provenance(9, 2, 7, 1, kind, 3), form=form).encode()


def minted(kind: PushType, count: int) -> NDArray[np.bytes_]:
    return mint_many(9, 2, np.arange(count), 1, kind, 3)


@given(st.lists(WRITES, min_size=1, max_size=20), st.sampled_from(PushType))
def test_minting_many_is_minting_each(writes: list[Provenance], kind: PushType) -> None:
    fields = ("fleet", "run", "device", "install", "generation")
    columns = {field: np.array([getattr(write, field) for write in writes]) for field in fields}
    expected = [
        mint(Provenance(write.fleet, write.run, write.device, write.install, kind, write.generation))
        for write in writes
    ]
    assert mint_many(type=kind, **columns).astype(str).tolist() == expected


@given(st.lists(ANYTHING, max_size=20))
@settings(max_examples=300)
def test_decoding_many_is_decoding_each_whatever_they_are(tokens: list[bytes]) -> None:
    assert rows_of(decode_many(tokens)) == one_by_one(tokens)
    # NumPy drops trailing NULs, so those cannot be compared there.
    kept = [token.rstrip(b"\0") for token in tokens]
    assert rows_of(decode_many(np.array(kept, "S620"))) == one_by_one(kept)


@given(st.lists(st.text(max_size=170), max_size=5), st.lists(TOKENS.map(bytes.decode), max_size=5))
def test_strings_are_decoded_as_bytes_are(garbage: list[str], tokens: list[str]) -> None:
    expected = one_by_one(garbage + tokens)
    assert rows_of(decode_many(garbage + tokens)) == expected
    assert rows_of(decode_many(np.array(garbage + tokens, dtype=object))) == expected


@pytest.mark.parametrize("kind", PushType)
def test_more_tokens_than_fit_into_one_go_come_back_in_order(kind: PushType) -> None:
    decoded = decode_many(minted(kind, 5_000))
    assert not decoded.status.any()
    assert (decoded.register == (np.arange(5_000, dtype=np.uint64) << 24 | 1 << 8 | int(kind))).all()
    assert (decoded.value == 2 << 20 | 3).all()
    assert (decoded.fleet == 9).all()


def test_one_damaged_token_among_many_is_found_where_it_stands() -> None:
    tokens = np.concatenate([minted(PushType.IOS, 5000), minted(PushType.FCM, 5000)])
    tokens[4500] = tokens[4500].upper()
    tokens[9999] = tokens[9999][:128]
    tokens[17] = b"nobody's"
    decoded = decode_many(tokens)
    assert {int(place): int(decoded.status[place]) for place in np.flatnonzero(decoded.status)} == {
        17: Status.GHOST,
        4500: Status.FOLDED,
        9999: Status.TRUNCATED,
    }
    assert decoded.register[9999] == 4999 << 24 | 1 << 8 | PushType.FCM


@pytest.mark.parametrize("kind", PushType)
def test_all_forms_of_a_type_are_decoded_together_in_whatever_order(kind: PushType) -> None:
    writes = [Provenance(9, 2, device, 1, kind, 3) for device in range(30)]
    tokens = [mint(write, form=form) for write in writes for form in FORMS[kind]]
    expected = [(write.register, write.value, 9, Status.MINTED) for write in writes for _ in FORMS[kind]]
    assert rows_of(decode_many(np.array(tokens, "S620"))) == expected
    assert rows_of(decode_many(tokens[::-1])) == expected[::-1]


@pytest.mark.parametrize(("kind", "form"), ALL_FORMS)
def test_a_token_with_any_bit_flipped_is_refused(kind: PushType, form: str) -> None:
    token = minted_as(kind, form)
    flipped = np.repeat(np.array([token]), len(token) * 8)
    view = flipped.view(np.uint8).reshape(len(flipped), len(token))
    view[np.arange(len(flipped)), np.arange(len(flipped)) // 8] ^= np.tile(np.array(ALL_FLIPS, np.uint8), len(token))
    decoded = decode_many(flipped)
    assert decoded.status.all()
    assert rows_of(decoded) == one_by_one(flipped.tolist())


def test_a_nul_inside_of_a_token_is_no_missing_end() -> None:
    token = minted(PushType.IOS, 1)[0]
    assert decode_many([token[:63] + b"\0" + b"0", token[:40] + b"\0" + token[41:]]).status.tolist() == [-2, -2]


@pytest.mark.parametrize(("kind", "form"), ALL_FORMS)
@pytest.mark.parametrize("stray", [b"x", b"\0", b"=", b"0" * 1000])
def test_a_token_with_something_behind_it_is_refused(kind: PushType, form: str, stray: bytes) -> None:
    assert decode_many([minted_as(kind, form) + stray]).status.tolist() == [Status.GHOST]


@pytest.mark.parametrize("form", [one for one in all_forms() if isinstance(one, BulkForm)], ids=lambda form: form.name)
@pytest.mark.parametrize(
    "forged", [(ANOTHER, 1, 2 << 20 | 3), (1, 2, 2 << 20 | 3), (4, 2, 2 << 20 | 3), (4, 1, 3), (1, 1, 1 << 20)]
)
def test_a_sealed_block_that_no_write_can_have_is_refused(form: BulkForm, forged: tuple[int, int, int]) -> None:
    push_type, version, value = forged
    another = next(kind for kind in PushType if kind not in form.types)
    plain = np.array([(push_type or another, version, 0, value, 9, 7)], PLAIN)
    token = form.write_many(plain).view(f"S{form.width}").ravel()
    for found in (token, np.strings.upper(token), token.astype(f"S{form.width - 1}")):
        assert rows_of(decode_many(found)) == one_by_one(found.tolist())
    assert decode_many(token).status.tolist() == [Status.GHOST]


def test_a_token_never_minted_twice_in_a_large_fleet() -> None:
    devices, installs, generations = np.meshgrid(np.arange(50), np.arange(10), np.arange(1, 51))
    for kind in PushType:
        tokens = mint_many(9, 2, devices.ravel(), installs.ravel(), kind, generations.ravel())
        assert len(set(tokens.tolist())) == devices.size


@pytest.mark.parametrize("kind", PushType)
def test_single_numbers_stand_for_columns(kind: PushType) -> None:
    assert mint_many(9, 2, 7, 1, kind, 3).tolist() == [mint(Provenance(9, 2, 7, 1, kind, 3)).encode()]


def test_nothing_in_gives_nothing_out() -> None:
    assert len(mint_many(9, 2, np.arange(0), 1, PushType.FCM, 3)) == 0
    assert rows_of(decode_many([])) == []
    assert rows_of(decode_many(np.array([], "S163"))) == []


@pytest.mark.parametrize(
    ("field", "numbers"),
    [("device", [3, 2**32]), ("install", [-1]), ("run", [0]), ("generation", [5, 2**20]), ("fleet", [2**40])],
)
def test_a_column_with_a_number_out_of_range_is_refused_by_name(field: str, numbers: list[int]) -> None:
    columns: dict[str, int | NDArray[np.int64]] = {"fleet": 9, "run": 2, "device": 7, "install": 1, "generation": 3}
    columns[field] = np.array(numbers)
    with pytest.raises(UsageError, match=f"{field} {numbers[-1]} does not fit into a token"):
        mint_many(type=PushType.IOS, **columns)


def test_numbers_that_are_not_whole_are_refused() -> None:
    with pytest.raises(UsageError, match="device is given as float64; give whole numbers"):
        mint_many(9, 2, np.array([1.5]), 1, PushType.IOS, 3)


@pytest.mark.parametrize("devices", [np.arange(3), np.arange(4).reshape(2, 2)])
def test_columns_that_do_not_go_together_are_refused(devices: NDArray[np.int64]) -> None:
    with pytest.raises(UsageError, match="columns of different shapes"):
        mint_many(9, np.array([1, 2]), devices, 1, PushType.IOS, 3)
