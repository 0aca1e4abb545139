from scenarios.registry import scenario
from simulator.phones import Phone, Wants


@scenario(weight=15, wants=Wants(new=True))
def first_install(phone: Phone) -> None:
    """The app is installed on a phone that never had it, push permission is granted, and the token is registered.

    When no such phone is left in the fleet, the person buys one: a new deviceId, nothing registered under it yet.

    Calls: subscribe. Gives a chance to: missing_device, duplicate_subscription.
    """
    if not phone.is_new:
        phone = phone.switch()
    phone.launch()
    phone.subscribe()
