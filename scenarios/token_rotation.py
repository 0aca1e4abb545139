from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=15)
def token_rotation(phone: Phone) -> None:
    """The OS hands the app a new token, and the app registers it in place of the old one.

    The old token is dead from that moment on: a backend that keeps it pushes into the void.

    Calls: subscribe. Gives a chance to: lost_update, duplicate_subscription, stale_push.
    """
    phone.launch()
    phone.rotate()
    phone.subscribe()
