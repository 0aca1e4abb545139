"""pywebpush 2, synchronous: endpoints bear real host names, and not one of them is looked up."""

import json
from urllib.parse import urlsplit

import pytest
import requests
from pywebpush import WebPushException, webpush
from requests.adapters import HTTPAdapter

from simulator.gateways.reasons import REASONS
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.mark import Mark
from tests.interop.conftest import World

WRITE = Provenance(9, 2, 7, 1, PushType.WEB, 3)


def token(form: str | None = None) -> str:
    return mint(WRITE, form=form)


class Redirected(HTTPAdapter):
    """Connects to the gateway whatever the host, and checks its certificate for that host."""

    def __init__(self, gateway: str) -> None:
        super().__init__()
        self._gateway = urlsplit(gateway)

    def get_connection_with_tls_context(self, request, verify, proxies=None, cert=None):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, ARG002 - as requests has it
        host = urlsplit(request.url).hostname
        return self.poolmanager.connection_from_host(
            self._gateway.hostname,
            port=self._gateway.port,
            scheme="https",
            pool_kwargs={
                "ca_certs": verify,
                "cert_reqs": "CERT_REQUIRED",
                "server_hostname": host,
                "assert_hostname": host,
            },
        )


def send(world: World, subscription: str, text: str = "Hello", **options: object) -> requests.Response:
    web = world.ready["web_push"]
    session = requests.Session()
    session.trust_env = False
    session.verify = world.ready["certificate_authority"]
    session.mount("https://", Redirected(web["url"]))
    claims: dict[str, str | int] = {"sub": web["subject"]}
    given = {"vapid_private_key": web["vapid_private_key"], "ttl": 60, **options}
    answer = webpush(json.loads(subscription), text, vapid_claims=claims, requests_session=session, **given)
    assert isinstance(answer, requests.Response)
    return answer


@pytest.mark.parametrize("browser", ["chrome", "firefox", "safari"])
def test_the_browser_decrypts_what_was_sent(fleetless: World, browser: str) -> None:
    mark = Mark(WRITE.fleet, 7, 12345)
    answer = send(fleetless, token(form=browser), f"Hello {mark.text}")
    assert (answer.status_code, "location" in answer.headers) == (201, True)
    row = fleetless.deliveries()[-1]
    assert (int(row["register"]), int(row["value"]), int(row["status"])) == (WRITE.register, WRITE.value, 201)
    assert (int(row["owner"]), int(row["sent"]), REASONS[int(row["reason"])]) == (7, 12345, "")


def test_a_subscription_that_nobody_has_is_not_found(fleetless: World) -> None:
    endpoint = json.loads(token())["endpoint"]
    with pytest.raises(WebPushException) as raised:
        send(fleetless, token().replace(endpoint[-8:], "AAAAAAAA"))
    assert raised.value.response is not None
    assert raised.value.response.status_code == 404


def test_another_vapid_key_is_forbidden(fleetless: World) -> None:
    with pytest.raises(WebPushException) as raised:
        send(fleetless, token(), vapid_private_key=fleetless.ready["apns"]["key"])
    assert raised.value.response is not None
    assert raised.value.response.status_code == 403


def test_a_message_that_is_too_long_is_refused(fleetless: World) -> None:
    with pytest.raises(WebPushException) as raised:
        send(fleetless, token(), "x" * 5000)
    assert raised.value.response is not None
    assert raised.value.response.status_code == 413
