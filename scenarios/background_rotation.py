from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=2)
def background_rotation(phone: Phone) -> None:
    """The OS hands out a new token while the app is closed, so that the old one stays registered and dies.

    The app registers the new one when it is next started. Until then pushes go to a token that its provider will call
    dead, and a backend that acts on that late must not take the new one for it.

    Calls: subscribe where the phone is new. Gives a chance to: missing_device.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    phone.rotate()
