from scenarios.registry import scenario
from simulator.phones import Phone, Wants

# ASSUMPTION: what people answer when an app that they just installed asks for permission to notify them.
NOW = 0.7
LATER = 0.15  # they put it off: the app asks, and registers, when it is next started; the others refuse


@scenario(weight=15, wants=Wants(new=True))
def first_install(phone: Phone) -> None:
    """The app is installed on a phone that never had it, and asks for push permission: it is granted now, later or not.

    Granted, the token is registered; put off, there is nothing to send yet; refused, the app makes sure that nothing
    is registered. When no such phone is left in the fleet, the person buys one: a new deviceId, nothing under it yet.

    Calls: subscribe; or unsubscribe; or none. Gives a chance to: missing_device, ghost_token.
    """
    if not phone.is_new:
        phone = phone.switch()
    phone.launch()
    drawn = phone.rng.random()
    if drawn < NOW:
        phone.subscribe()
    elif drawn >= NOW + LATER:
        phone.unsubscribe()
