"""Minting and decoding many tokens: the same answers as one at a time, at the speed of C."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from simulator.errors import UsageError
from simulator.tokens import codec
from simulator.tokens.codec import PLAIN, VERSION, plausible, write_of
from simulator.tokens.errors import Status, TokenError
from simulator.tokens.format import BulkForm, Form, all_forms, forms_of, width_of
from simulator.tokens.provenance import GENERATION_BITS, require_within
from simulator.tokens.single import decode, readable
from simulator.tokens.types import PushType

# Rows handled at a time, few enough for the scratch arrays of up to 164 bytes a row to stay in a core's cache.
_CHUNK: Final = 4096

Integers = int | NDArray[np.integer[Any]]
_BULK: Final = tuple(form for form in all_forms() if isinstance(form, BulkForm))
_LONGEST: Final = max(form.width for form in _BULK)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What `decode_many` found: four columns of one length.

    `status` (int8) holds Status codes. Where it is MINTED, `register` (uint64), `value` (int64) and `fleet` (uint32)
    are the write's own. Elsewhere `value` is the status, as the journal wants it, and `register` and `fleet` are what
    the damage left readable of the token's origin, or 0, which no register is.
    """

    register: NDArray[np.uint64]
    value: NDArray[np.int64]
    fleet: NDArray[np.uint32]
    status: NDArray[np.int8]


def mint_many(
    fleet: Integers,
    run: Integers,
    device: Integers,
    install: Integers,
    type: PushType,  # noqa: A002 - the domain's word, as in Provenance
    generation: Integers,
) -> NDArray[np.bytes_]:
    """The tokens of n writes of one type, each in its installation's form, as 'S' and the longest one's width, (n,).

    Scalars and columns broadcast to (n,). Raises UsageError for numbers outside Provenance's bounds.
    """
    given = {"fleet": fleet, "run": run, "device": device, "install": install, "generation": generation}
    columns = _broadcast({field: _checked(field, numbers) for field, numbers in given.items()})
    installation = (columns[field].astype(np.uint64) for field in ("fleet", "device", "install"))
    forms, places = forms_of(type, *installation)
    width = width_of(type)
    tokens = np.zeros(len(places), f"S{width}")
    view = tokens.view(np.uint8).reshape(-1, width)
    for place, form in enumerate(forms):
        rows = np.flatnonzero(places == place)
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            plain = _plain(type, {field: column[part] for field, column in columns.items()})
            view[part, : form.width] = form.write_many(plain) if isinstance(form, BulkForm) else _mint_each(form, plain)
    return tokens


def _mint_each(form: Form, plain: NDArray[np.void]) -> NDArray[np.uint8]:
    """What `write_many` of a form would give that has none."""
    writes = (write_of(row.tobytes(), form.types) for row in plain)
    tokens = [form.write(write).encode() for write in writes if write is not None]
    return codec.rows(b"".join(tokens), form.width)


def decode_many(tokens: NDArray[Any] | Sequence[str | bytes]) -> Decoded:
    """The writes that n tokens come from: `decode` of each, with columns in place of errors.

    `tokens` is (n,) of NumPy bytes ('S'), which is fastest, or of strings, or a sequence of either, of any forms mixed.
    NumPy's 'S' cannot hold trailing NULs, so a token followed by them counts as the token there.
    """
    rows = _rows(tokens)
    found = Decoded(
        np.zeros(len(rows), np.uint64),
        np.full(len(rows), Status.GHOST, np.int64),
        np.zeros(len(rows), np.uint32),
        np.full(len(rows), Status.GHOST, np.int8),
    )
    for start in range(0, len(rows), _CHUNK):
        part = slice(start, start + _CHUNK)
        into = Decoded(found.register[part], found.value[part], found.fleet[part], found.status[part])
        _decode_chunk(rows[part], into)
    for place, token in _long(tokens):
        _decode_alone(token, place, found)
    return found


def _checked(field: str, numbers: Integers) -> NDArray[np.integer[Any]]:
    column = np.asarray(numbers)
    if column.dtype.kind not in "iu":
        raise UsageError(f"{field} is given as {column.dtype}; give whole numbers of at most 64 bits")
    if column.size:
        require_within(field, int(column.min()), int(column.max()))
    return column


def _broadcast(columns: dict[str, NDArray[np.integer[Any]]]) -> dict[str, NDArray[np.integer[Any]]]:
    try:
        equal = np.broadcast_arrays(*columns.values())
    except ValueError:
        equal = ()
    if not equal or equal[0].ndim > 1:
        shapes = ", ".join(f"{field} {column.shape}" for field, column in columns.items())
        raise UsageError(f"columns of different shapes: {shapes}; give columns of one length, or single numbers")
    return {field: np.atleast_1d(column) for field, column in zip(columns, equal, strict=True)}


def _plain(kind: PushType, columns: dict[str, NDArray[np.integer[Any]]]) -> NDArray[np.void]:
    plain = np.empty(len(columns["fleet"]), PLAIN)
    plain["type"] = kind
    plain["version"] = VERSION
    plain["value"] = columns["run"].astype(np.uint32) << GENERATION_BITS | columns["generation"].astype(np.uint32)
    for field in ("install", "fleet", "device"):
        plain[field] = columns[field]
    return plain


def _rows(tokens: NDArray[Any] | Sequence[str | bytes]) -> NDArray[np.bytes_]:
    """Tokens as an 'S' array; what does not fit into one becomes empty: it is nobody's, or one of the `_long` ones."""
    if isinstance(tokens, np.ndarray):
        if tokens.dtype.kind == "S":
            if tokens.dtype.itemsize <= _LONGEST:
                return np.ascontiguousarray(tokens)
            return np.where(_is_long(tokens), b"", tokens).astype(f"S{_LONGEST}")
        tokens = tokens.tolist()
    return np.array([_row(token) for token in tokens], f"S{_LONGEST}")


def _row(token: str | bytes) -> bytes:
    text = readable(token)
    return b"" if text.endswith("\0") or len(text) > _LONGEST else text.encode()


def _is_long(rows: NDArray[np.bytes_]) -> NDArray[np.bool_]:
    long: NDArray[np.bool_] = np.strings.str_len(rows) > _LONGEST
    return long


def _long(tokens: NDArray[Any] | Sequence[str | bytes]) -> Iterator[tuple[int, str | bytes]]:
    """The tokens that are longer than any that is decoded in bulk, and their places."""
    if isinstance(tokens, np.ndarray) and tokens.dtype.kind == "S":
        if tokens.dtype.itemsize > _LONGEST:
            yield from ((place, bytes(tokens[place])) for place in np.flatnonzero(_is_long(tokens)).tolist())
        return
    yield from ((place, token) for place, token in enumerate(tokens) if len(token) > _LONGEST)


def _decode_chunk(rows: NDArray[np.bytes_], into: Decoded) -> None:
    lengths = np.strings.str_len(rows)
    for form in _BULK:
        _find_minted(form, rows, _unexplained(into, lengths, form.lengths), into)
    for form in _BULK:
        _find_damaged(form, rows, _unexplained(into, lengths, range(form.shortest, form.lengths.stop)), lengths, into)
    for place in np.flatnonzero((into.status == Status.GHOST) & (lengths > 0)).tolist():
        _decode_alone(rows[place], place, into)


def _unexplained(into: Decoded, lengths: NDArray[np.integer[Any]], allowed: range) -> NDArray[np.intp]:
    """The places of tokens of allowed length about which nothing is known yet."""
    return np.flatnonzero((into.status == Status.GHOST) & (lengths >= allowed.start) & (lengths < allowed.stop))


def _find_minted(form: BulkForm, rows: NDArray[np.bytes_], places: NDArray[np.intp], into: Decoded) -> None:
    """Record those of the tokens at `places` that were minted exactly so."""
    if not len(places):
        return
    tokens = _characters(rows[places], form.width)
    plain = form.read_many(tokens)
    same = plausible(plain, form.types) & (form.write_many(plain) == tokens).all(axis=1)
    places, plain = places[same], plain[same]
    _record_origin(places, plain, into)
    into.value[places] = plain["value"]
    into.status[places] = Status.MINTED


def _find_damaged(
    form: BulkForm,
    rows: NDArray[np.bytes_],
    places: NDArray[np.intp],
    lengths: NDArray[np.integer[Any]],
    into: Decoded,
) -> None:
    """Record those of the tokens at `places` that were minted but for their case or their end."""
    if not len(places):
        return
    tokens = _characters(rows[places], form.width)
    plain = form.read_many(tokens)
    minted = form.write_many(plain)
    # By position, for NULs may stand inside of what was never a token.
    missing = np.arange(form.width) >= lengths[places, np.newaxis]
    alike = plausible(plain, form.types) & ((_lower(tokens) == _lower(minted)) | missing).all(axis=1)
    cut = (missing & (minted != 0)).any(axis=1)[alike]
    places = places[alike]
    _record_origin(places, plain[alike], into)
    into.status[places] = into.value[places] = np.where(cut, Status.TRUNCATED, Status.FOLDED)


def _decode_alone(token: str | bytes, place: int, into: Decoded) -> None:
    """Record one token by what `decode` says of it."""
    try:
        write = decode(token)
    except TokenError as error:
        into.register[place] = error.register
        into.value[place] = into.status[place] = error.status
        into.fleet[place] = error.fleet
    else:
        into.register[place], into.value[place], into.fleet[place] = write.register, write.value, write.fleet
        into.status[place] = Status.MINTED


def _record_origin(places: NDArray[np.intp], plain: NDArray[np.void], into: Decoded) -> None:
    device, install = plain["device"].astype(np.uint64), plain["install"].astype(np.uint64)
    into.register[places] = device << 24 | install << 8 | plain["type"]
    into.fleet[places] = plain["fleet"]


def _characters(rows: NDArray[np.bytes_], width: int) -> NDArray[np.uint8]:
    """Tokens of at most `width` characters as uint8 (n, width), the missing ones 0."""
    return rows.astype(f"S{width}").view(np.uint8).reshape(-1, width)


def _lower(tokens: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.frombuffer(tokens.tobytes().lower(), np.uint8).reshape(tokens.shape)
