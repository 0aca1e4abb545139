"""What a request to APNs says about itself, before its token is looked at: identity, topic, options.

After developer.apple.com, "Sending notification requests to APNs": each push type belongs to a topic.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from simulator.gateways.delivery import Topic
from simulator.gateways.reasons import PUSH_TYPES
from simulator.gateways.request import Request

_PATH: Final = "/3/device"
_BEFORE_TOKEN: Final = f"{_PATH}/"
_ID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_TOPIC: Final = re.compile(r"[A-Za-z0-9.-]+")
_TOKEN: Final = re.compile(r"[0-9a-fA-F]{64,200}")  # variable: Apple says not to hard-code the size
_PRIORITIES: Final = (None, "1", "5", "10")
_SECONDS: Final = re.compile(r"[0-9]{1,19}")
_LONGEST_COLLAPSE_ID: Final = 64  # bytes
_ONCE: Final = frozenset(
    ("apns-id", "apns-topic", "apns-collapse-id", "apns-priority", "apns-expiration", "apns-push-type", "authorization")
)
_OTHER: Final = Topic.OTHER  # by a name of its own: Python takes long to look a member up in its enumeration
_PUSH_TYPES: Final = {name: number for number, name in enumerate(PUSH_TYPES)}
# The other types have topics of their own, such as <bundle>.complication, that an app has to be made for.
_TOPIC_OF: Final = {"alert": Topic.ALERT, "background": Topic.ALERT, "voip": Topic.VOIP}


class Said(NamedTuple):
    """What a request says."""

    headers: Mapping[str, str]  # where one comes twice, the first
    repeats: bool  # one that may come once only comes twice
    token: str  # in lower case if it is well-formed; empty: none is named, so that nothing is pushed to anybody
    is_formed: bool  # the token is of the form that tokens have
    topic: Topic  # OTHER: missing, malformed, or not this app's
    push_type: int  # index into PUSH_TYPES; 0: nothing that there is

    @classmethod
    def of(cls, request: Request, topics: Mapping[str, Topic]) -> "Said":
        """Read a request, whatever it says; `topics` are those of the app."""
        pairs = request.headers.items()  # one call into the server instead of a dozen
        headers = dict(reversed(pairs))
        path, token = request.path, ""
        if path.startswith(_BEFORE_TOKEN) and request.method == "POST":
            token = path[len(_BEFORE_TOKEN) :]
        is_formed = len(token) % 2 == 0 and _TOKEN.fullmatch(token) is not None
        return cls(
            headers,
            len(pairs) > len(headers) and _repeats(pairs),
            token.lower() if is_formed else token,
            is_formed,
            topics.get(headers.get("apns-topic", ""), _OTHER),
            _PUSH_TYPES.get(headers.get("apns-push-type", ""), 0),
        )


def refusal(request: Request, said: Said) -> str:
    """The first reason to refuse a request that its line and headers give; empty if there is none."""
    headers = said.headers
    return (
        _of_line(request, said)
        or _of_topic(headers, said.topic)
        or _of_options(headers)
        or _of_push_type(headers.get("apns-push-type"), said.topic)
        or ("DuplicateHeaders" if said.repeats else "")
        or ("" if said.is_formed else "BadDeviceToken")
    )


def _repeats(pairs: Iterable[tuple[str, str]]) -> bool:
    names = [name for name, _ in pairs if name in _ONCE]
    return len(names) > len(set(names))


def _of_line(request: Request, said: Said) -> str:
    number = said.headers.get("apns-id")
    if number is not None and not _ID.fullmatch(number):
        return "BadMessageId"
    if request.method != "POST":
        return "MethodNotAllowed"
    if said.token:
        return ""
    return "MissingDeviceToken" if request.path.rstrip("/") == _PATH else "BadPath"


def _of_topic(headers: Mapping[str, str], topic: Topic) -> str:
    if topic is not _OTHER:
        return ""
    name = headers.get("apns-topic")
    if not name:
        return "MissingTopic"
    return "TopicDisallowed" if _TOPIC.fullmatch(name) else "BadTopic"


def _of_options(headers: Mapping[str, str]) -> str:
    collapse_id = headers.get("apns-collapse-id")
    if collapse_id and len(collapse_id.encode(errors="surrogatepass")) > _LONGEST_COLLAPSE_ID:
        return "BadCollapseId"
    priority = headers.get("apns-priority")
    # Apple, of background pushes: "Always use priority 5. Using priority 10 is an error." Without the header it is 10
    # as well, but many providers leave it out, and nobody has been seen to be refused for that.
    if priority not in _PRIORITIES or (priority == "10" and headers.get("apns-push-type") == "background"):
        return "BadPriority"
    expiration = headers.get("apns-expiration")
    return "" if expiration is None or _SECONDS.fullmatch(expiration) else "BadExpirationDate"


def _of_push_type(push_type: str | None, topic: Topic) -> str:
    """Without a push type it is what the topic says, as with Apple's older clients."""
    return "" if push_type is None or _TOPIC_OF.get(push_type) is topic else "InvalidPushType"
