from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _OneDevicePerUser(Store):
    key = ("clientId",)


BUG = Bug(
    name="one-device-per-user",
    description="Upserts by the person, so that each device of theirs replaces the last one.",
    shows=("missing_device",),
    store=_OneDevicePerUser,
    scenario="phone_switch",
)
