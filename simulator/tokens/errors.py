"""Why a token was refused.

UsageError (simulator.errors)
└── TokenError      decode refuses
    ├── NotMinted   nobody's: altered, made up, or issued by a real provider
    ├── Truncated   ours, cut short
    └── Folded      ours, with the case of its letters changed

No message holds more than the first six characters of a token.
"""

from enum import IntEnum
from typing import Final

from simulator.errors import UsageError
from simulator.tokens.provenance import Provenance

SHOWN: Final = 6


class Status(IntEnum):
    """What decoding made of a token. The negative numbers are the journal's values of reads that found no write."""

    MINTED = 0
    GHOST = -2
    TRUNCATED = -3
    FOLDED = -4


class TokenError(UsageError):
    """A token that cannot be traced to the write it came from.

    `provenance` is that write if the damage left enough to read it whole, else None. `fleet` and `register` are
    what is known of its origin; where nothing is, both are 0, which no register is.
    """

    status = Status.GHOST

    def __init__(
        self, message: str, provenance: Provenance | None = None, *, fleet: int = 0, register: int = 0
    ) -> None:
        super().__init__(message)
        self.provenance = provenance
        self.fleet = provenance.fleet if provenance else fleet
        self.register = provenance.register if provenance else register


class NotMinted(TokenError):  # noqa: N818 - a verdict on a token, named as the domain names it
    """No pushfleet minted this token."""

    def __init__(self, token: str) -> None:
        super().__init__(
            f"no fleet minted {describe(token)}: it is altered, made up, or a real device's; "
            "compare it with what was uploaded"
        )


class Truncated(TokenError):  # noqa: N818 - as NotMinted
    """A minted token of which only the first characters are left."""

    status = Status.TRUNCATED

    def __init__(
        self, token: str, length: int, provenance: Provenance | None = None, *, fleet: int = 0, register: int = 0
    ) -> None:
        origin = f" (minted for {provenance})" if provenance else ""
        super().__init__(
            f"{describe(token)} is what is left of {length} characters{origin}; "
            f"look for a column or a buffer that holds {len(token)}",
            provenance,
            fleet=fleet,
            register=register,
        )


class Folded(TokenError):  # noqa: N818 - as NotMinted
    """A minted token with the case of letters changed."""

    status = Status.FOLDED

    def __init__(self, token: str, provenance: Provenance | None = None) -> None:
        origin = f" (minted for {provenance})" if provenance else ""
        super().__init__(
            f"{describe(token)} differs from a minted one in the case of its letters{origin}; "
            "look for what turns tokens to lower or upper case",
            provenance,
        )


def describe(token: str) -> str:
    """A token as messages may show it: its first characters and its length."""
    return f"the token that starts {token[:SHOWN]!a} ({len(token)} characters)" if token else "the empty token"
