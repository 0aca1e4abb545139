from scenarios.registry import scenario
from simulator.phones import Phone

LOST = 0.02  # seconds: by then the connection is lost, often before the answer has come
ROTATED = 0.5  # assumption: the share of phones whose token changes soon after


@scenario(weight=0)
def impatient_retry(phone: Phone) -> None:
    """The connection is lost in the middle of a registration, and the app sends the same token again.

    The first attempt may still act, and whenever it does: after its retry, or when a newer token has been registered.

    Calls: subscribe, given up; subscribe, once or twice. Gives a chance to: duplicate_subscription, zombie_write,
    lost_update.
    """
    phone.launch()
    value = phone.rotate()
    phone.subscribe(value=value, patience=phone.rng.uniform(0.0, LOST))
    phone.subscribe(value=value)
    if phone.rng.random() < ROTATED:
        phone.rotate()
        phone.subscribe()
