from unicodedata import normalize

from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _TrimDeviceId(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, _tidied(device_id), token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        return await super().unsubscribe(owner, push_type, _tidied(device_id))


def _tidied(device_id: str) -> str:
    return normalize("NFC", device_id).strip()


BUG = Bug(
    name="trim-device-id",
    description="Takes the spaces around a deviceId away, and composes its letters.",
    shows=("missing_device",),
    store=_TrimDeviceId,
    options=("--devices", "1000", "--scenario", "first_install"),  # few phones have such ids
    scenario="first_install",
)
