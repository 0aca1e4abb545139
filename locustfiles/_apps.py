"""Phones whose apps call by SDKs: each SDK with a transport of its own, its headers, and its time-outs."""

from bisect import bisect
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from itertools import accumulate
from typing import Final

from locustfiles._assignment import Assignment
from locustfiles._roaming import apart
from simulator.client import Client, HttpTransport
from simulator.fleet.mixing import Mixer
from simulator.networks import NONE, Life, NetworkClient, Traffic, lives, read_mixture
from simulator.phones import Memory, Phone, SdkPhone, World
from simulator.phones.world import Api
from simulator.sdks import NO_SDK, Sdk
from simulator.sdks.calls import WithoutDeviceId

_DRAWS: Final = 2**64


class Apps:
    """Makes phones as `Phone` does; one for each worker."""

    def __init__(self, assignment: Assignment, world: World) -> None:
        """The phones are in `world`, whose fleet tells the SDK of each, on the networks that the assignment names."""
        self._fleet = world.fleet
        self._traffic = Traffic()
        self._memory = Memory()
        self._locales = Mixer.of(assignment.seed, "locales of apps")
        self.world = world if assignment.network == NONE else replace(world, observe=apart(world.observe))
        sdks = world.fleet.sdks.sdks if world.fleet.sdks is not None else (NO_SDK,)
        self._calls = {sdk.name: _Calls(sdk, assignment, self._traffic) for sdk in sdks}

    def phone(self, device: int, scenario: int, due: int | None) -> Phone:
        """A phone for one life of a scenario."""
        calls = self._calls[self._fleet.sdk_of(device).name]
        self._memory.use(calls.name).lives += 1
        life = calls.next_life(device) if calls.next_life is not None else None
        apis = partial(self._api, life)
        return SdkPhone(self.world, device, scenario=scenario, due=due, memory=self._memory, apis=apis)

    def _api(self, life: Life | None, device: int) -> Api:
        """The calls of a device, in a life of its own or its owner's."""
        return self._calls[self._fleet.sdk_of(device).name].api(self._locales.mix(device) / _DRAWS, life)

    def said(self) -> dict[str, dict[str, int]]:
        """What each network did, by its name."""
        return {name: asdict(use) for name, use in self._traffic.uses.items()}

    def lived(self) -> dict[str, dict[str, int]]:
        """What the apps of each SDK did, by its name."""
        return {name: asdict(use) for name, use in self._memory.uses.items()}

    def close(self) -> None:
        """Close the connections."""
        for calls in self._calls.values():
            calls.transport.close()


class _Calls:
    """One SDK's clients, one for each locale, over one transport."""

    def __init__(self, sdk: Sdk, assignment: Assignment, traffic: Traffic) -> None:
        self.name = sdk.name
        self.transport = assignment.transport(assignment.timeouts_of(sdk))
        self._sends_device_id = sdk.sends_device_id
        self._ends = list(accumulate(sdk.shares))[:-1]
        make = _client if assignment.network == NONE else partial(_network_client, traffic)
        self._clients = [make(self.transport, assignment.client_key, head) for head in sdk.heads]
        self.next_life = _lives(assignment, sdk)

    def api(self, drawn: float, life: Life | None) -> Api:
        """The calls of a device that has drawn a number, 0 to 1, for its locale."""
        client = self._clients[bisect(self._ends, drawn)]
        if life is not None and isinstance(client, NetworkClient):
            client = client.of(life)
        return client if self._sends_device_id else WithoutDeviceId(client)


def _client(transport: HttpTransport, client_key: str, head: bytes) -> Client:
    return Client(transport, client_key=client_key, head=head)


def _network_client(traffic: Traffic, transport: HttpTransport, client_key: str, head: bytes) -> Client:
    client = NetworkClient(transport, client_key=client_key, head=head)
    client.traffic = traffic
    return client


def _lives(assignment: Assignment, sdk: Sdk) -> Callable[[int], Life] | None:
    """What gives devices their lives on networks, where they wait for what is lost as their SDK does."""
    if assignment.network == NONE:
        return None
    patience = assignment.patience_of(sdk)
    return lives(read_mixture(assignment.network), assignment.seed, assignment.run_number, patience)
