"""Registers that the kernel can say nothing, something or everything of, each as small as one rule alone decides."""

from results.journal.record import CONDEMNED, GHOST, NOBODY, Call, Outcome
from tests.results.checker.journal import ANNE, BOB, RUN, Journal, token

CAROL = 9


def subscribed(owner: int = ANNE) -> Journal:
    """Token 1, by 2 s."""
    return Journal().subscribe(1, 1, 2, owner)


def removed() -> Journal:
    """Token 1, and by 4 s no more."""
    return subscribed().unsubscribe(3, 4, rows=1)


def taken() -> Journal:
    """Token 1 of Anne, and token 2 of Bob by 4 s."""
    return subscribed().subscribe(2, 3, 4, BOB)


def people(count: int) -> Journal:
    """A device that went from hand to hand."""
    journal = Journal()
    for person in range(count):
        journal.subscribe(person + 1, 2 * person, 2 * person + 1, person)
    return journal.read_back(count, 100, count - 1)


def at_once() -> Journal:
    """Token 1 of Anne and token 2 of Bob, and nobody knows which came first."""
    return Journal().subscribe(1, 1, 4).subscribe(2, 2, 5, BOB)


def to_and_fro(times: int) -> Journal:
    """A device that two people took from each other."""
    journal = Journal()
    for number in range(times):
        journal.subscribe(number + 1, 2 * number, 2 * number + 1, (ANNE, BOB)[number % 2])
    return journal.read_back(times, 100, (ANNE, BOB)[(times - 1) % 2])


def condemned() -> Journal:
    """A delivery whose provider said that the token is none."""
    journal = subscribed().push(1, 3, 4)
    journal.rows[-1] = (*journal.rows[-1][:6], CONDEMNED, *journal.rows[-1][7:])
    return journal


REFUSED, UNANSWERED = Outcome.FAIL, Outcome.INFO

NOTHING = {
    "a token of an earlier run alone": Journal().read_back(3, 5, run=RUN - 1),
    "a token of the first run alone": Journal().read_back(3, 5, run=0),
    "a token of an earlier run, pushed": Journal().add(Call.DELIVERY, 5, 6, token(3, RUN - 1)),
}

RIGHT = {
    "a row": subscribed().read_back(1, 3, ANNE),
    "a row that names nobody, of one person": subscribed().read_back(1, 3),
    "a push": subscribed().push(1, 3, 4),
    "two pushes": subscribed().push(1, 3, 4).push(1, 5, 6),
    "a row and a push at the same moment": subscribed().read_back(1, 3, ANNE).push(1, 3, 4),
    "two tokens by one push, both under way": subscribed()
    .subscribe(2, 3, 12)
    .push(1, 3.5, 9)
    .push(2, 3.5, 9)
    .push(2, 13, 14),
    "removed": removed().read_back(None, 5),
    "removed, who knows how many": subscribed().unsubscribe(3, 4).read_back(None, 5),
    "removed and pushed to no more": removed().push(None, 5, 6),
    "not found before it was there": subscribed().unsubscribe(0.1, 0.2, rows=0).read_back(1, 3),
    "replaced": subscribed().subscribe(2, 3, 4).read_back(2, 5),
    "a refused subscribe changes nothing": subscribed().subscribe(2, 3, 4, outcome=REFUSED).read_back(1, 5),
    "a refused subscribe makes nobody its owner": subscribed().subscribe(2, 3, 4, BOB, outcome=REFUSED).read_back(1, 5),
    "a refused unsubscribe changes nothing": subscribed().unsubscribe(3, 4, outcome=REFUSED, rows=1).read_back(1, 5),
    "a refused call needs no read": subscribed().read_back(1, 3).subscribe(2, 4, 5, outcome=REFUSED),
    "a read that was not answered": subscribed().read_back(1, 3).add(Call.DELIVERY, 4, 5, token(9), outcome=UNANSWERED),
    "taken over": taken().read_back(2, 5, BOB),
    "taken over and pushed": taken().push(2, 5, 6, BOB).push(None, 5, 6, ANNE),
    "another's unsubscribe": subscribed().unsubscribe(3, 4, BOB, rows=0).read_back(1, 5, ANNE),
    "another's push": taken().push(None, 5, 6, ANNE).read_back(2, 7, BOB),
    "eight people": people(8),
    "removed again, and written between": removed().subscribe(2, 5, 6).unsubscribe(7, 8, rows=1).read_back(None, 9),
    "removed again, and written since the first began": subscribed()
    .subscribe(2, 2.5, 3)
    .unsubscribe(3, 4, rows=1)
    .unsubscribe(5, 6, rows=1)
    .read_back(None, 9),
    "removed again, and written by another": removed()
    .subscribe(2, 5, 6, BOB)
    .unsubscribe(7, 8, rows=1)
    .unsubscribe(8.2, 8.6, BOB, rows=1)
    .read_back(None, 9),
    "removed again, written as it ended": removed().unsubscribe(5, 6, rows=1).subscribe(2, 6, 7).read_back(2, 9),
    "removed while another removed": taken()
    .unsubscribe(5, 8, ANNE, rows=1)
    .unsubscribe(6, 7, BOB, rows=1)
    .read_back(None, 9),
    "removed after another had": taken()
    .unsubscribe(5, 6, BOB, rows=1)
    .unsubscribe(7, 8, ANNE, rows=1)
    .read_back(None, 9),
    "removed after none was pushed to, of two": taken()
    .push(None, 5, 6, ANNE)
    .unsubscribe(7, 8, ANNE, rows=1)
    .unsubscribe(8.2, 8.6, BOB, rows=1)
    .read_back(None, 9),
    "removed after as it was found empty": removed()
    .read_back(None, 5)
    .subscribe(2, 5.5, 6)
    .unsubscribe(7, 8, rows=1)
    .read_back(None, 9),
    "an earlier run's token, written again and replaced": Journal()
    .subscribe(3, 1, 2, run=RUN - 1)
    .subscribe(1, 3, 4)
    .read_back(1, 5),
    "to and fro between two": to_and_fro(10),
    "removed while it was pushed to": subscribed().push(1, 3, 5).unsubscribe(4, 6, rows=1).read_back(None, 7),
    "a refused unsubscribe removes nothing": removed().unsubscribe(5, 6, outcome=REFUSED, rows=1).read_back(None, 7),
    "removed, and nothing left to remove": removed().unsubscribe(5, 6, rows=0).read_back(None, 7),
    "removed after a row that names nobody": subscribed().read_back(1, 3).unsubscribe(4, 5, rows=1).read_back(None, 7),
    "removed after another was not pushed to": subscribed()
    .push(None, 3, 3.5, CAROL)
    .unsubscribe(4, 5, rows=1)
    .read_back(None, 7),
    "a row and none at the same moment": subscribed()
    .unsubscribe(2.5, 9)
    .read_back(1, 3)
    .read_back(None, 3)
    .read_back(None, 10),
    "one token of two people, pushed to both at the same moment": Journal()
    .subscribe(1, 1, 9)
    .subscribe(1, 2, 9, BOB)
    .push(1, 3, 8, ANNE)
    .push(1, 3, 8, BOB)
    .read_back(1, 10, BOB),
    "one token of two people, of three": Journal()
    .subscribe(5, 1, 2)
    .subscribe(1, 3, 4, BOB)
    .subscribe(2, 5, 6)
    .subscribe(1, 7, 8, CAROL)
    .read_back(1, 9, CAROL),
    "two at once, and a third who began as she gave it up": at_once()
    .unsubscribe(5.2, 5.5, CAROL)
    .subscribe(3, 5.5, 9, CAROL)
    .read_back(None, 10),
    "two at once, of whom one gave it up": at_once().unsubscribe(5.2, 5.5, BOB).read_back(None, 6),
}

UNSURE = {
    "removed after none was pushed to, though an unsubscribe was under way": subscribed()
    .unsubscribe(3, 7)
    .subscribe(2, 3.6, 4)
    .push(None, 4.6, 5)
    .unsubscribe(8, 9, rows=1)
    .read_back(None, 10),
    "an earlier run's token, written again and read": Journal()
    .subscribe(3, 1, 2, run=RUN - 1)
    .read_back(3, 5, run=RUN - 1),
    "a row that names nobody, of two people with one token": Journal()
    .subscribe(1, 1, 9)
    .subscribe(1, 2, 9, BOB)
    .read_back(1, 10),
    "a row of somebody who never had it": removed().read_back(1, 5, CAROL),
    "a row of somebody who was refused": removed().subscribe(2, 5, 6, CAROL, outcome=REFUSED).read_back(2, 7, CAROL),
    "two rows, either of which may be right": Journal()
    .subscribe(1, 1, 9)
    .subscribe(2, 2, 9, BOB)
    .read_back(1, 3, ANNE)
    .read_back(2, 3, BOB)
    .read_back(2, 10, BOB),
    "lost after a refusal": Journal().subscribe(2, 0.1, 0.2, outcome=REFUSED).subscribe(1, 1, 2).read_back(None, 3),
    "lost after another's unsubscribe": subscribed().unsubscribe(3, 4, BOB, rows=0).push(None, 5, 6, ANNE),
    "lost after another was not pushed to": taken().push(None, 5, 6, ANNE).push(None, 7, 8, BOB),
    "another removed what is there": removed()
    .subscribe(2, 5, 6, BOB)
    .unsubscribe(7, 8, ANNE, rows=1)
    .read_back(2, 9, BOB),
    "gone from two at once, after a refusal": Journal()
    .subscribe(3, 0.1, 0.2, outcome=REFUSED)
    .subscribe(1, 1, 4)
    .subscribe(2, 2, 5, BOB)
    .read_back(None, 6),
    "gone from two at once, though neither had it to give up": at_once()
    .unsubscribe(5.2, 5.5, rows=0)
    .read_back(None, 6),
    "gone from two at once, and a third found none before": Journal()
    .unsubscribe(0.1, 0.2, CAROL, rows=0)
    .subscribe(1, 1, 4)
    .subscribe(2, 2, 5, BOB)
    .read_back(None, 6),
    "gone from two at once, and a third gave up what she never had": at_once()
    .unsubscribe(5.2, 5.5, CAROL)
    .read_back(None, 6),
    "gone from two at once, and a third gave up what she was refused": at_once()
    .subscribe(3, 5.1, 5.15, CAROL, outcome=REFUSED)
    .unsubscribe(5.2, 5.5, CAROL)
    .read_back(None, 6),
    "gone from two at once, and a third gave up what she had only later": at_once()
    .unsubscribe(5.2, 5.5, CAROL)
    .read_back(None, 6)
    .subscribe(3, 7, 8, CAROL)
    .read_back(3, 9, CAROL),
    "gone from two at once, of whom one was not pushed to": at_once().push(None, 2.5, 3).read_back(None, 6),
    "gone from the second, after a look at the first": subscribed()
    .read_back(1, 3, ANNE)
    .subscribe(2, 4, 5, BOB)
    .push(None, 6, 7, BOB),
    "removed again, after a refusal": Journal()
    .subscribe(2, 0.1, 0.2, outcome=REFUSED)
    .subscribe(1, 1, 2)
    .unsubscribe(3, 4, rows=1)
    .unsubscribe(5, 6, rows=1)
    .read_back(None, 7),
    "removed again, as the first ended": Journal()
    .unsubscribe(0.1, 0.2, rows=0)
    .subscribe(1, 1, 4)
    .unsubscribe(3, 5, rows=1)
    .unsubscribe(5, 6, rows=1)
    .read_back(None, 7),
    "a token of this run alone": Journal().read_back(3, 5),
    "a token of a later run alone": Journal().read_back(3, 5, run=RUN + 1),
    "an absence alone": Journal().read_back(None, 5),
    "a token of an earlier run, of another register": Journal().read_back(3, 5, run=RUN - 1, origin=99),
    "a token of an earlier run, unanswered": Journal().add(
        Call.READBACK, 5, 6, token(3, RUN - 1), NOBODY, outcome=UNANSWERED
    ),
    "a subscribe of an earlier run's token": Journal().subscribe(3, 5, 6, run=RUN - 1),
    "a token of an earlier run twice": Journal().read_back(3, 5, run=RUN - 1).read_back(3, 7, run=RUN - 1),
    "absences alone": Journal().read_back(None, 5).read_back(None, 6),
    "never read": subscribed(),
    "never read again": subscribed().read_back(1, 3).subscribe(2, 4, 5),
    "never read after an unsubscribe": subscribed().read_back(1, 3).unsubscribe(4, 5, rows=1),
    "read as it was acknowledged": subscribed().read_back(1, 2),
    "read while another was under way": Journal().subscribe(1, 1, 9).subscribe(2, 2, 3).read_back(2, 5),
    "a subscribe without an answer": subscribed().subscribe(2, 3, 4, outcome=UNANSWERED).read_back(1, 5),
    "an unsubscribe without an answer": subscribed().unsubscribe(3, 4, outcome=UNANSWERED).read_back(1, 5),
    "two rows removed": subscribed().unsubscribe(3, 4, rows=2).read_back(None, 5),
    "nine people": people(9),
    "two rows": taken().read_back(2, 5, BOB).read_back(1, 5, ANNE),
    "a token delivered twice": subscribed().push(1, 3, 4).push(1, 3, 5),
    "a ghost": subscribed().read_back(GHOST, 3),
    "a token of an earlier run": subscribed().read_back(1, 3, run=RUN - 1),
    "a token of a later run": subscribed().read_back(1, 3, run=RUN + 1),
    "a token of another register": subscribed().read_back(1, 3, origin=99),
    "a token that was refused": subscribed().subscribe(2, 3, 4, outcome=REFUSED).read_back(2, 5).read_back(1, 6),
    "a token that nobody wrote": subscribed().read_back(9, 3),
    "a token that another wrote": taken().read_back(2, 5, ANNE),
    "a row that names nobody, of two people": taken().read_back(2, 5),
    "a token that its provider calls dead": subscribed().push(1, 3, 4, status=410),
    "a token that its provider calls none": condemned(),
    "not found though it was there": subscribed().read_back(None, 3),
    "not pushed to though it was there": subscribed().push(None, 3, 4),
    "nothing to remove though it was there": subscribed().unsubscribe(3, 4, rows=0).read_back(None, 5),
    "back again": removed().read_back(1, 5),
    "old": subscribed().subscribe(2, 3, 4).read_back(1, 5),
    "old, of the former owner": taken().read_back(1, 5, ANNE).read_back(2, 7, BOB),
    "gone from one of two": taken().push(None, 5, 6, BOB),
    "gone from two": taken().read_back(None, 5),
    "gone from two who took it at once": Journal().subscribe(1, 1, 4).subscribe(2, 2, 5, BOB).read_back(None, 6),
    "removed again": removed().unsubscribe(5, 6, rows=1).read_back(None, 7),
    "removed again, written before the first began": subscribed()
    .subscribe(2, 2, 2.9)
    .unsubscribe(3, 4, rows=1)
    .unsubscribe(5, 6, rows=1)
    .read_back(None, 9),
    "removed again, written after it ended": removed().unsubscribe(5, 6, rows=1).subscribe(2, 6.1, 7).read_back(2, 9),
    "removed again, refused between": removed()
    .subscribe(2, 5, 6, outcome=REFUSED)
    .unsubscribe(7, 8, rows=1)
    .read_back(None, 9),
    "removed after it was found empty": subscribed()
    .unsubscribe(3, 4)
    .read_back(None, 5)
    .unsubscribe(7, 8, rows=1)
    .read_back(None, 9),
    "removed after it was found empty, by nobody's": subscribed(BOB)
    .unsubscribe(3, 4, BOB)
    .read_back(None, 5)
    .unsubscribe(7, 8, ANNE, rows=1)
    .read_back(None, 9),
    "removed after none was pushed to": Journal()
    .subscribe(1, 1, 2)
    .unsubscribe(3, 3.5, rows=1)
    .subscribe(2, 3.6, 4)
    .unsubscribe(4.5, 7, rows=1)
    .push(None, 4.6, 5)
    .unsubscribe(8, 9, rows=1)
    .read_back(None, 10),
    "removed again at once": subscribed()
    .subscribe(2, 2, 3)
    .unsubscribe(4, 7, rows=1)
    .unsubscribe(5, 8, rows=1)
    .read_back(None, 9),
    "nothing to remove, and then something": Journal()
    .unsubscribe(0.1, 0.5, rows=0)
    .unsubscribe(0.6, 0.9, rows=1)
    .subscribe(1, 1, 2)
    .read_back(1, 3),
}
