from scenarios.registry import scenario
from simulator.phones import Phone

# ASSUMPTION: what becomes of old phones. No figures were found.
LOST = 0.4  # lost, broken or wiped: they never unsubscribe
FIRST = 0.3  # logged out before the new one is set up; the others afterwards, when somebody finds them in a drawer


@scenario(weight=8)
def phone_switch(phone: Phone) -> None:
    """A person changes phones: the new one registers under a new deviceId.

    The old phone unsubscribes before that, or late, or it is lost and never does; then its subscription stays, as it
    should. Late or not, it takes nothing from the new one.

    Calls: subscribe, unsubscribe. Gives a chance to: missing_device, resurrected_token.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    drawn = phone.rng.random()
    if LOST <= drawn < LOST + FIRST:
        phone.unsubscribe()
    new = phone.switch()
    new.launch()
    new.subscribe()
    if drawn >= LOST + FIRST:
        phone.unsubscribe()
