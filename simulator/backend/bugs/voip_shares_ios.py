from simulator.backend.bug import Bug
from simulator.backend.store import Store


class _VoipSharesIos(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, _shared(push_type), device_id, token)

    async def unsubscribe(self, owner: str, push_type: str, device_id: str) -> int:
        return await super().unsubscribe(owner, _shared(push_type), device_id)


def _shared(push_type: str) -> str:
    return "ios" if push_type == "ios-voip" else push_type


BUG = Bug(
    name="voip-shares-ios",
    description="Keeps ios-voip in the slot of ios, so that each replaces the other.",
    shows=("missing_device", "wrong_type_delivery"),
    store=_VoipSharesIos,
    options=("--scenario", "voip_registration"),
    scenario="voip_registration",
)
