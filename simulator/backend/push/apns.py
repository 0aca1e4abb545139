"""APNs by aioapns: one HTTP/2 connection pool with an ES256 provider token."""

import asyncio
import re
import ssl
import time
from typing import Any, Final
from urllib.parse import quote

from aioapns import APNs, NotificationRequest, PushType
from aioapns.exceptions import ConnectionError as Unconnected
from aioapns.exceptions import MaxAttemptsExceeded
from h2.exceptions import H2Error

from simulator.backend.push.apns_connection import ApnsConnection
from simulator.backend.push.outcome import BUSY, DEAD, DELIVERED, REFUSED, Fate, Outcome, by_status
from simulator.backend.push.providers import Providers
from simulator.backend.pusher import Payload, Subscription

VOIP: Final = "ios-voip"
_DEAD_REASONS: Final = frozenset({"BadDeviceToken", "Unregistered", "ExpiredToken"})
_MOST_CONNECTIONS: Final = 4
_SECONDS: Final = 10.0  # for an answer
_CLOSING_SECONDS: Final = 1.0
_CONTROL: Final = re.compile(r"[\0-\x1f\x7f]")
_LONGEST_PATH: Final = 8192  # characters of a token in it: servers end a connection over headers that are too long


class ApnsSender:
    """`ios` goes to the app's topic, `ios-voip` to its VoIP topic and nowhere else."""

    def __init__(self, providers: Providers) -> None:
        self._topic, self._voip_topic = providers.apns_topic, providers.apns_voip_topic
        self._client = APNs(
            key=providers.apns_key.read_text(),
            key_id=providers.apns_key_id,
            team_id=providers.apns_team,
            topic=providers.apns_topic,
            max_connections=_MOST_CONNECTIONS,
            max_connection_attempts=1,  # it would send again by itself what a lost connection may have delivered
            ssl_context=ssl.create_default_context(cafile=str(providers.authority)),
            err_func=_say_nothing,
        )
        self._connections = ApnsConnection.to(providers.apns)
        self._client.pool.protocol_class = self._connections

    def topic_of(self, subscription: Subscription) -> str:
        """Where a subscription's pushes go."""
        return self._voip_topic if subscription.type == VOIP else self._topic

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        """Make one attempt; what no header can carry is refused unsent, since it would break everybody's connection."""
        topic, token = self.topic_of(subscription), quote(subscription.token, safe="")
        if len(token) > _LONGEST_PATH or _CONTROL.search(payload.collapse_key or ""):
            return REFUSED
        request = NotificationRequest(
            device_token=token,
            message=message_of(payload),
            time_to_live=payload.expiry,
            collapse_key=payload.collapse_key,
            push_type=PushType.VOIP if topic == self._voip_topic else PushType.ALERT,
            apns_topic=topic,
        )
        try:
            # aioapns itself sets no bound.
            result = await asyncio.wait_for(self._client.send_notification(request), _SECONDS)
        except (MaxAttemptsExceeded, Unconnected, TimeoutError, OSError, H2Error):
            return BUSY  # H2Error: the connection has been told to go away, and is not gone yet
        retry_after = self._connections.waits.pop(request.notification_id, None)
        if result.is_successful:
            return DELIVERED
        if result.description in _DEAD_REASONS:
            return DEAD if result.timestamp is None else Outcome(Fate.DEAD, dead_since=int(result.timestamp))
        outcome = by_status(int(result.status), retry_after)
        return REFUSED if outcome is DELIVERED else outcome

    async def close(self) -> None:
        """Close the connections; aioapns forgets each when its transport is closed."""
        self._client.pool.close()
        deadline = time.monotonic() + _CLOSING_SECONDS
        while self._client.pool.connections and time.monotonic() < deadline:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)


def message_of(payload: Payload) -> dict[str, Any]:
    """A payload as APNs takes it."""
    alert: Any = payload.body if payload.alert is None else payload.alert
    if payload.title is not None:
        words = {} if alert is None else alert if isinstance(alert, dict) else {"body": alert}
        alert = {"title": payload.title, **words}
    aps = {"alert": alert, "badge": payload.badge, "sound": payload.sound, "thread-id": payload.topic}
    said = {name: value for name, value in aps.items() if value is not None}
    return {"aps": said, "type": payload.type} if payload.type is not None else {"aps": said}


async def _say_nothing(_: NotificationRequest, __: object) -> None:
    """A refusal is an outcome; aioapns would log it as an error."""
