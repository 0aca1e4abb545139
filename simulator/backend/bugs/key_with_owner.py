from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _KeyWithOwner(Store):
    key = ("clientId", "type", "deviceId")


BUG = Bug(
    name="key-with-owner",
    description="Upserts by the owner too, so that a device that changed hands stays its former owner's as well.",
    shows=("old_owner_push", "duplicate_subscription"),
    store=_KeyWithOwner,
    options=("--scenario", "shared_device", "--scenario", "app_launch"),
    scenario="shared_device",
)
