"""Client tokens that are not good any more, for people who come back after their session has ended."""

import time
from collections.abc import Callable
from typing import Final

from simulator.backend.client_tokens import WEEK, ClientTokens
from simulator.fleet import Fleet

_AGO: Final = 3600.0  # seconds since they expired


def session_secret(fleet: Fleet) -> str:
    """What the embedded backend of a run signs this fleet's client tokens with, the same in every run."""
    return f"fleet {fleet.number} {fleet.seed}" + "." * 16


def expired(fleet: Fleet) -> Callable[[int], bytes]:
    """Person → a token of theirs that the embedded backend issued more than a week ago."""
    tokens = ClientTokens(session_secret(fleet), clock=lambda: time.time() - WEEK - _AGO)
    return lambda person: tokens.issue(fleet.client_id(person)).token.encode()


def damaged(good: Callable[[int], bytes]) -> Callable[[int], bytes]:
    """Person → their token with a letter changed: a deployment, whose secret nobody here knows, must refuse it too."""

    def of(person: int) -> bytes:
        token = good(person)
        # Not the last letter: not all of its bits count in base64.
        return token[:-2] + (b"A" if token[-2:-1] != b"A" else b"B") + token[-1:]

    return of
