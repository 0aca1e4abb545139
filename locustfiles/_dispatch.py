"""How many users each worker has, told with the messages that Locust sends anyway."""

from argparse import Namespace

from locust.dispatch import UsersDispatcher

from locustfiles._assignment import ATTRIBUTE


def telling(base: type[UsersDispatcher], options: Namespace | None) -> type[UsersDispatcher]:
    """The dispatcher class `base`, which writes into the assignment what it hands out.

    Locust's master sends its options along whenever it has workers begin or end users, so that every worker learns how
    many users all of them have, and can tell which of the arrivals are its own.
    """

    class Telling(base):  # type: ignore[misc, valid-type]  # a class that Locust's user may have chosen
        def __next__(self) -> dict[str, dict[str, int]]:
            handed_out: dict[str, dict[str, int]] = super().__next__()
            told = getattr(options, ATTRIBUTE)
            told["users"] = [sum(handed_out.get(worker, {}).values()) for worker in told["places"]]
            return handed_out

    return Telling
