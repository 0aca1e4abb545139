"""Why a register cannot be judged."""

from enum import StrEnum


class Doubt(StrEnum):
    """Each completes "N registers cannot be judged: …"; of several, the first is told."""

    DEAD = "their worker died, and operations missing from its journal may explain what was read"
    PENDING = "a call of an earlier run was never answered for them, and may have acted since"
    UNCLOSED = "a push to their owner was never known to be over, and a provider's answer to it may have removed them"
    LATER = "a later run of this fleet has written since"
    BEFORE = "they hold a token that this run did not write, and no acknowledged subscribe must have replaced it"
    CLOCKS = "a token was read before its write began, so the clocks are wrong"
    CLOSE = "what came first decides, and lies closer than the clocks of several machines are known"
    LATE = "only a timed-out request that acted late explains what was read"
    PRUNED = "tokens that providers called dead explain what was read in more ways than can be tried"
    REWRITTEN = "a token was written again after another, and which of its writes was seen decides"
    NEVER_READ = "they were never read after their last acknowledged operation"
