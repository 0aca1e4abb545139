from scenarios.registry import scenario
from simulator.fleet import Platform
from simulator.phones import Phone, Wants
from simulator.tokens import PushType

SAME = 0.7  # assumption: the share of phones whose token, dead meanwhile, is good again when they are back


@scenario(weight=0, wants=Wants(type=PushType.FCM, platform=Platform.ANDROID))
def dormant_return(phone: Phone) -> None:
    """An Android phone is put away for 270 days, and Google calls its token dead; then it comes back into use.

    Whoever is pushed to meanwhile may lose the subscription. Back in use, the phone registers: the same installation
    id, which has come back alive, or a new token.

    Calls: subscribe, at first or when it is back. Gives a chance to: missing_device, lost_update.
    """
    if phone.is_dormant:
        phone.launch()
        if phone.rng.random() >= SAME:
            phone.rotate()
        phone.subscribe()
        return
    if not phone.registered:
        phone.launch()
        phone.subscribe()
    phone.put_away()
