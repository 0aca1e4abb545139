"""What a platform's backend does with its API key while the load lasts, within the key's limit."""

from typing import Final

from simulator.client import Answer, Client, Fault
from simulator.phones.pace import Pace

_LIMITED: Final = 60.0  # seconds after a rate limit that does not say how long it lasts


class Platform:
    """`simulator.phones.Platform`: the calls of one worker, which has its share of the key's limit."""

    def __init__(self, client: Client, pace: Pace) -> None:
        self._client = client
        self._pace = pace

    def may_call(self) -> bool:
        """Whether the limit leaves room for a call now; if so, it is taken."""
        return self._pace.take()

    def subscribe(self, client_id: str, type_wire: str, token: str, device_id: str, /) -> Answer:
        """Register a push token in a client's name; after a 429 there are no calls until the server takes them."""
        answer = self._client.subscribe(None, type_wire, token, device_id, client_id=client_id)
        if answer.fault is Fault.RATE_LIMITED:
            self._pace.pause(answer.retry_after or _LIMITED)
        return answer
