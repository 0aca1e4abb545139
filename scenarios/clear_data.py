from scenarios.registry import scenario
from simulator.fleet import Event, Keeper, keeps_id
from simulator.phones import Phone, Wants


@scenario(weight=0, wants=Wants(keepers=(Keeper.ANDROID_ID, Keeper.PREFERENCES, Keeper.LOCAL_STORAGE)))
def clear_data(phone: Phone) -> None:
    """Somebody clears the app's data in Android's settings, or the site's in a browser, and starts it again.

    The tokens are gone, and so is a deviceId that the app kept itself: it registers as a new device, and the old
    subscription stays behind with a dead token. ANDROID_ID is what it was.

    Calls: subscribe. Gives a chance to: missing_device, lost_update, stale_push.
    """
    if phone.is_new:
        phone.launch()
        phone.subscribe()
    event = Event.CLEAR_SITE_DATA if phone.keeper is Keeper.LOCAL_STORAGE else Event.CLEAR_DATA
    if keeps_id(phone.keeper, event, restored=False):
        phone.lose_tokens()
    else:
        phone = phone.switch()
    phone.launch()
    phone.subscribe()
