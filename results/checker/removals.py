"""What unsubscribes prove by the number of records they removed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.operation import NEVER
from results.checker.rule import Rule
from results.checker.zones import Furthest
from results.journal.record import ABSENT, NOBODY, Call


def removed_again(facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Unsubscribes that removed what was gone before, though nobody can have subscribed in between.

    An acknowledged unsubscribe d acts at one moment of its interval, and n >= 1 says that its caller's subscription
    stood there then. That alone proves nothing: any earlier run may have left it. But let e be something that ended
    before d began, and at one moment of which the caller had no subscription: an acknowledged unsubscribe of theirs,
    whatever n it gave and whoever had written what it removed; or a read that found the register empty, whatever had
    emptied it. So for d to find one, a subscribe must have acted after e began and before d ended. An acknowledged
    subscribe can have done so unless it ended before e began, or began after d ended; a timed-out one unless it began
    after d ended, for it may act late. A refused one cannot. Subscribes of other people are taken for possible causes
    too, so that a backend whose unsubscribe takes no notice of owners is accused of nothing here; for the same reason a
    push that did not reach the caller says nothing where others had the register. Where no subscribe of the register is
    left, no order of its operations explains d.

    Of all that e could be, the one that began last leaves the fewest subscribes, so it alone is tried. A value of an
    earlier run acted before this one began, if at all, as everywhere. The register's journal must be complete.

    Two unsubscribes of one person at the same time need two such subscribes, whichever came first; where there is no e,
    one of them may have removed what an earlier run left.
    """
    subscribes = [fact for fact in facts if fact.call == Call.SUBSCRIBE and (fact.ok or fact.timed_out)]
    ends = Furthest((write.sent, write.done if write.ok else NEVER, write) for write in subscribes)
    unsubscribes = [fact for fact in facts if fact.call == Call.UNSUBSCRIBE and fact.ok]
    people = {fact.owner for fact in facts if fact.call in (Call.SUBSCRIBE, Call.UNSUBSCRIBE)}
    for person in {fact.owner for fact in unsubscribes if fact.rows > 0}:
        own = [fact for fact in unsubscribes if fact.owner == person]
        begun = Furthest((fact.done, fact.sent, fact) for fact in (*own, *_empty(facts, people)))
        for second in own:
            began, first = begun.before(second.sent)
            if second.rows > 0 and first is not None and ends.up_to(second.done)[0] < began:
                yield Evidence(Rule.AGAIN, second.register, (second,), since=first)
        yield from _at_once([fact for fact in own if fact.rows > 0], begun, subscribes)


def _at_once(removals: list[Fact], begun: Furthest[Fact], subscribes: list[Fact]) -> Iterator[Evidence]:
    """Of each two unsubscribes that overlapped, the later one, where too few subscribes may have acted before them."""
    starts = sorted(write.sent for write in subscribes)
    ends = sorted(write.done for write in subscribes if write.ok)
    furthest: Fact | None = None
    for second in sorted(removals, key=lambda fact: fact.sent):
        if furthest is not None and furthest.done >= second.sent:
            began, empty = begun.before(furthest.sent)
            written = bisect_right(starts, max(furthest.done, second.done)) - bisect_left(ends, began)
            if written + (empty is None) < 2:
                yield Evidence(Rule.AGAIN, second.register, (second,), since=furthest)
        furthest = second if furthest is None or second.done > furthest.done else furthest


def _empty(facts: Iterable[Fact], people: set[int]) -> Iterator[Fact]:
    """The reads that found nobody's subscription."""
    for fact in facts:
        if fact.is_read and fact.value == ABSENT and (fact.owner == NOBODY or people == {fact.owner}):
            yield fact
