"""Which ids and tokens survive what happens to a phone or a browser.

The table is what Apple's and Google's documentation and SDK sources say, and of browsers the Push API: a subscription
ends with its service worker's registration, which goes with the site's data. One row an event. A deviceId that does
not survive is a new installation: it raises the device's `installs`.
"""

from enum import IntEnum, StrEnum
from typing import Final


class Keeper(IntEnum):
    """Where an app keeps its deviceId."""

    KEYCHAIN = 1  # iOS: an upper-case UUID
    VENDOR = 2  # iOS: identifierForVendor, an upper-case UUID; IMKIT's SDKs use it as the deviceId
    ANDROID_ID = 3  # Android: 16 lower-case hex digits
    PREFERENCES = 4  # Android: a UUID of the app's own in SharedPreferences
    LOCAL_STORAGE = 5  # browsers: a random UUID, lower case


class Service(IntEnum):
    """Who gives out a token."""

    APNS = 1  # device tokens and PushKit's VoIP tokens
    FCM = 2
    WEB_PUSH = 3  # each browser's own


class Event(StrEnum):
    """What can happen to a phone or its app."""

    APP_UPDATE = "app update"
    WEEKLY = "weekly"
    REINSTALL = "reinstall, same phone"
    CLEAR_DATA = "clear data (Android)"
    NEW_PHONE = "restore on a new phone"
    OS_UPDATE = "major OS update"
    FACTORY_RESET = "factory reset"
    LONG_OFF = "270 days off (Android)"
    CLEAR_SITE_DATA = "clear site data (browser)"  # also Safari's own doing, after seven days of use without a visit


class Fate(StrEnum):
    """What becomes of an id or a token."""

    SAME = "same"
    NEW = "new"
    NEW_UNLESS_VENDOR_STAYS = "new if it was the vendor's last app"
    SAME_IF_BACKED_UP = "same only if not ThisDeviceOnly and the backup is encrypted"
    NEW_OR_RESTORED = "new, or restored by backup"
    COPIED = "copied: two phones, one id"
    REREGISTERED = "re-registers, value usually the same"
    REFRESHED = "refresh after 7 days"
    MAY_CHANGE = "may change"
    UNREGISTERED = "UNREGISTERED"
    IMPOSSIBLE = "-"  # the event does not exist on that platform


# Short names keep the table a table.
_S, _N, _X = Fate.SAME, Fate.NEW, Fate.IMPOSSIBLE
_R, _B, _C = Fate.NEW_OR_RESTORED, Fate.SAME_IF_BACKED_UP, Fate.COPIED
_V, _M, _U = Fate.NEW_UNLESS_VENDOR_STAYS, Fate.MAY_CHANGE, Fate.UNREGISTERED

_TABLE: Final = {
    #                     Keychain, vendor, ANDROID_ID, preferences, localStorage, APNs, FCM, Web Push
    Event.APP_UPDATE: (_S, _S, _S, _S, _S, _S, Fate.REREGISTERED, _S),
    Event.WEEKLY: (_S, _S, _S, _S, _S, _S, Fate.REFRESHED, _S),
    Event.REINSTALL: (_S, _V, _S, _R, _X, _N, _N, _X),
    Event.CLEAR_DATA: (_X, _X, _S, _N, _X, _X, _N, _X),
    Event.NEW_PHONE: (_B, _N, _N, _C, _X, _N, _N, _X),
    Event.OS_UPDATE: (_S, _S, _S, _S, _S, _M, _S, _S),
    Event.FACTORY_RESET: (_N, _N, _N, _R, _N, _N, _N, _N),
    Event.LONG_OFF: (_S, _S, _S, _S, _X, _X, _U, _X),
    Event.CLEAR_SITE_DATA: (_X, _X, _X, _X, _N, _X, _X, _N),
}
_ALWAYS_KEPT: Final = frozenset({Fate.SAME, Fate.COPIED})
_KEPT_BY_BACKUP: Final = frozenset({Fate.SAME_IF_BACKED_UP, Fate.NEW_OR_RESTORED, Fate.NEW_UNLESS_VENDOR_STAYS})
_TOKEN_STAYS: Final = frozenset({Fate.SAME, Fate.REREGISTERED})
_TOKEN_MAY_STAY: Final = frozenset({Fate.MAY_CHANGE, Fate.REFRESHED})


def fate(of: Keeper | Service, event: Event) -> Fate:
    """Return what `event` does to an id kept there, or to a token given out there."""
    # Keeper and Service are both numbers that begin at 1: comparing them would confuse KEYCHAIN with APNS.
    column = of - 1 if isinstance(of, Keeper) else len(Keeper) + of - 1
    return _TABLE[event][column]


def keeps_id(keeper: Keeper, event: Event, *, restored: bool) -> bool:
    """Whether the deviceId outlives `event`; `restored` decides where the table leaves it open.

    It stands for the encrypted backup, Android's Auto Backup, or the vendor's other app that keeps the id alive.
    ValueError for an event that the platform does not know.
    """
    what = _possible(keeper, event)
    return what in _ALWAYS_KEPT or (restored and what in _KEPT_BY_BACKUP)


def keeps_token(service: Service, event: Event, *, lucky: bool) -> bool:
    """Whether the token outlives `event`; `lucky` decides where it may or may not change.

    False means that the app must ask for a new one. ValueError for an event that the platform does not know.
    """
    what = _possible(service, event)
    return what in _TOKEN_STAYS or (lucky and what in _TOKEN_MAY_STAY)


def _possible(of: Keeper | Service, event: Event) -> Fate:
    what = fate(of, event)
    if what is Fate.IMPOSSIBLE:
        raise ValueError(f"{event.value!r} does not happen to {of.name}: choose an event of its platform")
    return what
