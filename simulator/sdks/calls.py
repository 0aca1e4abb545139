"""The calls of an app whose SDK sends no deviceId, which the API page has refused."""

from collections.abc import Mapping
from typing import Final

from simulator.client import Answer, Client, Refusal

MISSING: Final = Refusal(400, "MISSING_PARAMETER")


class WithoutDeviceId:
    """As the client, but no deviceId goes out, and the documented refusal is due; what is wrong anyway is as it is."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.wrong_subscribe = client.wrong_subscribe
        self.wrong_unsubscribe = client.wrong_unsubscribe

    def subscribe(self, client_token: bytes, type_wire: str, token: str, _: str, /) -> Answer:
        """`POST /me/subscribe`, refused."""
        return self._client.wrong_subscribe(client_token, {"type": type_wire, "token": token}, MISSING)

    def unsubscribe(self, client_token: bytes, type_wire: str, _: str, /) -> Answer:
        """`POST /me/unsubscribe`, refused."""
        fields: Mapping[str, object] = {"type": type_wire}
        return self._client.wrong_unsubscribe(client_token, fields, MISSING)
