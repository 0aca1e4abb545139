"""Minting and decoding one token at a time."""

from collections.abc import Iterator
from typing import Final

from simulator.tokens import formats  # noqa: F401 - importing it registers every form
from simulator.tokens.errors import Folded, NotMinted, TokenError, Truncated
from simulator.tokens.format import Form, all_forms, form_named, form_of
from simulator.tokens.provenance import Provenance

_FORMS: Final = all_forms()
LONGEST: Final = max(form.lengths[-1] for form in _FORMS)


def mint(provenance: Provenance, *, form: str | None = None) -> str:
    """The token of a write, in the form that its installation has; always the same for the same write, and of no other.

    `form` asks for another of its type's forms; raises UsageError if it has none of that name.
    """
    return (form_of(provenance) if form is None else form_named(form, provenance.type)).write(provenance)


def form_name(provenance: Provenance) -> str:
    """The name of the form that a write's token has if none is asked for, such as fcm-163, or the browser's: chrome."""
    return form_of(provenance).name


def decode(token: str | bytes) -> Provenance:
    """The write that a token comes from, in whichever of its type's forms. Takes anything; raises TokenError otherwise.

    A web subscription is its JSON value, however it is written.
    Truncated is raised for any start of a minted token that still holds its head: 32 hexadecimal digits of APNs', 28
    characters of Google's, or an FCM token's first 22; a subscription's JSON text up to there. Folded where letters
    changed case; NotMinted for all the rest. Three times chance or form must do for a proof: a string of 32 to 63
    hexadecimal digits that nobody minted is taken for a cut token, and a bare installation id of a real phone for some
    fleet's, once in 32,768 times; and a real phone's or browser's token in one case is called folded.
    """
    text = readable(token)
    for form in _FORMS:
        if len(text) in form.lengths:
            found = form.read(text)
            if found is not None and form.same(text, form.write(found)):
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
    for form in _FORMS:
        found = form.read(text)
        if found is not None and (verdict := _difference(text, form, found)):
            yield verdict


def _difference(text: str, form: Form, claimed: Provenance) -> TokenError | None:
    minted, bare = form.write(claimed), form.bare(text)
    if bare == minted or not minted.lower().startswith(bare.lower()):
        return None
    # A token both cut and folded is reported as cut: that loses more.
    return Truncated(text, len(minted), claimed) if len(bare) < len(minted) else Folded(text, claimed)


def _tell(text: str) -> Iterator[TokenError]:
    return (verdict for form in _FORMS if (verdict := form.tell(text)))
