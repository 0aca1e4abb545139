from scenarios.registry import scenario
from simulator.fleet import Keeper
from simulator.phones import Phone, Wants

# ASSUMPTION: what becomes of a phone whose backup was restored on another one. No figures were found.
AT_ONCE = 0.3  # both register at the same moment
STILL_USED = 0.3  # the old one registers again later
LOGGED_OUT = 0.2  # the old one is logged out, and takes the new one's subscription with it; the others are put away


@scenario(weight=0, wants=Wants(keepers=(Keeper.KEYCHAIN, Keeper.PREFERENCES)))
def restore_backup(phone: Phone) -> None:
    """A backup is restored on another phone, and with it the deviceId: two phones, each with its own token, have one.

    Both register into the same subscription, one after the other or at once, and the last to do so has it. When the
    old phone is logged out there is none, until the new one registers again.

    Calls: subscribe, unsubscribe. Gives a chance to: lost_update, duplicate_subscription, stale_push, missing_device.
    """
    phone.launch()
    phone.subscribe()
    new = phone.restore()
    drawn = phone.rng.random()
    if drawn < AT_ONCE:
        theirs, mine = new.rotate(), phone.rotate()
        phone.together(lambda: new.subscribe(value=theirs), lambda: phone.subscribe(value=mine))
        return
    new.rotate()
    new.subscribe()
    if drawn < AT_ONCE + STILL_USED:
        phone.rotate()
        phone.subscribe()
    elif drawn < AT_ONCE + STILL_USED + LOGGED_OUT:
        phone.unsubscribe()
        new.subscribe()
