"""The API client: calls over a transport of one method, each sent once and judged by the API page."""

from simulator.client.answer import NO_RC, NO_ROWS, NO_STATUS, Answer, Pushed, PushEntry
from simulator.client.api import OURS, Client
from simulator.client.contract import Call, Finding, Refusal, judged
from simulator.client.dialing import tls_context
from simulator.client.http import HttpTransport
from simulator.client.issuing import ApiKeyRefused, HostRefuses, IssuedToken, NotIssued, RateLimited
from simulator.client.origin import Origin
from simulator.client.outcome import FIRST_BREACH, Fault, Outcome
from simulator.client.proxy import Proxy
from simulator.client.seeding import obtain_client_tokens
from simulator.client.timeouts import Timeouts
from simulator.client.transport import MaybeSent, NotSent, Request, Response, Transport, TransportError

__all__ = [
    "FIRST_BREACH",
    "NO_RC",
    "NO_ROWS",
    "NO_STATUS",
    "OURS",
    "Answer",
    "ApiKeyRefused",
    "Call",
    "Client",
    "Fault",
    "Finding",
    "HostRefuses",
    "HttpTransport",
    "IssuedToken",
    "MaybeSent",
    "NotIssued",
    "NotSent",
    "Origin",
    "Outcome",
    "Proxy",
    "PushEntry",
    "Pushed",
    "RateLimited",
    "Refusal",
    "Request",
    "Response",
    "Timeouts",
    "Transport",
    "TransportError",
    "judged",
    "obtain_client_tokens",
    "tls_context",
]
