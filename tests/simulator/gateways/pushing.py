"""Pushing to the gateways with httpx, which knows nothing of any provider."""

import json
import ssl
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import jwt
import numpy as np
from numpy.typing import NDArray
from py_vapid import Vapid
from pywebpush import WebPusher

from simulator.gateways.delivery import DELIVERY
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


def write(kind: PushType) -> Provenance:
    """A write of the fleet with number 7."""
    return Provenance(7, 1, 1, 0, kind, 1)


class Pusher:
    """Pushes with what the ready line says. A context manager."""

    def __init__(self, ready: dict[str, Any], *, http2: bool = True) -> None:
        self.ready = ready
        trusted = ssl.create_default_context(cafile=ready["certificate_authority"])
        self._client = httpx.Client(http2=http2, verify=trusted, timeout=60.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def apns(self, sent: int = 0, server: str = "production") -> httpx.Response:
        apns = self.ready["apns"]
        claims, header = {"iss": apns["team_id"], "iat": int(time.time())}, {"kid": apns["key_id"]}
        token = jwt.encode(claims, Path(apns["key"]).read_text(), "ES256", headers=header)
        return self._client.post(
            f"{apns[server]}/3/device/{mint(write(PushType.IOS))}",
            headers={"authorization": f"bearer {token}", "apns-topic": apns["topic"], "apns-push-type": "alert"},
            content=json.dumps({"aps": {"alert": Mark(7, 1, sent).text}}),
        )

    def access_token(self) -> httpx.Response:
        account, now = json.loads(Path(self.ready["fcm"]["service_account"]).read_text()), int(time.time())
        claims = {"iss": account["client_email"], "aud": account["token_uri"], "iat": now, "exp": now + 3600}
        assertion = jwt.encode({**claims, "scope": SCOPE}, account["private_key"], "RS256")
        return self._client.post(account["token_uri"], data={"grant_type": GRANT, "assertion": assertion})

    def fcm(self, sent: int = 0) -> httpx.Response:
        fcm = self.ready["fcm"]
        return self._client.post(
            f"{fcm['url']}/v1/projects/{fcm['project_id']}/messages:send",
            headers={"authorization": f"Bearer {self.access_token().json()['access_token']}"},
            json={"message": {"token": mint(write(PushType.FCM)), "notification": {"title": Mark(7, 1, sent).text}}},
        )

    def web(self, sent: int = 0) -> httpx.Response:
        web, subscription = self.ready["web_push"], json.loads(mint(write(PushType.WEB)))
        host = subscription["endpoint"].split("/")[2]
        claims = {"sub": web["subject"], "aud": f"https://{host}", "exp": int(time.time()) + 3600}
        headers = Vapid.from_file(web["vapid_private_key"]).sign(claims)
        sealed = WebPusher(subscription).encode(Mark(7, 1, sent).text.encode(), content_encoding="aes128gcm")
        return self._client.post(
            subscription["endpoint"].replace(f"https://{host}", web["url"]),
            headers={**headers, "ttl": "60", "content-encoding": "aes128gcm"},
            content=sealed["body"],
        )

    def deliveries(self, after: int = 0) -> NDArray[np.void]:
        """What the control listener tells."""
        answer = self._client.get(f"{self.ready['deliveries']}/deliveries?after={after}")
        return np.frombuffer(answer.content, DELIVERY)
