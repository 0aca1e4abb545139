from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _TypesCollide(Store):
    key = ("deviceId",)


BUG = Bug(
    name="types-collide",
    description="Upserts by the deviceId alone, so that ios and ios-voip of one device replace each other.",
    shows=("missing_device",),
    store=_TypesCollide,
    scenario="android_migration",
)
