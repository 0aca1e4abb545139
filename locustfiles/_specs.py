"""Specs of stores, which may hold passwords: reports and run.json have them without, the judge gets them whole.

The judge is another process, and an argument can be read by every user of the machine: it is told by its environment.
Whoever judges a run again may set PUSHFLEET_STORE.
"""

import os
from collections.abc import Iterable
from typing import Final

import orjson

from simulator.errors import PushfleetError
from simulator.readback import parse_spec

ENVIRONMENT: Final = "PUSHFLEET_READBACK_SPECS"
STORE: Final = "PUSHFLEET_STORE"


def shown(spec: str) -> str:
    """A read-back spec without a password; UsageError if it is none."""
    return str(parse_spec(spec))


def handed_down(specs: Iterable[str]) -> dict[str, str]:
    """What a process needs in its environment for `whole` to know these."""
    secret = {open_: spec for spec in specs if (open_ := shown(spec)) != spec}
    return {ENVIRONMENT: orjson.dumps(secret).decode()} if secret else {}


def whole(spec: str) -> str:
    """The spec of which `spec` is what is shown, if this process was told; otherwise `spec`, which may do as well."""
    told = os.environ.get(ENVIRONMENT)
    known: dict[str, str] = orjson.loads(told) if told else {}
    store = os.environ.get(STORE, "")
    return known.get(spec) or (store if _shown_or_nothing(store) == spec else spec)


def _shown_or_nothing(spec: str) -> str:
    try:
        return shown(spec) if spec else ""
    except PushfleetError:  # a bare path is a store, and no read-back
        return ""
