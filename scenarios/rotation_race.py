from functools import partial

from scenarios.registry import scenario
from simulator.phones import Phone

AGAIN = 0.5  # assumption: the share of apps that are started again soon after


@scenario(weight=0)
def rotation_race(phone: Phone) -> None:
    """The OS hands out a second token while the first is being sent, and the app sends that too, without waiting.

    The two requests may overtake each other, and whichever the backend takes last is what it must hold. An app that is
    started again soon after registers what it holds then: the second token, or a newer one if the two raced.

    Calls: subscribe twice, overlapping; subscribe. Gives a chance to: lost_update, duplicate_subscription.
    """
    phone.launch()
    first = phone.rotate()

    def send_second() -> None:
        second = phone.rotate()  # by now the first is under way
        phone.subscribe(value=second)

    phone.together(partial(phone.subscribe, value=first), send_second)
    if phone.rng.random() < AGAIN:
        phone.open_app()
