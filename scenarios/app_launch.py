from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=45)
def app_launch(phone: Phone) -> None:
    """The app starts and registers the token it holds, as apps do at every launch.

    Most launches change nothing: the same token goes to the same subscription. A phone whose token was spent (it logged
    out, or two tokens raced) is handed a new one first. By an SDK that registers new tokens only, a launch sends
    nothing while the token is known to be registered.

    Calls: subscribe. Gives a chance to: lost_update, missing_device, duplicate_subscription.
    """
    phone.open_app()
