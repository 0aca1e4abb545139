from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _FoldDeviceId(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id.casefold(), token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        return await super().unsubscribe(owner, push_type, device_id.casefold())


BUG = Bug(
    name="fold-device-id",
    description="Folds the case of deviceIds.",
    shows=("missing_device",),
    store=_FoldDeviceId,
    scenario="first_install",
)
