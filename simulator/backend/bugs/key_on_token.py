from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _KeyOnToken(Store):
    key = ("token",)


BUG = Bug(
    name="key-on-token",
    description="Upserts by the token, so that a new token leaves the old row standing.",
    shows=("duplicate_subscription", "stale_push"),
    store=_KeyOnToken,
    # Once a provider calls the old token dead its row goes, and what was pushed to it before was a stale token's. So
    # tokens must not change so often that there always is another old one.
    options=(
        *("--devices", "150", "--rate", "100", "--run-time", "12s", "--readback", "push?share=1"),
        *("--scenario", "token_rotation=1", "--scenario", "app_launch=8"),
    ),
    scenario="reinstall",
)
