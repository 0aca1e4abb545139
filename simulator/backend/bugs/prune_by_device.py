from simulator.backend.bug import Bug
from simulator.backend.pusher import Subscription
from simulator.backend.store import Store


class _PruneByDevice(Store):
    async def prune(self, subscription: Subscription, dead_since: int | None) -> int:  # noqa: ARG002 - that is the bug
        return await self.remove_device(subscription.client_id, subscription.device_id)


BUG = Bug(
    name="prune-by-device",
    description="A provider's verdict on an old token removes whatever the device has by now.",
    shows=("missing_device",),
    store=_PruneByDevice,
    options=(
        *("--devices", "60", "--rate", "60", "--run-time", "8s"),
        *("--readback", "push?share=1", "--gateway-fault", "slow=0.9:1"),
        *("--scenario", "background_rotation", "--scenario", "app_launch=0.4"),
    ),
    scenario="dormant_return",
)
