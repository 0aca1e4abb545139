"""What the API hands to whoever pushes, and what it is told of it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from simulator.backend import reply
from simulator.backend.reply import Refused, invalid_parameter

_TEXTS: Final = ("type", "sound", "topic", "title", "body", "icon", "collapseKey")
_NUMBERS: Final = ("expiry", "badge")
_LONGEST: Final = 4096
_LONGEST_LIFE: Final = 4 * 7 * 24 * 3600  # seconds: FCM's limit


class Payload(NamedTuple):
    """What a push is to show; every field may be missing."""

    type: str | None = None
    expiry: int | None = None  # seconds from now that it is worth delivering for
    alert: str | dict[str, Any] | None = None  # a text, or {"loc-key", "loc-args"}
    badge: int | None = None
    sound: str | None = None
    topic: str | None = None
    title: str | None = None
    body: str | None = None
    icon: str | None = None
    collapse_key: str | None = None

    @classmethod
    def parse(cls, said: Mapping[str, Any], now: float) -> "Payload":
        """The payload of a request's body at this second of Unix time; fields that are not known are ignored.

        What it calls expiry is a moment, in seconds of Unix time too. Raises Refused.
        """
        texts = {name: _text(name, said.get(name)) for name in _TEXTS}
        numbers = {name: _number(name, said.get(name)) for name in _NUMBERS}
        collapse_key, ends = texts.pop("collapseKey"), numbers["expiry"]
        numbers["expiry"] = None if ends is None else min(max(ends - int(now), 0), _LONGEST_LIFE)
        return cls(alert=_alert(said.get("alert")), collapse_key=collapse_key, **texts, **numbers)  # type: ignore[arg-type]  # two dictionaries, of texts and of numbers


class Subscription(NamedTuple):
    """One subscription, as the store holds it."""

    type: str
    device_id: str
    client_id: str
    token: str
    updated_at: int  # ms since 1970

    def __repr__(self) -> str:
        return f"Subscription({self.type}/{self.device_id})"


class Pusher(Protocol):
    """Whoever pushes."""

    async def push(
        self,
        clients: Sequence[str],
        payload: Payload,
        *,
        except_devices: Collection[tuple[str, str]] = (),
        calls: bool = True,
    ) -> int:
        """Push to all devices of these clients and return the push's id, before anything was delivered.

        `except_devices`, each a clientId and a deviceId, get nothing; without `calls` ios-voip subscriptions get
        nothing either. Raises Refused if there is no provider to push to, or the queue has no room for all of it: then
        nothing is sent.
        """
        ...

    async def entry(self, push_id: int) -> dict[str, Any] | None:
        """What became of a push: _id, selected, attempted, delivered, failed, pruned, closed. None: there is none."""
        ...

    async def close(self) -> None:
        """Finish what is under way, within bounds."""
        ...


class NoPusher:
    """Nobody to push to: it refuses, and no packet leaves."""

    async def push(self, *_: object, **__: object) -> int:
        """Refuse."""
        raise Refused(reply.PUSH_UNAVAILABLE)

    async def entry(self, push_id: int) -> dict[str, Any] | None:  # noqa: ARG002 - it knows none
        """None."""
        return None

    async def close(self) -> None:
        """There is nothing under way."""


def _text(name: str, value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise invalid_parameter(f"payload.{name} is not a string of at most {_LONGEST} characters")
    return value


def _number(name: str, value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise invalid_parameter(f"payload.{name} is not a whole number from 0 to {2**31 - 1}")
    return value


def _alert(value: object) -> str | dict[str, Any] | None:
    if value is None or isinstance(value, str):
        return _text("alert", value)
    arguments = value.get("loc-args", []) if isinstance(value, dict) else None
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("loc-key"), str)
        or not isinstance(arguments, list)
        or not all(isinstance(each, str) for each in arguments)
    ):
        raise invalid_parameter("payload.alert is neither a string nor an object of loc-key and loc-args")
    return {"loc-key": value["loc-key"], "loc-args": arguments}
