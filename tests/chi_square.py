"""Whether counts fit the shares that were promised: Pearson's chi-square test, at one seed in a thousand."""

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import TypeVar

Kind = TypeVar("Kind", bound=Hashable)

# Upper bounds that one seed in a thousand exceeds, by degrees of freedom.
LIMITS = {1: 10.8, 2: 13.8, 3: 16.3, 4: 18.5, 7: 24.3, 8: 26.1, 16: 39.3}


def fits(counts: "Counter[Kind]", shares: Mapping[Kind, float]) -> bool:
    """Whether the counts are as likely as that; every kind that was counted must have a share."""
    assert set(counts) <= set(shares)
    expected = {kind: share * counts.total() for kind, share in shares.items()}
    return sum((counts[kind] - each) ** 2 / each for kind, each in expected.items()) < LIMITS[len(shares) - 1]
