from scenarios.registry import scenario
from simulator.phones import Phone, Wants
from simulator.tokens import PushType

# ASSUMPTION: how often a visit finds which. No figures were found.
EXPIRED = 0.3  # the browser ended the subscription, and made another one
NEW_KEY = 0.3  # the site has a new VAPID key; the others find all as it was


@scenario(weight=0, wants=Wants(type=PushType.WEB))
def web_push(phone: Phone) -> None:
    """A browser visits the site, whose worker registers its Web Push subscription: the same, a renewed, or a new one.

    One that expired is replaced by the browser, and registered in place of the old one. A new VAPID key takes more:
    the site ends the old subscription, unsubscribes, and registers one that is made for the new key.

    Calls: subscribe, unsubscribe. Gives a chance to: lost_update, missing_device, resurrected_token, stale_push.
    """
    phone.launch()
    phone.subscribe()
    drawn = phone.rng.random()
    if drawn < EXPIRED:
        phone.rotate()
        phone.subscribe()
    elif drawn < EXPIRED + NEW_KEY:
        phone.unsubscribe()
        phone.rotate()
        phone.subscribe()
