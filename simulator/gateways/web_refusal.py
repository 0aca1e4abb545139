"""How the three Web Push services refuse: each with its own status and body, as far as they are known.

Google's sentences are those that Chromium knows (components/gcm_driver/web_push_common.cc) and public issues quote.
Mozilla's numbers are autopush-rs's (autoendpoint/src/error.rs and extractors/*.rs), which has 401 for whatever is wrong
with a VAPID token. Apple's reasons are of developer.apple.com, "Sending web push notifications in web apps and
browsers", and of public issues: 403 BadJwtToken for any fault of the token, but 400 VapidPkHashMismatch for the key.
Where nothing is known, the status is RFC 8030's, or RFC 8292's (4.2: 401 if the authentication is absent, 403 if it is
invalid), and the sentence is ours.
"""

from http import HTTPStatus
from typing import Final, NamedTuple

import orjson

from simulator.gateways.request import Answer
from simulator.tokens.browser import HOSTS

GOOGLE, MOZILLA, APPLE = HOSTS
_TEXT: Final = ("content-type", "text/plain; charset=utf-8")
_JSON: Final = ("content-type", "application/json")
_MORE: Final = "http://autopush.readthedocs.io/en/latest/http.html#error-codes"
_GONE_FOR: Final = ("cache-control", "max-age=86400")  # Mozilla, of 410


class Refusal(NamedTuple):
    """Why a push is refused."""

    reason: str  # of REASONS
    status: int  # where its host has none of its own
    text: str
    errno: int | None = None  # Mozilla's
    apple: str = ""  # Apple's reason
    own: tuple[tuple[str, int], ...] = ()  # a host, and its own status
    retry_after: int = 0  # seconds

    def at(self, host: str) -> int:
        """The status at a host."""
        return dict(self.own).get(host, self.status)

    def answer(self, host: str) -> Answer:
        """The HTTP answer of a host."""
        retry = (("retry-after", str(self.retry_after)),) if self.retry_after else ()
        status = self.at(host)
        if host == MOZILLA:
            gone = (_GONE_FOR,) if status == 410 else ()
            return Answer(status, (_JSON, *gone, *retry), orjson.dumps(self._mozillas(status)))
        if host == APPLE and self.apple:
            return Answer(status, (_JSON, *retry), orjson.dumps({"reason": self.apple}))
        return Answer(status, (_TEXT, *retry), f"{self.text}\n".encode())

    def _mozillas(self, status: int) -> dict[str, str | int | None]:
        phrase = HTTPStatus(status).phrase
        return {"code": status, "errno": self.errno, "error": phrase, "message": self.text, "more_info": _MORE}


BAD_METHOD: Final = Refusal("MethodNotAllowed", 405, "Only POST is allowed")
NO_SUBSCRIPTION: Final = Refusal("NO_SUBSCRIPTION", 404, "Invalid token", 102)
GONE: Final = Refusal("GONE", 410, "push subscription has unsubscribed or expired.", 106, "Unregistered")
TOO_LARGE: Final = Refusal("TOO_LARGE", 413, "The payload is over 4096 bytes", 104, "PayloadTooLarge")
MISSING_TTL: Final = Refusal("MISSING_TTL", 400, "Missing TTL value", 111, "BadTtl")
BAD_TTL: Final = MISSING_TTL._replace(text="TTL must be greater than 0", errno=114)
BAD_TOPIC: Final = Refusal("BAD_REQUEST", 400, "Topic must be up to 32 characters of base64url", 113, "BadWebPushTopic")
BAD_URGENCY: Final = Refusal("BAD_REQUEST", 400, "Urgency must be very-low, low, normal or high", None, "BadUrgency")
BAD_ENCODING: Final = Refusal("BAD_REQUEST", 400, "Unknown Content-Encoding header", 110, "BadWebPushRequest")
NO_VAPID: Final = Refusal("BAD_VAPID", 401, "sender is not authenticated.", 109, "BadJwtToken", ((APPLE, 403),))
BAD_VAPID: Final = Refusal("BAD_VAPID", 403, "invalid JWT provided", 109, "BadJwtToken", ((MOZILLA, 401),))
NO_KEY: Final = BAD_VAPID._replace(
    text="authorization header had no public application server key specified. Authorization header should have the "
    "following format: vapid t=jwtToken; k=base64(publicApplicationServerKey)"
)
NO_EXPIRY: Final = BAD_VAPID._replace(text="exp claim is missing")
EXPIRED: Final = BAD_VAPID._replace(text="token has expired")
LATE_EXPIRY: Final = BAD_VAPID._replace(text="exp claim MUST NOT be more than 24 hours from the time of the request")
OTHER_ORIGIN: Final = BAD_VAPID._replace(text="aud claim in the token MUST include the origin of the push resource URL")
OTHER_KEY: Final = Refusal(
    "OTHER_VAPID_KEY",
    403,
    "the VAPID credentials in the authorization header do not correspond to the credentials used to create the "
    "subscriptions.",
    109,
    "VapidPkHashMismatch",
    ((MOZILLA, 401), (APPLE, 400)),
)
TOO_MANY: Final = Refusal("TooManyRequests", 429, "Too many requests for this subscription", None, "TooManyRequests")
