from scenarios.registry import scenario
from simulator.phones import Phone

ROTATED = 0.5  # assumption: the share of devices that hand the platform a new token


@scenario(weight=0, platform=True)
def backend_registration(phone: Phone) -> None:
    """The platform's own backend registers for a client what its apps have told it: all the client's devices, in bulk.

    It calls with its API key and the clientId, as often as the key's limit allows; what is beyond that is left for
    another night, but for the first device, whose app registers it itself.

    Calls: subscribe with the API key, for each device; or subscribe. Gives a chance to: missing_device, lost_update,
    cross_user_leak.
    """
    first = True
    for device in (phone, *phone.others()):
        device.launch()
        if device.rng.random() < ROTATED:
            device.rotate()
        if device.subscribe_by_platform() is None and first:
            device.subscribe()
        first = False
