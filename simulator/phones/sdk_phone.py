"""A phone whose app calls the API by an SDK of IMKIT's: what the SDK repeats, and what it leaves out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import Final

from simulator.client import Answer, Outcome, Refusal
from simulator.phones.phone import SESSION_ENDED, Fields, Phone
from simulator.phones.world import Api, Kind, World
from simulator.sdks import Again
from simulator.tokens import PushType

_OWNER_SHIFT: Final = 32  # a value has as many bits


@dataclass(slots=True)
class SdkUse:
    """What the apps of one SDK did."""

    lives: int = 0  # of scenarios
    calls: int = 0
    again: int = 0  # of these, second tries after a 401
    silent: int = 0  # starts of the app that sent nothing, for the token was known to be registered


@dataclass(slots=True)
class Memory:
    """What apps remember of their registrations for as long as a worker lives, and what was counted of each SDK."""

    uses: dict[str, SdkUse] = field(default_factory=dict)  # by the SDK's name
    registered: dict[int, int] = field(default_factory=dict)  # register → owner << 32 | value that was acknowledged

    def use(self, name: str) -> SdkUse:
        """That of the SDK of this name."""
        return self.uses.setdefault(name, SdkUse())


class SdkPhone(Phone):
    """A phone as a scenario holds it. `apis` gives the calls of a device, by the SDK that its app has.

    Whatever the SDK does, the rule that `Phone` keeps is kept: a second try is made only where it writes nothing again
    that another value may have followed.
    """

    def __init__(
        self,
        world: World,
        device: int,
        *,
        scenario: int,
        due: int | None,
        memory: Memory,
        apis: Callable[[int], Api],
        rng: Random | None = None,
    ) -> None:
        super().__init__(replace(world, api=apis(device)), device, scenario=scenario, due=due, rng=rng)
        self._sdk = world.fleet.sdk_of(device)
        self._memory = memory
        self._use = memory.use(self._sdk.name)
        self._apis = apis
        if self._sdk.tokens is not None:
            self._mint = partial(world.fleet.mint, form=self._sdk.tokens)

    def open_app(self) -> None:
        """As any phone's, but an SDK may leave alone what it knows is registered: by this owner, and for certain."""
        slept = self.is_dormant  # its token may have been pruned meanwhile
        register = self._registers[0]
        known = self._memory.registered.get(register.number) == self.owner << _OWNER_SHIFT | register.current
        if self._sdk.remembers and known and register.is_certain and not slept:
            self.launch()
            self._use.silent += 1
            return
        super().open_app()

    def subscribe_by_platform(self, push_type: PushType | None = None) -> Answer | None:
        """As any phone's; None, and no call, too, where the app has no deviceId to tell its platform."""
        if not self._sdk.sends_device_id:
            return None
        answer = super().subscribe_by_platform(push_type)
        self._memory.registered.pop(self._register(self._slot(push_type)).number, None)  # the app was not told
        return answer

    def subscribe_in_ended_session(self) -> Answer:
        """As any phone's; on the 401 the SDK decides what follows, and the last answer is returned.

        Without a deviceId two refusals would be due, and the API page does not say which of them comes: there the
        session is a good one.
        """
        if not self._sdk.sends_device_id:
            return self.subscribe()
        if self._sdk.again is not Again.NEW_TOKEN:
            return super().subscribe_in_ended_session()
        value, api = self.rotate(), self._world.api
        fields, sessions = self._fields(value), [self._world.ended_session(self.owner)]

        def send(key: bytes) -> Answer:
            if sessions:
                return api.wrong_subscribe(sessions.pop(), fields, SESSION_ENDED)
            return api.subscribe(key, str(fields["type"]), str(fields["token"]), self.device_id)

        return self._write(Kind.SUBSCRIBE, 0, value, send)

    def subscribe_wrongly(self, spoil: Callable[[Fields], Fields], due: Refusal) -> Answer:
        """As any phone's; without a deviceId it is wrong as it is, and with nothing else, as above."""
        return super().subscribe_wrongly(spoil, due) if self._sdk.sends_device_id else self.subscribe()

    def unsubscribe_wrongly(self, spoil: Callable[[Fields], Fields], due: Refusal) -> Answer:
        """As `subscribe_wrongly`."""
        return super().unsubscribe_wrongly(spoil, due) if self._sdk.sends_device_id else self.unsubscribe()

    def _write(self, kind: Kind, slot: int, value: int, send: Callable[[bytes], Answer]) -> Answer:
        """Send it; after a 401 once more, if the SDK does: with the client token that the app has then."""
        self._use.calls += 1
        answer = super()._write(kind, slot, value, send)
        if answer.status == 401 and self._sdk.again is not Again.NEVER and self._may_repeat(kind, slot, value):
            self._use.calls += 1
            self._use.again += 1
            answer = super()._write(kind, slot, value, send)
        if kind is Kind.SUBSCRIBE and answer.outcome is Outcome.OK:
            self._memory.registered[self._register(slot).number] = self.owner << _OWNER_SHIFT | value
        return answer

    def _may_repeat(self, kind: Kind, slot: int, value: int) -> bool:
        return kind is Kind.UNSUBSCRIBE or self._register(slot).may_write(value)

    def _another(self, device: int, due: int | None) -> "SdkPhone":
        return SdkPhone(
            self._world,
            device,
            scenario=self._scenario,
            due=due,
            rng=self.rng,
            memory=self._memory,
            apis=self._apis,
        )
