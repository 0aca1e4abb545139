from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.store import Store

_LONGEST: Final = 32  # the column's width


class _TruncateDeviceId(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id[:_LONGEST], token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        return await super().unsubscribe(owner, push_type, device_id[:_LONGEST])


BUG = Bug(
    name="truncate-device-id",
    description="Keeps the first 32 characters of a deviceId.",
    shows=("missing_device",),
    store=_TruncateDeviceId,
    scenario="first_install",
)
