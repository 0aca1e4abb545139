"""Why a push was refused, and what it was sent as, by the numbers that stand in journals: append, never change."""

from typing import Final

REASONS: Final = (
    "",
    # Of APNs, as in Apple's "Handling notification responses from APNs".
    *("BadCollapseId", "BadDeviceToken", "BadExpirationDate", "BadMessageId", "BadPriority", "BadTopic"),
    *("DeviceTokenNotForTopic", "DuplicateHeaders", "IdleTimeout", "InvalidPushType", "MissingDeviceToken"),
    *("MissingTopic", "PayloadEmpty", "TopicDisallowed", "BadCertificateEnvironment", "ExpiredProviderToken"),
    *("InvalidProviderToken", "MissingProviderToken", "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken"),
    *("BadPath", "MethodNotAllowed", "ExpiredToken", "Unregistered", "PayloadTooLarge", "TooManyProviderTokenUpdates"),
    *("TooManyRequests", "InternalServerError", "ServiceUnavailable", "Shutdown"),
    # Of FCM.
    *("INVALID_ARGUMENT", "UNREGISTERED", "SENDER_ID_MISMATCH", "PERMISSION_DENIED", "UNAUTHENTICATED", "NOT_FOUND"),
    *("QUOTA_EXCEEDED", "UNAVAILABLE", "INTERNAL"),
    # Of Web Push.
    *("MISSING_TTL", "BAD_VAPID", "OTHER_VAPID_KEY", "GONE", "TOO_LARGE", "NO_SUBSCRIPTION", "BAD_REQUEST"),
    "UNDECRYPTABLE",  # accepted, as the real service cannot look inside, but the browser shows nothing
)
PUSH_TYPES: Final = (
    "",
    *("alert", "background", "voip", "complication", "controls", "fileprovider", "liveactivity", "location", "mdm"),
    *("pushtotalk", "widgets"),
)
_NUMBERS: Final = {reason: number for number, reason in enumerate(REASONS)}


def number_of(reason: str) -> int:
    """Where a reason stands in REASONS."""
    return _NUMBERS[reason]
