from scenarios.registry import scenario
from simulator.phones import Phone

BACK = 0.5  # assumption: the share of people who log in again at once; the others do when they next start the app


@scenario(weight=3)
def logout_login(phone: Phone) -> None:
    """Somebody logs out, and gets no pushes and no calls until they log in again.

    The app removes each of the phone's registrations, and drops its tokens with the log-out whatever comes of that, so
    that the next registration has a new one.

    Calls: unsubscribe for each type, subscribe for each again. Gives a chance to: resurrected_token, missing_device.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    had = phone.registered or phone.types[:1]
    for kind in had:
        phone.unsubscribe(kind)
    if phone.rng.random() < BACK:
        for kind in had:
            phone.subscribe(kind)
