from collections.abc import Mapping

from simulator.backend.openapi.operation import Caller, Link, Operation
from simulator.backend.openapi.shapes import (
    COUNT,
    DATE,
    FLAG,
    MILLISECONDS,
    MYSELF,
    NOTHING,
    PAYLOAD,
    PUSH_ENTRY,
    TEXT,
    Fields,
    nullable,
    record,
)
from simulator.backend.policy import Policy

Operations = dict[str, dict[str, Operation]]


def about_people(policy: Policy) -> Operations:
    """Subscriptions, people, their tokens, and pushes to them."""
    fields = Fields(policy)
    return {
        **_subscriptions(policy, fields),
        **_me(),
        **_clients(fields),
        **_pushes(fields),
        "/openapi.json": {
            "GET": Operation(
                name="openapi", summary="This document.", caller=Caller.ANYBODY, result=record({}), ours=True
            )
        },
    }


def _subscriptions(policy: Policy, fields: Fields) -> Operations:
    refusals: dict[int, tuple[str, ...]] = {}
    if policy.unknown_client == "404" or policy.missing_client_id == "404":
        refusals[404] = ("CLIENT_NOT_FOUND",)
    client_id = fields.optional("clientId") | {"description": "Whom it is for: needed with the API key, else ignored."}
    slot = {"type": fields.push_type(), "deviceId": fields.required("deviceId")}
    return {
        "/me/subscribe": {
            "POST": Operation(
                name="subscribe",
                summary="Bind a device's push token to a person; the same slot again replaces its token.",
                caller=Caller.EITHER,
                body=record({**slot, "token": fields.required("token")}, clientId=client_id),
                result=NOTHING,
                refusals=refusals,
            )
        },
        "/me/unsubscribe": {
            "POST": Operation(
                name="unsubscribe",
                summary="Remove a person's subscription; n is the number of records removed.",
                caller=Caller.EITHER,
                body=record(slot, clientId=client_id),
                result=record({"n": COUNT, "ok": {"const": 1}}),
                refusals=refusals,
            )
        },
    }


def _me() -> Operations:
    no_room = {404: ("ROOM_NOT_FOUND",)}
    device = {"IM-Device-ID": {"type": "string", "maxLength": 255, "pattern": "^[ -~]*$"}}
    return {
        "/me/logout": {
            "POST": Operation(
                name="logOut",
                summary="Revoke the client token used, and remove what the device has subscribed for its owner.",
                caller=Caller.PERSON,
                headers=device,
                result=record({"token": TEXT, "expirationDate": DATE, "expirationDateMS": MILLISECONDS}),
            )
        },
        "/socket": {
            "GET": Operation(
                name="connect",
                summary="Open a WebSocket: while it is open, what is said in rooms is not pushed to the device.",
                caller=Caller.PERSON,
                headers=device,
                result={},
                refusals={400: ("MISSING_PARAMETER",), 426: ("UPGRADE_REQUIRED",)},
                upgrades=True,
                ours=True,
            )
        },
        "/me/badge": {
            "GET": Operation(
                name="badge",
                summary="How many messages the person has not read.",
                caller=Caller.PERSON,
                result=record({"badge": COUNT}),
            )
        },
        "/me/mute/{room}": {
            "POST": _my("mute", "Have a room's messages push no more.", no_room),
            "DELETE": _my("unmute", "Have a room's messages push again.", no_room),
        },
        "/me/notification/enable": {"POST": _my("enable", "Have pushes reach the person again.", {})},
        "/me/notification/disable": {"POST": _my("disable", "Have no push reach the person.", {})},
    }


def _my(name: str, summary: str, refusals: Mapping[int, tuple[str, ...]]) -> Operation:
    return Operation(name=name, summary=summary, caller=Caller.PERSON, result=MYSELF, refusals=refusals)


def _clients(fields: Fields) -> Operations:
    own = {"token": nullable(fields.sendable()), "expirationDate": nullable(DATE)}
    issued = record({"_id": TEXT, "id": TEXT}, nickname=TEXT, avatarUrl=TEXT, token=TEXT, expirationDate=DATE)
    return {
        "/admin/clients": {
            "POST": Operation(
                name="addClient",
                summary="Make or update a client, and issue it a token or bind it one of the platform's own.",
                caller=Caller.PLATFORM,
                body=record(
                    {"_id": fields.required("_id")},
                    nickname=fields.optional("nickname"),
                    avatarUrl=fields.optional("avatarUrl"),
                    issueAccessToken=FLAG,
                    **own,
                ),
                result=issued,
                leads_to=[
                    Link(name, {"client": "$response.body#/result/_id"}) for name in ("bindToken", "revokeTokens")
                ],
                refusals={409: ("TOKEN_CONFLICT",)},
            )
        },
        "/admin/clients/{client}/token": {
            "PUT": Operation(
                name="bindToken",
                summary="Bind a token of the platform's own to a client, beside those that it has.",
                caller=Caller.PLATFORM,
                body=record({"token": fields.sendable(at_least=1)}, expirationDate=nullable(DATE)),
                result=record(
                    {"token": TEXT, "client": TEXT, "expirationDate": DATE, "expirationDateMS": MILLISECONDS}
                ),
                refusals={404: ("CLIENT_NOT_FOUND",), 409: ("TOKEN_CONFLICT",)},
            ),
            "DELETE": Operation(
                name="revokeTokens",
                summary="Revoke one token of a client, or all that it has been given so far.",
                caller=Caller.PLATFORM,
                body=record({}, token=nullable(fields.required("token"))),
                body_required=False,
                result=NOTHING,
                refusals={404: ("CLIENT_NOT_FOUND", "TOKEN_NOT_FOUND")},
            ),
        },
    }


def _pushes(fields: Fields) -> Operations:
    return {
        "/push/push2clients": {
            "POST": Operation(
                name="push",
                summary="Push to every device of some clients; clients that nobody knows have none.",
                caller=Caller.PLATFORM,
                body=record({"clients": fields.ids(at_least=1, at_most=None), "payload": PAYLOAD}),
                result=NOTHING,
                refusals={503: ("PUSH_UNAVAILABLE", "PUSH_QUEUE_FULL")},
                pushes=True,
                leads_to=[Link("pushEntry", {"push": "$response.header.im-push-id"})],
            )
        },
        "/admin/pushes/{push}": {
            "GET": Operation(
                name="pushEntry",
                summary="What became of a push; it is closed when its last delivery was attempted.",
                caller=Caller.PLATFORM,
                result=PUSH_ENTRY,
                refusals={404: ("PUSH_NOT_FOUND",)},
                ours=True,
            )
        },
    }
