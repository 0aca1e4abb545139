"""What the pipeline needs of a provider's client."""

from typing import Protocol

from simulator.backend.push.outcome import Outcome
from simulator.backend.pusher import Payload, Subscription


class Sender(Protocol):
    """One provider."""

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        """Make one attempt to deliver; whatever the network does is in the outcome."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...
