from scenarios.registry import scenario
from simulator.fleet import Platform
from simulator.phones import Phone, Wants
from simulator.tokens import PushType

# ASSUMPTION: how apps were moved. No figures were found.
CLEAN = 0.5  # the share of apps that unsubscribe what they had as android
TO_FID = 0.5  # the share that move on, from tokens to bare installation ids


@scenario(weight=0, wants=Wants(type=PushType.FCM, platform=Platform.ANDROID, new=True))
def android_migration(phone: Phone) -> None:
    """An app of the old days registers as android; its update moves it to fcm, and another one to installation ids.

    The deviceId stays: android and fcm are two subscriptions of it, and the first is removed or left behind, with a
    token that Google soon calls dead. An id of 22 characters then takes the place of a token of 163.

    Calls: subscribe as android, subscribe as fcm, unsubscribe as android. Gives a chance to: missing_device,
    lost_update, wrong_type_delivery, stale_push.
    """
    if not phone.is_new:
        phone = phone.switch()
    older = phone.before_firebase()
    older.subscribe()
    phone.subscribe()
    if phone.rng.random() < CLEAN:
        older.unsubscribe()
    if phone.rng.random() < TO_FID:
        phone.move_to_installation_id()
        phone.subscribe()
