from scenarios.registry import scenario
from simulator.phones import Phone

LOST = 0.4  # assumption: the share of old phones that are lost, broken or wiped before they could log out


@scenario(weight=8)
def phone_switch(phone: Phone) -> None:
    """A person changes phones: the new one registers under a new deviceId.

    The old phone unsubscribes, or it is lost and never does; then its subscription stays, as it should.

    Calls: subscribe, unsubscribe. Gives a chance to: missing_device, resurrected_token.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    new = phone.switch()
    new.launch()
    new.subscribe()
    if phone.rng.random() >= LOST:
        phone.unsubscribe()
