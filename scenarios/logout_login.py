from scenarios.registry import scenario
from simulator.phones import Phone

BACK = 0.5  # assumption: the share of people who log in again at once; the others do when they next start the app


@scenario(weight=3)
def logout_login(phone: Phone) -> None:
    """Somebody logs out, and gets no pushes until they log in again.

    The app drops its token with the log-out, so that the next registration has a new one.

    Calls: unsubscribe, subscribe. Gives a chance to: resurrected_token, missing_device.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    phone.unsubscribe()
    if phone.rng.random() < BACK:
        phone.subscribe()
