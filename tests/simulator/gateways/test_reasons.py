"""Journals hold reasons and push types by number, so that a number never changes its meaning."""

from simulator.gateways.reasons import PUSH_TYPES, REASONS, number_of


def test_a_number_that_was_journaled_keeps_its_meaning() -> None:
    assert REASONS[:48] == (
        *("", "BadCollapseId", "BadDeviceToken", "BadExpirationDate", "BadMessageId", "BadPriority", "BadTopic"),
        *("DeviceTokenNotForTopic", "DuplicateHeaders", "IdleTimeout", "InvalidPushType", "MissingDeviceToken"),
        *("MissingTopic", "PayloadEmpty", "TopicDisallowed", "BadCertificateEnvironment", "ExpiredProviderToken"),
        *("InvalidProviderToken", "MissingProviderToken", "UnrelatedKeyIdInToken", "BadEnvironmentKeyIdInToken"),
        *("BadPath", "MethodNotAllowed", "ExpiredToken", "Unregistered", "PayloadTooLarge"),
        *("TooManyProviderTokenUpdates", "TooManyRequests", "InternalServerError", "ServiceUnavailable", "Shutdown"),
        *("INVALID_ARGUMENT", "UNREGISTERED", "SENDER_ID_MISMATCH", "PERMISSION_DENIED", "UNAUTHENTICATED"),
        *("NOT_FOUND", "QUOTA_EXCEEDED", "UNAVAILABLE", "INTERNAL", "MISSING_TTL", "BAD_VAPID", "OTHER_VAPID_KEY"),
        *("GONE", "TOO_LARGE", "NO_SUBSCRIPTION", "BAD_REQUEST", "UNDECRYPTABLE"),
    )
    assert PUSH_TYPES[:12] == (
        *("", "alert", "background", "voip", "complication", "controls", "fileprovider", "liveactivity", "location"),
        *("mdm", "pushtotalk", "widgets"),
    )


def test_every_reason_has_one_number_that_fits_a_byte() -> None:
    assert [number_of(reason) for reason in REASONS] == list(range(len(REASONS)))
    assert max(len(REASONS), len(PUSH_TYPES)) <= 256
