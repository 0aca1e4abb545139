from functools import partial

from scenarios.registry import scenario
from simulator.phones import Phone


@scenario(weight=10)
def double_post(phone: Phone) -> None:
    """The app and its background service register at the same moment: the same new token, or two different ones.

    Whichever the backend takes last, one subscription must be left. After two tokens raced, the phone is handed a new
    one before it registers again.

    Calls: subscribe twice, overlapping. Gives a chance to: duplicate_subscription, lost_update.
    """
    phone.launch()
    first = phone.rotate()
    second = first if phone.rng.random() < 0.5 else phone.rotate()
    phone.together(partial(phone.subscribe, value=first), partial(phone.subscribe, value=second))
