import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import orjson

from simulator.client.answer import NO_RC, NO_ROWS, NO_STATUS, Answer, Pushed, PushEntry
from simulator.client.contract import Call, Refusal, judged
from simulator.client.issuing import IssuedToken, issued
from simulator.client.push_log import entry_of, push_id
from simulator.client.transport import Request, Transport, TransportError, make_request
from simulator.errors import UsageError
from simulator.remembered import Remembered

# Half of what calling a NamedTuple costs.
_answer: Final[Callable[[tuple[Any, ...]], Answer]] = partial(tuple.__new__, Answer)
_SUBSCRIBE, _UNSUBSCRIBE = Call.SUBSCRIBE, Call.UNSUBSCRIBE  # Python 3.11 looks members up in Python code

_COMMON: Final = b"Content-Type: application/json; charset=utf-8\r\nAccept-Encoding: gzip\r\n"
OURS: Final = b"User-Agent: pushfleet\r\n"


class Client:
    """The calls of the API. Each sends one request once; none tries again by itself.

    The repr shows no key, and no error that leaves here shows a key or a token.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        client_key: str,
        api_key: str | None = None,
        head: bytes = OURS,
        clock: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        """Speak over `transport`; `clock` gives the nanoseconds of `Answer.sent` and `Answer.done`.

        `head` are header lines of every call's, beside those that a call must have. The API key is needed for
        `issue_token`, for pushes, and for calls in a `client_id`'s name only. Raises UsageError for a key that no
        header can carry.
        """
        self._transport = transport
        self._clock = clock
        self._as_person = _COMMON + head + _header("IM-CLIENT-KEY", client_key, "client key")
        self._person_headers = Remembered(self._headers_of).__getitem__  # client token → header lines
        self._as_platform = None if api_key is None else _COMMON + head + _header("IM-API-KEY", api_key, "API key")

    def __repr__(self) -> str:
        return f"<Client over {self._transport!r}>"

    def subscribe(
        self,
        client_token: bytes | None,
        type_wire: str | None,
        token: str | None,
        device_id: str | None,
        *,
        client_id: str | None = None,
        expect: Refusal | None = None,
    ) -> Answer:
        """Register a push token for a device (`POST /me/subscribe`).

        With `client_id` the platform's API key speaks for that client, and `client_token` is not used. A field that is
        None is left out, which makes the request wrong on purpose: say with `expect` which refusal is due then. Raises
        UsageError for a call that cannot be sent; whatever the network or the server does is in the answer.
        """
        fields = {"type": type_wire, "token": token, "deviceId": device_id}
        if client_id is not None or None in fields.values():
            return self._call(_SUBSCRIBE, "/me/subscribe", client_token, fields, client_id, expect)
        what = ("/me/subscribe", self._person_headers(client_token), orjson.dumps(fields), "POST")
        return self._sent(_SUBSCRIBE, make_request(what), expect)

    def unsubscribe(
        self,
        client_token: bytes | None,
        type_wire: str | None,
        device_id: str | None,
        *,
        client_id: str | None = None,
        expect: Refusal | None = None,
    ) -> Answer:
        """Remove a device's push token (`POST /me/unsubscribe`); `Answer.rows` is how many records went.

        The other arguments are those of `subscribe`.
        """
        fields = {"type": type_wire, "deviceId": device_id}
        return self._call(_UNSUBSCRIBE, "/me/unsubscribe", client_token, fields, client_id, expect)

    def wrong_subscribe(self, client_token: bytes | None, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        """Send a subscribe that is wrong on purpose, with exactly these fields; `expect` is the refusal that is due."""
        return self._sent(
            Call.SUBSCRIBE, Request("/me/subscribe", self._person_headers(client_token), orjson.dumps(fields)), expect
        )

    def wrong_unsubscribe(self, client_token: bytes | None, fields: Mapping[str, object], expect: Refusal, /) -> Answer:
        """As `wrong_subscribe`."""
        return self._sent(
            Call.UNSUBSCRIBE,
            Request("/me/unsubscribe", self._person_headers(client_token), orjson.dumps(fields)),
            expect,
        )

    def push(self, client_ids: Sequence[str], payload: Mapping[str, Any], *, expect: Refusal | None = None) -> Pushed:
        """Push to all devices of these clients (`POST /push/push2clients`), in the platform's name.

        The answer says that the push was taken on, and nothing of its deliveries. `expect` is that of `subscribe`.
        """
        body = orjson.dumps({"clients": list(client_ids), "payload": payload})
        return self._push(Request("/push/push2clients", self._platform_headers(), body), expect)

    def make_room(self, client_token: bytes, room: str, invitees: Sequence[str]) -> Answer:
        """Make a chat room of this id, with these clients in it beside whoever makes it (`POST /rooms/createAndJoin`).

        This and `mute` are preparation: nothing of them is judged but whether they were accepted.
        """
        body = orjson.dumps({"_id": room, "invitee": list(invitees)})
        return self._sent(Call.PUSH, Request("/rooms/createAndJoin", self._person_headers(client_token), body), None)

    def mute(self, client_token: bytes, room: str) -> Answer:
        """Have the messages of a room push to this client no more (`POST /me/mute/{room}`)."""
        return self._sent(Call.PUSH, Request(f"/me/mute/{room}", self._person_headers(client_token), b"{}"), None)

    def say(self, client_token: bytes, room: str, text: str) -> Pushed:
        """Say something in a room (`POST /messages`), which pushes to the other members who have not muted it."""
        body = orjson.dumps({"room": room, "message": text, "messageType": "text"})
        return self._push(Request("/messages", self._person_headers(client_token), body), None)

    def _push(self, request: Request, expect: Refusal | None) -> Pushed:
        clock = self._clock
        sent = clock()
        try:
            response = self._transport.send(request)
        except TransportError as error:
            return Pushed(Answer(error.outcome, error.fault, NO_STATUS, NO_RC, NO_ROWS, sent, clock()), 0)
        outcome, fault, rc, rows, wait = judged(Call.PUSH, response, expect)
        sent, done = response.sent or sent, response.done or clock()
        return Pushed(Answer(outcome, fault, response.status, rc, rows, sent, done, wait), push_id(response.headers))

    def push_entry(self, push_id: int) -> PushEntry | None:
        """What the deployment's log says of a push now (`GET /admin/pushes/{id}`); None if it does not say.

        The log is the embedded backend's own and no part of IMKIT's API: other deployments have none, and say nothing.
        """
        request = Request(f"/admin/pushes/{push_id}", self._platform_headers(), b"", method="GET")
        try:
            response = self._transport.send(request)
        except TransportError:
            return None
        return entry_of(response.status, response.body)

    def issue_token(self, client_id: str, nickname: str) -> IssuedToken:
        """Create or update a client and issue a token for it (`POST /admin/clients`).

        This is preparation and not load, so it raises: ApiKeyRefused, RateLimited (with `retry_after`), HostRefuses, or
        NotIssued for everything else; all are PushfleetErrors.
        """
        body = orjson.dumps({"_id": client_id, "nickname": nickname, "issueAccessToken": True})
        request = Request("/admin/clients", self._platform_headers(), body)
        return issued(client_id, lambda: self._transport.send(request))

    def _call(
        self,
        call: Call,
        path: str,
        client_token: bytes | None,
        fields: dict[str, str | None],
        client_id: str | None,
        expect: Refusal | None,
    ) -> Answer:
        if client_id is None:
            headers = self._person_headers(client_token)
        else:
            headers = self._platform_headers()
            fields["clientId"] = client_id
        if None in fields.values():
            fields = {name: value for name, value in fields.items() if value is not None}
        return self._sent(call, Request(path, headers, orjson.dumps(fields)), expect)

    def _sent(self, call: Call, request: Request, expect: Refusal | None) -> Answer:
        clock = self._clock
        sent = clock()
        try:
            response = self._transport.send(request)
        except TransportError as error:
            return Answer(error.outcome, error.fault, NO_STATUS, NO_RC, NO_ROWS, sent, clock())
        outcome, fault, rc, rows, wait = judged(call, response, expect)
        sent, done = response.sent or sent, response.done or clock()
        return _answer((outcome, fault, response.status, rc, rows, sent, done, wait))

    def _headers_of(self, client_token: bytes | None) -> bytes:
        if client_token is None:
            return self._as_person
        if b"\n" in client_token or b"\r" in client_token:
            raise UsageError("A client token holds a line break, which no header can carry. Issue it anew.")
        return b"%bIM-Authorization: %b\r\n" % (self._as_person, client_token)

    def _platform_headers(self) -> bytes:
        if self._as_platform is None:
            raise UsageError("This call needs the API key and none was given. Set --api-key or PUSHFLEET_API_KEY.")
        return self._as_platform


def _header(name: str, value: str, what: str) -> bytes:
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        option = what.lower().replace(" ", "-")
        raise UsageError(
            f"The {what} is empty or holds characters that no header can carry, such as a stray space."
            f" Set --{option} or PUSHFLEET_{option.upper().replace('-', '_')}."
        )
    return f"{name}: {value}\r\n".encode("ascii")
