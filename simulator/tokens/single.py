"""Minting and decoding one token at a time."""

from collections.abc import Iterator
from typing import Final

from simulator.tokens import formats  # noqa: F401 - importing it registers every format
from simulator.tokens.errors import Folded, NotMinted, TokenError, Truncated
from simulator.tokens.format import Format, all_formats, format_of
from simulator.tokens.provenance import Provenance

_FORMATS: Final = all_formats()
LONGEST: Final = max(form.width for form in _FORMATS)


def mint(provenance: Provenance) -> str:
    """The token of a write; always the same for the same write, and of no other.

    Raises UsageError if tokens of its type cannot be minted.
    """
    return format_of(provenance.type).write(provenance)


def decode(token: str | bytes) -> Provenance:
    """The write that a token comes from. Takes anything; raises TokenError unless it was minted exactly so.

    Truncated is raised for any start of a minted token that still has the first 32 of 64 hexadecimal digits, or the
    first 22 of an FCM token's 163 characters, and Folded where letters changed case; NotMinted for all the rest.
    A string of 32 to 63 hexadecimal digits that nobody minted is taken for a cut token once in at least 32,768 times,
    and somebody else's FCM token is called folded if it is.
    """
    text = readable(token)
    for form in _FORMATS:
        if len(text) in form.lengths:
            found = form.read(text)
            if found is not None and form.write(found) == text:
                return found
    raise _diagnose(text) or NotMinted(token if isinstance(token, str) else token.decode("latin-1"))


def readable(token: str | bytes) -> str:
    """The token as text, or nothing if it cannot be a part of a minted one. Never slow, however long it is."""
    if len(token) > LONGEST or not token.isascii():
        return ""
    return token if isinstance(token, str) else token.decode("ascii")


def _diagnose(text: str) -> TokenError | None:
    verdicts = (verdict for look in (_compare, _tell) for verdict in look(text))
    return next(verdicts, None)


def _compare(text: str) -> Iterator[TokenError]:
    """Hold the text against the token of the write it claims to come from."""
    for form in _FORMATS:
        found = form.read(text)
        if found is not None and (verdict := _difference(text, form, found)):
            yield verdict


def _difference(text: str, form: Format, claimed: Provenance) -> TokenError | None:
    minted = form.write(claimed)
    if not minted.lower().startswith(text.lower()):
        return None
    # A token both cut and folded is reported as cut: that loses more.
    return Truncated(text, len(minted), claimed) if len(text) < len(minted) else Folded(text, claimed)


def _tell(text: str) -> Iterator[TokenError]:
    return (verdict for form in _FORMATS if (verdict := form.tell(text)))
