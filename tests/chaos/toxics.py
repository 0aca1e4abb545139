"""What a network and its middleboxes can do to one HTTP/1.1 exchange over TCP, by name.

What is fair. The judge's rules hold for whatever a network may do: a request that was not answered may act at any time,
once, or never; a request that was answered OK acts once between its sending and its answer. TCP itself delivers each
byte once, so nothing that TCP does breaks these rules. A middlebox can: it has the whole request, and may send it
upstream again. HTTP forbids that for a POST (RFC 9110, section 9.2.2), but it is done.

- `SPARE` opens a second connection with a part of the request on it. Nothing whole arrives twice: fair.
- `REPLAY` sends the whole request twice, the second time after the first was answered, and gives the first answer to
  the client when both are over. Both acts lie in the client's interval, and the proxy does it only while no other call
  to the same register is on its way, and lets none in between: so they are one act to everybody who looks. Fair. The
  second answer would not be: an unsubscribe would then say that there was nothing to remove.
- `REPLAY_LATE` sends the request again when its answer was given. The older token can come back after a newer one was
  acknowledged, and people lose their pushes: that deployment is wrong as a whole, and the judge has to say so. It is
  no part of FAIR; a test holds the judge awake with it.
- No push is ever sent twice: people would be pushed to twice, which is a fault that the judge has to tell.
"""

from collections.abc import Iterable
from enum import StrEnum
from random import Random
from typing import Final


class Toxic(StrEnum):
    """One exchange's fate."""

    NONE = "none"

    # Before the request is through: it never acts.
    DROP = "drop"  # the connection is closed in silence when the request has arrived
    RESET_BEFORE = "reset_before"  # the same with a TCP reset
    RESET_REQUEST = "reset_request"  # a part of the request goes upstream, then both connections are reset
    BLACK_HOLE = "black_hole"  # the request is swallowed, and the connection stays open

    # After that: it acts, or may.
    RESET_AFTER = "reset_after"  # the whole request goes upstream, and the client's connection is reset at once
    RESET_BOTH = "reset_both"  # the same for both connections
    LOSE_ANSWER = "lose_answer"  # the answer is swallowed, and the client's connection closed
    CUT_ANSWER = "cut_answer"  # a part of the answer, then the connection is closed
    RESET_ANSWER = "reset_answer"  # a part of the answer, then it is reset
    LATE = "late"  # the request goes upstream when the client has given up
    CLOSE_IDLE = "close_idle"  # all goes well, then the connection is closed although it was to be kept

    # All goes well, but slowly.
    DELAY = "delay"  # request and answer are held back for a while each
    THROTTLE = "throttle"  # both trickle in small pieces

    # Twice.
    SPARE = "spare"  # a second connection carries a part of the request, and is reset
    REPLAY = "replay"  # the whole request is sent twice, and answered when both are over
    REPLAY_LATE = "replay_late"  # the whole request is sent again, some time after it was answered


FAIR: Final = tuple(toxic for toxic in Toxic if toxic not in (Toxic.NONE, Toxic.REPLAY_LATE))


class Fates:
    """Which toxic each exchange of one connection gets: drawn by the seed and the connection's number."""

    def __init__(self, shares: dict[Toxic, float], seed: int, connection: int) -> None:
        self.rng = Random(f"{seed}/{connection}")
        self._toxics = [*shares, Toxic.NONE]
        self._weights = [*shares.values(), 1 - sum(shares.values())]

    def next(self) -> Toxic:
        """The fate of the next exchange."""
        return self.rng.choices(self._toxics, self._weights)[0]


def parsed(words: Iterable[str]) -> dict[Toxic, float]:
    """`reset_after=0.02`, … as toxics and their shares of the exchanges; ValueError if they are none."""
    shares = {Toxic(name): float(share) for name, _, share in (word.partition("=") for word in words)}
    if not all(share >= 0 for share in shares.values()) or sum(shares.values()) > 1:
        raise ValueError(f"these are no shares of all exchanges: {', '.join(words)}")
    return shares


def each(share: float) -> dict[Toxic, float]:
    """Every fair toxic with the same share."""
    return dict.fromkeys(FAIR, share)
