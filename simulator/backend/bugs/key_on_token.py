from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _KeyOnToken(Store):
    key = ("token",)


BUG = Bug(
    name="key-on-token",
    description="Upserts by the token, so that a new token leaves the old row standing.",
    shows=("duplicate_subscription",),
    store=_KeyOnToken,
)
