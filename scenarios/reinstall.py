from typing import Final

from scenarios.registry import scenario
from simulator.fleet import Event, Keeper, keeps_id
from simulator.phones import Phone, Wants

# ASSUMPTION: the share of Android phones whose backup brings an app's preferences back, and of iPhones with another app
# of the vendor's, which keeps the vendor's id alive.
BACKED_UP: Final = 0.5


@scenario(weight=0, wants=Wants(keepers=(Keeper.KEYCHAIN, Keeper.VENDOR, Keeper.ANDROID_ID, Keeper.PREFERENCES)))
def reinstall(phone: Phone) -> None:
    """The app is removed and installed again on the same phone, and the OS hands it new tokens.

    A deviceId in the Keychain, and ANDROID_ID, are what they were: the new token takes the old one's place. One in an
    app's preferences is gone unless a backup brings it back, and a vendor's unless the vendor has another app there:
    then there are two subscriptions, one of them dead.

    Calls: subscribe, for each type that was registered. Gives a chance to: lost_update, missing_device, stale_push.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    had = phone.registered or phone.types[:1]
    restored = phone.rng.random() < BACKED_UP
    if keeps_id(phone.keeper, Event.REINSTALL, restored=restored):
        phone.lose_tokens()
    else:
        phone = phone.switch()
    phone.launch()
    for kind in had:
        phone.subscribe(kind)
