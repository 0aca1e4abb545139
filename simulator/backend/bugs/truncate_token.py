from typing import Final

from simulator.backend.bug import Bug
from simulator.backend.store import Store

_LONGEST: Final = 128  # the column's width


class _TruncateToken(Store):
    async def subscribe(self, owner: str, push_type: str, device_id: str, token: str) -> None:
        await super().subscribe(owner, push_type, device_id, token[:_LONGEST])


BUG = Bug(
    name="truncate-token",
    description="Keeps the first 128 characters of a token.",
    shows=("ghost_token",),
    store=_TruncateToken,
    scenario="first_install",
)
