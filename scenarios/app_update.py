from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=0)
def app_update(phone: Phone) -> None:
    """A new version of the app is installed, and registers new tokens of every type that the phone has.

    On a release day (`--shape release_day`) every device of the fleet does so within minutes.

    Calls: subscribe, for each type. Gives a chance to: lost_update, duplicate_subscription, stale_push, missing_device.
    """
    phone.launch()
    for push_type in phone.types:
        phone.rotate(push_type)
        phone.subscribe(push_type)
