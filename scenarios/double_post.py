from functools import partial

from scenarios.registry import scenario
from simulator.phones import Phone

# ASSUMPTION: what an app and its background service hold when both come to register. No figures were found.
NEW = 0.4  # the same new token
TWO = 0.4  # two different ones; the others hold the one that is registered already


@scenario(weight=10)
def double_post(phone: Phone) -> None:
    """The app and its background service register at the same moment: the same token, new or known, or two of them.

    Whichever the backend takes last, one subscription must be left. After two tokens raced, the phone is handed a new
    one before it registers again.

    Calls: subscribe twice, overlapping. Gives a chance to: duplicate_subscription, lost_update.
    """
    phone.launch()
    drawn = phone.rng.random()
    if drawn >= NEW + TWO:
        phone.together(phone.subscribe, phone.subscribe)
        return
    first = phone.rotate()
    second = first if drawn < NEW else phone.rotate()
    phone.together(partial(phone.subscribe, value=first), partial(phone.subscribe, value=second))
