"""Providers that have had enough: a share of the pushes is refused as the real ones refuse when they are in trouble."""

from typing import Final

import orjson

from simulator.gateways.delivery import Delivery, Provider
from simulator.gateways.faults import ERROR, THROTTLE, UNAVAILABLE, Fault, Faults
from simulator.gateways.reasons import number_of
from simulator.gateways.request import Answer, Judge, Judged, Request

# Status, and what each provider calls it.
_STATUSES: Final = {THROTTLE: 429, UNAVAILABLE: 503, ERROR: 500}
_APNS: Final = {THROTTLE: "TooManyRequests", UNAVAILABLE: "ServiceUnavailable", ERROR: "InternalServerError"}
_FCM: Final = {THROTTLE: "QUOTA_EXCEEDED", UNAVAILABLE: "UNAVAILABLE", ERROR: "INTERNAL"}
_FCM_CODES: Final = {THROTTLE: "RESOURCE_EXHAUSTED", UNAVAILABLE: "UNAVAILABLE", ERROR: "INTERNAL"}
_FCM_ERROR: Final = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


class Refusing:
    """A judge of whose pushes a share is refused; requests that name no token never are."""

    def __init__(self, judge: Judge, faults: Faults) -> None:
        self._judge = judge
        self._faults = faults

    def judge(self, request: Request) -> Judged:
        """Judge one request, and refuse it if it meets a fault: it is journaled for who it was for, as refused."""
        judged = self._judge.judge(request)
        fault = None if judged.delivery is None else self._faults.draw()
        if fault is None or judged.delivery is None:
            return judged
        reason = (_FCM if judged.delivery.provider is not Provider.APNS else _APNS)[fault.name]
        delivery = judged.delivery._replace(status=_STATUSES[fault.name], reason=number_of(reason))
        return Judged(_answer(fault, delivery, reason, judged.answer), delivery)


def _answer(fault: Fault, delivery: Delivery, reason: str, instead_of: Answer) -> Answer:
    headers = [("retry-after", str(int(fault.seconds)))] if fault.seconds else []
    status = _STATUSES[fault.name]
    if delivery.provider is Provider.WEB:
        return Answer(status, tuple(headers))
    if delivery.provider is Provider.FCM:
        details = [{"@type": _FCM_ERROR, "errorCode": reason}]
        error = {"code": status, "message": reason, "status": _FCM_CODES[fault.name], "details": details}
        return Answer(status, (*headers, ("content-type", "application/json")), orjson.dumps({"error": error}))
    echoed = [(name, value) for name, value in instead_of.headers if name == "apns-id"]
    return Answer(status, (*echoed, *headers), orjson.dumps({"reason": reason}))
