from scenarios.registry import scenario
from simulator.phones import Phone

# ASSUMPTION: figures for messaging apps were not found.
COLLECTORS = 0.2  # the share of people who add devices until they have between four and a dozen
MOST = 12
LOGGED_OUT = 0.3  # who then log out on one of them


@scenario(weight=0)
def multi_device(phone: Phone) -> None:
    """Somebody logs in on all that they have: phone, tablet, browser; and some people add devices up to a dozen.

    The devices that are there register at the same moment, those that are added one after the other. All of them are
    subscriptions of their own, and logging out on one leaves the others as they are.

    Calls: subscribe for each device, unsubscribe. Gives a chance to: missing_device, cross_user_leak,
    resurrected_token.
    """
    devices = [phone, *phone.others()]
    for each in devices:
        each.launch()
    phone.together(*(each.subscribe for each in devices))
    if phone.rng.random() < COLLECTORS:
        for _ in range(phone.rng.randint(4, MOST) - len(devices)):
            phone = phone.switch()
            phone.launch()
            phone.subscribe()
            devices.append(phone)
    if phone.rng.random() < LOGGED_OUT:
        phone.rng.choice(devices).unsubscribe()
