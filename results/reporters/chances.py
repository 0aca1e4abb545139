"""The chances that a run gave its anomalies to show, in plain words. The names are the checker's."""

from collections.abc import Mapping
from typing import Final

from results.wording import several

# One of them, and several, as they stand after a number. In the order in which people ask.
CHANCES: Final = {
    "subscribes": ("subscribe acknowledged", "subscribes acknowledged"),
    "deletes": ("unsubscribe acknowledged", "unsubscribes acknowledged"),
    "reads": ("look at what the backend holds", "looks at what the backend holds"),
    "presences_read": ("acknowledged device looked for afterwards", "acknowledged devices looked for afterwards"),
    "tokens_read": ("token read", "tokens read"),
    "owners_read": ("token read with its owner's name", "tokens read with their owners' names"),
    "two_type_tokens_read": ("token read of a phone with two push types", "tokens read of phones with two push types"),
    "repeated_reads": ("third or later look at a device", "third or later looks at a device"),
    "replacements_read_back": ("token replaced, then read back", "tokens replaced, then read back"),
    "replacements_pushed": ("token replaced, then pushed to", "tokens replaced, then pushed to"),
    "unsubscribes_read": ("unsubscribe, then looked at", "unsubscribes, then looked at"),
    "resubscribes": ("subscribe after an unsubscribe", "subscribes after an unsubscribe"),
    "second_posts_read": (
        "further subscribe of a device, then its rows counted",
        "further subscribes of a device, then its rows counted",
    ),
    "overlapping_posts": ("pair of subscribes of one device at once", "pairs of subscribes of one device at once"),
    "owner_changes": ("device taken over by somebody else", "devices taken over by somebody else"),
    "owner_changes_read": (
        "device taken over by somebody else, then looked at",
        "devices taken over by somebody else, then looked at",
    ),
    "refused_writes": ("request refused by the server", "requests refused by the server"),
    "info_writes": ("request that got no answer", "requests that got no answer"),
    "observed_info_writes": (
        "request without an answer, its token seen",
        "requests without an answer, their token seen",
    ),
    "superseded_info_writes": (
        "request without an answer, then replaced and looked at",
        "requests without an answer, then replaced and looked at",
    ),
    "answers": ("answer compared with the API page", "answers compared with the API page"),
    "refusals_due": (
        "answer to a request that was wrong on purpose",
        "answers to requests that were wrong on purpose",
    ),
    "pushes": ("push", "pushes"),
    "closed_pushes": ("push known to be complete", "pushes known to be complete"),
    "deliveries": ("token reached by a push", "tokens reached by a push"),
    "push_absences": ("device that a complete push did not reach", "devices that a complete push did not reach"),
    "dead_tokens_pushed": ("push answered that the token is dead", "pushes answered that the token is dead"),
    "pushes_during_faults": ("push while something was failing", "pushes while something was failing"),
}


def chance_said(name: str, count: int) -> str:
    """A chance with its number: 12 tokens replaced, then read back."""
    return several(count, *CHANCES.get(name, (name.replace("_", " "), name.replace("_", " "))))


def chances_named(chances: Mapping[str, int]) -> list[str]:
    """What a run would have needed to have them."""
    return [f"needs {CHANCES[name][1] if name in CHANCES else name.replace('_', ' ')}" for name in chances]


def chances_said(chances: Mapping[str, int]) -> list[str]:
    """Those that a run had; none at all if it had none."""
    return [chance_said(name, count) for name, count in chances.items() if count]
