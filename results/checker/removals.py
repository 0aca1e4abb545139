"""What unsubscribes prove by the number of records they removed."""

from collections.abc import Iterator, Sequence

from results.checker.evidence import Evidence
from results.checker.fact import Fact
from results.checker.operation import NEVER
from results.checker.rule import Rule
from results.checker.zones import Furthest
from results.journal.record import Call


def removed_again(facts: Sequence[Fact]) -> Iterator[Evidence]:
    """Unsubscribes that removed what an earlier one had removed, though nobody can have subscribed in between.

    An acknowledged unsubscribe d acts at one moment of its interval, and n >= 1 says that its caller's subscription
    stood there then. That alone proves nothing: any earlier run may have left it. But let d' be an unsubscribe by the
    same person, acknowledged before d began. At the moment d' acted, that person's subscription was gone, whatever n
    it gave and whoever had written it. So for d to find one, a subscribe must have acted after d' began and before d
    ended. An acknowledged subscribe can have done so unless it ended before d' began, or began after d ended; a
    timed-out one unless it began after d ended, for it may act late. A refused one cannot. Subscribes of other people
    are taken for possible causes too, so that a backend whose unsubscribe takes no notice of owners is accused of
    nothing here. Where no subscribe of the register is left, no order of its operations explains d.

    Of all that d' could be, the one that began last leaves the fewest subscribes, so it alone is tried. A value of an
    earlier run acted before this one began, if at all, as everywhere. The register's journal must be complete.
    """
    subscribes = [fact for fact in facts if fact.call == Call.SUBSCRIBE and (fact.ok or fact.timed_out)]
    ends = Furthest((write.sent, write.done if write.ok else NEVER, write) for write in subscribes)
    unsubscribes = [fact for fact in facts if fact.call == Call.UNSUBSCRIBE and fact.ok]
    for person in {fact.owner for fact in unsubscribes if fact.rows > 0}:
        own = [fact for fact in unsubscribes if fact.owner == person]
        begun = Furthest((fact.done, fact.sent, fact) for fact in own)
        for second in own:
            began, first = begun.before(second.sent)
            if second.rows > 0 and first is not None and ends.up_to(second.done)[0] < began:
                yield Evidence(Rule.AGAIN, second.register, (second,), since=first)
