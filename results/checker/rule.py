"""The rules a register's history can break: the names that violations and evidence go by."""

from enum import StrEnum


class Rule(StrEnum):
    """What was found. V1 to V5 are the exact check's own names (Gibbons and Korach's zones, with deletes added)."""

    # Provenance: a single read tells.
    UNWRITTEN = "a read shows a value that nobody wrote"
    EARLY = "a read ended before the write of its value began"
    GHOST = "a read shows a token that does not decode"
    ELSEWHERE = "a read shows a token minted for another register"
    REFUSED = "a refused request took effect"
    OWNER = "a read names a person who did not write its token"

    # Order: several operations together tell.
    V1 = "two values were each surely held at the same time"
    V2 = "a value was written and gone while another was surely held"
    V3 = "an acknowledged delete lies where a value was surely held"
    V4 = "nothing was found, and no delete can have caused it"
    V5 = "nothing was found, and every delete is needed to explain another such read"
    AGAIN = "a delete removed what an acknowledged delete had removed before it, and nothing was written in between"

    # Counts.
    ROWS = "more than one row stands for one register"
    FORMER_ROW = "a former owner's row stands beside the owner's"
    TWICE = "one push delivered one token twice"

    # What a timed-out request explains, and only if it acted after it had been superseded.
    LATE_WRITE = "a timed-out write acted after a newer value"
    LATE_DELETE = "a timed-out delete acted after a newer value"

    BREACH = "an answer that the contract does not allow"


PROVENANCE = frozenset({Rule.UNWRITTEN, Rule.EARLY})
STALE = frozenset({Rule.V1, Rule.V2, Rule.V3})
MISSING = frozenset({Rule.V4, Rule.V5})
