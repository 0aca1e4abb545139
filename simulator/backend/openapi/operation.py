"""One call as OpenAPI describes it: what its kind of caller and its body imply need not be written each time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NamedTuple

from simulator.backend.openapi.shapes import RATE_LIMITED, Schema, accepted, refused
from simulator.backend.policy import Policy
from simulator.backend.reply import REASONS

_PERSON: Final[dict[str, list[str]]] = {"ClientKey": [], "ClientToken": []}
_PLATFORM: Final[dict[str, list[str]]] = {"ApiKey": []}


class Caller(Enum):
    """Who may make a call."""

    ANYBODY = "anybody"
    PERSON = "person"
    PLATFORM = "platform"
    EITHER = "either"


class Link(NamedTuple):
    """Another operation on what this one has answered: what fills its path's {} and its body."""

    operation: str
    places: Mapping[str, str] = {}
    body: Mapping[str, str] = {}

    def describe(self) -> dict[str, Any]:
        """The link object."""
        body = {"requestBody": dict(self.body)} if self.body else {}
        return {"operationId": self.operation, "parameters": dict(self.places), **body}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is particular to a call. `refusals` are its statuses and codes beyond the usual."""

    name: str
    summary: str
    caller: Caller
    result: Schema
    body: Schema | None = None
    body_required: bool = True
    refusals: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    headers: Mapping[str, Schema] = field(default_factory=dict)  # of the request, none of them required
    leads_to: Sequence["Link"] = ()
    pushes: bool = False  # its answer may name a push
    upgrades: bool = False  # to a WebSocket, and answers nothing else
    ours: bool = False  # it is no part of IMKIT's API

    def describe(self, policy: Policy, places: Mapping[str, Schema]) -> dict[str, Any]:
        """The operation object; `places` are the schemas of what its path has in its {}."""
        described: dict[str, Any] = {
            "operationId": self.name,
            "summary": self.summary,
            "tags": ["pushfleet's own" if self.ours else "IMKIT"],
            "security": self._security(),
            "parameters": [
                *({"name": name, "in": "path", "required": True, "schema": schema} for name, schema in places.items()),
                *({"name": name, "in": "header", "schema": schema} for name, schema in self.headers.items()),
            ],
            "responses": {**self._success(), **self._failures(policy, {404: {"NOT_FOUND"}} if places else {})},
        }
        if self.body is not None:
            content = {"application/json": {"schema": self.body}}
            described["requestBody"] = {"required": self.body_required, "content": content}
        return described

    def _security(self) -> list[dict[str, list[str]]]:
        return {
            Caller.ANYBODY: [],
            Caller.PERSON: [_PERSON],
            Caller.PLATFORM: [_PLATFORM],
            Caller.EITHER: [_PERSON, _PLATFORM],
        }[self.caller]

    def _success(self) -> dict[str, Any]:
        if self.upgrades:
            return {"101": {"description": "It is a WebSocket now."}}
        push_id = {"im-push-id": {"description": "Of the push that was made.", "schema": {"type": "string"}}}
        schema = self.result if self.caller is Caller.ANYBODY else accepted(self.result)
        links = {link.operation: link.describe() for link in self.leads_to}
        return {
            "200": {
                "description": "Done.",
                "content": {"application/json": {"schema": schema}},
                **({"headers": push_id} if self.pushes else {}),
                **({"links": links} if links else {}),
            }
        }

    def _failures(self, policy: Policy, by_place: Mapping[int, set[str]]) -> dict[str, Any]:
        """The responses of all refusals, by their statuses; `by_place` are those for what the path has in its {}."""
        codes: dict[int, set[str]] = {
            400: {"INVALID_PARAMETER"},
            411: {"LENGTH_REQUIRED"},
            413: {"PAYLOAD_TOO_LARGE"},
            500: {"INTERNAL_ERROR"},
        }
        own = {status: set(known) for status, known in self.refusals.items()}
        for refusals in (self._by_caller(policy), self._by_body(policy), by_place, own):
            for status, more in refusals.items():
                codes.setdefault(status, set()).update(more)
        failures = {
            str(status): _response(REASONS[status], refused(status, REASONS[status], sorted(known)))
            for status, known in sorted(codes.items())
        }
        if self.caller is not Caller.ANYBODY:
            failures["429"] = _response("Too many calls a minute.", RATE_LIMITED, "retry-after")
        if 503 in codes:
            failures["503"] = {**failures["503"], "headers": _header("retry-after")}
        return failures

    def _by_caller(self, policy: Policy) -> dict[int, set[str]]:
        codes: dict[int, set[str]] = {}
        if self.caller is not Caller.ANYBODY:
            codes[401] = {"INVALID_API_KEY"}
        if self.caller is Caller.PLATFORM:
            codes[401].add("MISSING_API_KEY")
        if self.caller in (Caller.PERSON, Caller.EITHER):
            codes[401].add("INVALID_TOKEN")
            codes.setdefault(int(policy.bad_client_key), set()).add("INVALID_CLIENT_KEY")
        return codes

    def _by_body(self, policy: Policy) -> dict[int, set[str]]:
        if self.body is None:
            return {}
        answers = {policy.unknown_type, policy.over_long, policy.non_string} - {"accept", "cast"}
        return {400: {"MISSING_PARAMETER"}, **{int(each): {"INVALID_PARAMETER"} for each in answers - {"400"}}}


def _response(description: str, schema: Schema, header: str | None = None) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": schema}},
        **({"headers": _header(header)} if header is not None else {}),
    }


def _header(name: str) -> dict[str, Any]:
    return {name: {"description": "Seconds.", "schema": {"type": "string"}}}
