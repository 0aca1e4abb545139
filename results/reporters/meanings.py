"""What each anomaly means for the people behind the phones. The ids are part of the summary's schema."""

from typing import Final

MEANINGS: Final = {
    "lost_update": "A newer token was acknowledged, yet the backend still holds an older one.",
    "stale_push": "A push went to an older token after a newer one had been acknowledged.",
    "resurrected_token": "A token was seen again after its unsubscription had been acknowledged.",
    "missing_device": "An acknowledged device is missing from the backend or from a push.",
    "duplicate_subscription": "The backend holds more than one row for one register.",
    "duplicate_delivery": "One push reached the same token twice.",
    "ghost_token": "The backend holds a token that nobody minted: garbled, cut off or changed in case.",
    "cross_user_leak": "A push for one user reached a device that was never theirs.",
    "old_owner_push": "A push for the former owner reached a device after its takeover had been acknowledged.",
    "wrong_type_delivery": "A token was used at the wrong provider or on the wrong topic.",
    "zombie_write": "A superseded token came back, and the attempt that wrote it had timed out.",
    "flapping": "Successive reads saw one token, another, and the first again: replicas or caches disagree.",
    "rejected_write_applied": "A request that the backend refused took effect all the same.",
    "contract_breach": "An answer that the API page does not allow.",
}
