"""Whether counts fit the shares that were promised: Pearson's chi-square test, at one seed in a thousand."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

Kind = TypeVar("Kind", bound=Hashable)

# Upper bounds that one seed in a thousand exceeds, by degrees of freedom, from none on.
LIMITS = (
    *(0.0, 10.8, 13.8, 16.3, 18.5, 20.5, 22.5, 24.3, 26.1, 27.9, 29.6, 31.3),
    *(32.9, 34.5, 36.1, 37.7, 39.3, 40.8, 42.3, 43.8, 45.3, 46.8, 48.3, 49.7),
)


def fits(counts: "Counter[Kind]", shares: Mapping[Kind, float]) -> bool:
    """Whether the counts are as likely as that; every kind that was counted must have a share."""
    assert set(counts) <= set(shares)
    expected = {kind: share * counts.total() for kind, share in shares.items()}
    return sum((counts[kind] - each) ** 2 / each for kind, each in expected.items()) < LIMITS[len(shares) - 1]
