"""Tokens that testify: each looks like a provider's own and names the write that uploaded it."""

from simulator.tokens.bulk import Decoded, decode_many, mint_many
from simulator.tokens.errors import Folded, NotMinted, Status, TokenError, Truncated
from simulator.tokens.provenance import Provenance
from simulator.tokens.single import decode, form_name, mint
from simulator.tokens.types import PushType

__all__ = [
    "Decoded",
    "Folded",
    "NotMinted",
    "Provenance",
    "PushType",
    "Status",
    "TokenError",
    "Truncated",
    "decode",
    "decode_many",
    "form_name",
    "mint",
    "mint_many",
]
