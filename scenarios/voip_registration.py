from scenarios.registry import scenario
from simulator.phones import Phone, Wants
from simulator.tokens import PushType


@scenario(weight=7, wants=Wants(type=PushType.IOS_VOIP))
def voip_registration(phone: Phone) -> None:
    """An app that rings registers twice, for alerts (ios) and for calls (ios-voip); then one of the two rotates.

    The two are subscriptions of their own: rotating one leaves the other as it is.

    Calls: subscribe. Gives a chance to: missing_device, lost_update, wrong_type_delivery.
    """
    phone.launch()
    phone.subscribe(PushType.IOS)
    phone.subscribe(PushType.IOS_VOIP)
    rotated = phone.rng.choice([PushType.IOS, PushType.IOS_VOIP])
    phone.rotate(rotated)
    phone.subscribe(rotated)
