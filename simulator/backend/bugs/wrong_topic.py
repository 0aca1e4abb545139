from typing import ClassVar

from simulator.backend.bug import Bug
from simulator.backend.push import Pipeline
from simulator.backend.push.apns import ApnsSender
from simulator.backend.pusher import Subscription


class _AlertsOnly(ApnsSender):
    def topic_of(self, subscription: Subscription) -> str:  # noqa: ARG002 - that is the fault
        return self._topic


class _WrongTopic(Pipeline):
    apns: ClassVar = _AlertsOnly


BUG = Bug(
    name="wrong-topic",
    description="Pushes VoIP tokens on the topic of alerts.",
    shows=("wrong_type_delivery",),
    push=_WrongTopic,
    options=("--readback", "push?share=0.5"),
    scenario="voip_registration",
)
