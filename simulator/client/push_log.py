"""What a deployment lets us know of its pushes: the number it gave one, and what its log says of it.

Neither is part of IMKIT's API: the embedded backend has them, so that a push can be told to be over.
"""

from collections.abc import Mapping
from typing import Final

from simulator.client.answer import PushEntry
from simulator.client.contract import json_object, return_code

_HEADER: Final = b"im-push-id"
_HIGHEST: Final = 2**63 - 1


def push_id(headers: Mapping[bytes, bytes]) -> int:
    """Return the number that the answer gives the push, 0 if it gives none."""
    said = headers.get(_HEADER, b"")
    number = int(said) if said.isdigit() and len(said) < 20 else 0
    return number if number <= _HIGHEST else 0


def entry_of(status: int, body: bytes) -> PushEntry | None:
    """Return what an answer says of a push; None if it is not such an answer."""
    document = json_object(body)
    result = document.get("result")
    if status != 200 or return_code(document) != 0 or not isinstance(result, dict):
        return None
    said = [result.get(name) for name in PushEntry._fields]
    counts_are_counts = all(type(count) is int and count >= 0 for count in said[:-1])
    return PushEntry._make(said) if counts_are_counts and type(said[-1]) is bool else None
