from scenarios.registry import scenario
from simulator.phones import Phone

MUTED = 0.3  # assumption: the share of people in a room who have muted it


@scenario(weight=0)
def chat_message(phone: Phone) -> None:
    """Somebody of the household writes into a chat room: that pushes to whoever is in it and has not muted it.

    The phone's owner is in it, and a third person; one of the two has muted the room. Where there are gateways, whom
    the message reaches is told by its deliveries: a muted member is somebody whom it was not for.

    Calls: subscribe, push: a message in a room. Gives a chance to: cross_user_leak, missing_device,
    duplicate_delivery, wrong_type_delivery.
    """
    phone.open_app()
    phone.hear(muted=phone.rng.random() < MUTED)
