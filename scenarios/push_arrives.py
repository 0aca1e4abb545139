from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=0, pushes=True)
def push_arrives(phone: Phone) -> None:
    """Somebody registers a new token, is pushed to, and waits for the push to arrive: on all of their phones.

    A push that reaches the old token, or does not reach this phone, is told by its deliveries.

    Calls: subscribe, push. Gives a chance to: stale_push, missing_device, duplicate_delivery, wrong_type_delivery.
    """
    phone.launch()
    phone.rotate()
    phone.subscribe()
    phone.push()
