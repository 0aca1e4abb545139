from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _KeyOnToken(Store):
    key = ("token",)


BUG = Bug(
    name="key-on-token",
    description="Upserts by the token, so that a new token leaves the old row standing.",
    shows=("duplicate_subscription", "stale_push"),
    store=_KeyOnToken,
    # Once a provider calls the old token dead its row goes, and what was pushed to it before was a stale token's.
    options=(
        *("--devices", "100", "--rate", "150", "--run-time", "10s", "--readback", "push?share=1"),
        *("--scenario", "token_rotation", "--scenario", "app_launch=1"),
    ),
)
