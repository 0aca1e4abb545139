from scenarios.registry import scenario
from simulator.client import Outcome
from simulator.phones import Phone

BACK = 0.5  # assumption: the share of people who log in again at once; the others do when they next start the app


@scenario(weight=0)
def expired_session(phone: Phone) -> None:
    """Somebody comes back after their session has ended: the app is refused, logs in again, and tries once more.

    The session's client token has expired; against a deployment it is one that was damaged, and is refused in the same
    way. An SDK may try once more by itself: with a new token, which ends it, or with the same one, refused again.

    Calls: subscribe, refused; subscribe. Gives a chance to: contract_breach, rejected_write_applied.
    """
    phone.launch()
    answer = phone.subscribe_in_ended_session()
    if answer.outcome is Outcome.FAIL and phone.rng.random() < BACK:
        phone.subscribe()
