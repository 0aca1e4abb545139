from scenarios.registry import scenario
from simulator.phones import Phone

# ASSUMPTION: how former owners log out. No figures were found.
BEFORE = 0.4  # in time
LATE = 0.3  # held up by a dead zone, say, when the phone is no longer theirs; the others never do


@scenario(weight=4)
def shared_device(phone: Phone) -> None:
    """Another person of the household logs in on the same phone: the newest owner has it.

    The former owner's app unsubscribes before that, or late, when nothing of theirs is left to remove, or never.

    Calls: subscribe, unsubscribe. Gives a chance to: old_owner_push, cross_user_leak, missing_device,
    duplicate_subscription.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    drawn = phone.rng.random()
    if drawn < BEFORE:
        phone.unsubscribe()
    other = phone.hand_on()
    if other is not None:
        other.subscribe()
    if BEFORE <= drawn < BEFORE + LATE:
        phone.unsubscribe()
