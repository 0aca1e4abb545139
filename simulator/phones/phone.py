"""One phone: its deviceId, its tokens, and the calls its app makes.

The phone keeps the rule that the judge's exactness rests on: a value is never written again after another value, or an
absence, may have been written to that register. An app that goes back mints a new token first, and so does one whose
time-out may still act. The rule is kept here and in `Register`, so that no scenario can break it.
"""

from collections.abc import Callable
from copy import copy
from functools import partial
from random import Random
from typing import Any, Final

from simulator.client import Answer, Fault, Outcome, Refusal
from simulator.errors import UsageError
from simulator.fleet import VALUE_BITS, Flag, Keeper, State, household
from simulator.fleet.identity import INSTALL_BITS
from simulator.phones.register import ABSENT, Register
from simulator.phones.world import Kind, Operation, Seen, World
from simulator.tokens import PushType
from simulator.tokens.provenance import GENERATION_BITS, require_within

Fields = dict[str, object]  # of a request's body
_Send = Callable[[bytes], Answer]  # what makes a call, given a client token

SESSION_ENDED: Final = Refusal(401, "INVALID_TOKEN")

# Python 3.11 takes as long to look up a member of an enumeration as to mix a number.
_INFO: Final = Outcome.INFO
_SUBSCRIBE, _UNSUBSCRIBE = Kind.SUBSCRIBE, Kind.UNSUBSCRIBE
_NEW, _INSTALLED, _DORMANT = int(State.NEW), int(State.INSTALLED), int(State.DORMANT)
_FID: Final = Flag.FID
_WIRES: Final = {int(which): which.wire for which in PushType}

# Half of what calling a NamedTuple costs.
_operation: Final[Callable[[tuple[Any, ...]], Operation]] = partial(tuple.__new__, Operation)


class Phone:
    """A phone as one scenario holds it, from picking it up to putting it down.

    `install` says which phone stands in the device's place in the fleet: a new phone has a new deviceId and a higher
    number. An older phone can still be acted through after `switch`, but only the newest one's state is kept.
    """

    def __init__(self, world: World, device: int, scenario: int, due: int | None, rng: Random | None = None) -> None:
        """`rng` is that of the life that goes on with this phone; None: a life begins."""
        fleet = world.fleet
        fields = fleet.fields
        self.device = device
        self.owner: int = fields.owners[device]
        install: int = fields.installs[device]
        self.install = install
        self._rng = rng
        types = self.types = fleet.make(device).types  # the one for alerts first
        self._world = world
        self._scenario = scenario
        self._due = due
        flags = fields.flags[device]
        # register << VALUE_BITS | value → token. An app that is started again registers the same one.
        self._mint: Callable[[int], str] = fleet.minted_as_fid if flags & _FID else fleet.minted
        number = device << 24 | install << 8 | types[0]
        # By slot; the second is made once it is asked for.
        self._registers = [Register(number, 0, fields.slots[0][device], flags, fields)]

    @property
    def rng(self) -> Random:
        """What this life chooses is drawn from it, and nothing else is; made when the life first chooses."""
        if self._rng is None:
            self._rng = self._world.chances(self.device, self._scenario)
        return self._rng

    @property
    def device_id(self) -> str:
        """The deviceId of this installation."""
        return self._world.fleet.installed_as(self.device << INSTALL_BITS | self.install)

    @property
    def is_new(self) -> bool:
        """Whether the app was never started on this phone."""
        return bool(self._world.fleet.fields.states[self.device] == _NEW)

    @property
    def is_dormant(self) -> bool:
        """Whether it was put away, and not started since."""
        return bool(self._world.fleet.fields.states[self.device] == _DORMANT)

    @property
    def keeper(self) -> Keeper:
        """Where its app keeps the deviceId, which decides what that survives."""
        return self._world.fleet.keeper(self.device)

    @property
    def registered(self) -> list[PushType]:
        """The types that it sent a registration for, and no unsubscribe since."""
        return [kind for kind, each in zip(self.types, self._all_registers(), strict=True) if each.is_subscribed]

    def launch(self) -> None:
        """Start the app, for the first time if it was never started."""
        self._world.fleet.fields.states[self.device] = _INSTALLED

    def open_app(self) -> None:
        """Start the app, which registers the token that it holds, as apps do at every start; an SDK's may not."""
        self._world.fleet.fields.states[self.device] = _INSTALLED
        self.subscribe()

    def lose_tokens(self) -> None:
        """The app's tokens are gone for good, all of them: the next registrations have new ones."""
        for register in self._all_registers():
            register.retire()

    def put_away(self) -> None:
        """Leave it unused for so long that Google's services count its token as dead; starting it ends that."""
        self._world.fleet.fields.states[self.device] = _DORMANT

    def others(self) -> "list[Phone]":
        """The other devices that this phone's owner has now, of whichever platforms, to be acted through as this one.

        They are the owner's own: nobody else acts for a device of somebody who lives a scenario.
        """
        fleet, owners = self._world.fleet, self._world.fleet.fields.owners
        near = (device for person in household(self.owner, fleet.people) for device in fleet.devices_of(person))
        mine = [device for device in near if device != self.device and owners[device] == self.owner]
        return [self._another(each, None) for each in mine]

    def restore(self) -> "Phone":
        """Restore a backup of this phone on another one, which has the deviceId too: two phones, one subscription.

        Each has its own tokens, and neither is ever sent again after the other one's: the two share what is remembered
        of the registers. This one's latest token is the last that it had before the backup.
        """
        other, self._due = self._copy(), None
        return other

    def before_firebase(self) -> "Phone":
        """Start the app for the first time, in an older version that registers as `android`: act as that.

        The same deviceId, and a subscription of its own. Nothing of it is remembered, so that only the scenario that
        began it writes to it. UsageError for a phone that was started before, or that has no type fcm.
        """
        if not self.is_new or self.types != (PushType.FCM,):
            raise UsageError(f"device {self.device} has no older app: that takes an Android phone never started before")
        self.launch()
        older, self._due = self._copy(), None
        older.types = (PushType.ANDROID,)
        number = self.device << 24 | self.install << 8 | PushType.ANDROID
        older._registers = [Register(number, 0, 0, 0)]  # noqa: SLF001 - a Phone's own
        return older

    def move_to_installation_id(self) -> None:
        """From now on its tokens are bare Firebase installation ids, and the one it holds is never sent again.

        UsageError if it has no type fcm.
        """
        if self.types != (PushType.FCM,):
            raise UsageError(f"device {self.device} does not register as fcm, and has no installation id to register")
        self._mint = self._world.fleet.minted_as_fid
        self._registers[0].retire()  # first: a kill must not let the same token be sent in another form
        if self._registers[0].is_kept:
            self._world.fleet.fields.flags[self.device] |= _FID

    def switch(self) -> "Phone":
        """Take a new phone into use: a new deviceId, no token yet. This one goes on as the old phone."""
        require_within("install", self.install + 1, self.install + 1)
        state = self._world.fleet.state
        for register in self._all_registers():
            register.replace()
        state[self.device] = (self.owner, (0, 0), self.install + 1, State.NEW, 0)
        due, self._due = self._due, None  # the scenario's first call is the one that was due, whichever phone makes it
        return self._another(self.device, due)

    def hand_on(self) -> "Phone | None":
        """Another person of the household logs in on this phone: act as them through what is returned.

        This one goes on as the former owner's session, whose calls may come late. The app drops its tokens when people
        change, so that the next registration has a new one. None if nobody else is at home.
        """
        others = [person for person in household(self.owner, self._world.fleet.people) if person != self.owner]
        self.rng.shuffle(others)
        person = next((person for person in others if self._world.hand_on(self.device, person)), None)
        if person is None:
            return None
        other = self._copy()  # the two sessions share the registers
        other.owner = person
        self._due = None
        self.lose_tokens()  # by both sessions
        return other

    def rotate(self, push_type: PushType | None = None) -> int:
        """Have the OS hand out a new token; its value (run << 20 | generation) is what `subscribe` takes."""
        register = self._register(self._slot(push_type))
        run = self._world.run << GENERATION_BITS
        last = register.current
        generation = last - run + 1 if last > run else 1
        require_within("generation", generation, generation)
        register.hand_out(run + generation)
        return run + generation

    def subscribe(
        self, push_type: PushType | None = None, value: int | None = None, *, patience: float | None = None
    ) -> Answer:
        """Register a token: that of `value`, else the current one; a new one where that would break the rule.

        With `patience`, the phone loses the connection after so many seconds: what became of the call is not known.
        """
        world, slot = self._world, 0 if push_type is None else self._slot(push_type)
        register = self._register(slot) if slot else self._registers[0]
        if value is None:
            value = 0 if register.flags & register.spent else register.current
        elif not register.may_write(value):
            value = 0
        if not value:
            value = self.rotate(push_type)
        number, fleet, api = register.number, world.fleet, world.api
        wire, token = _WIRES[number & 0xFF], self._mint(number << VALUE_BITS | value)
        device_id = fleet.installed_as(self.device << INSTALL_BITS | self.install)

        def send(key: bytes) -> Answer:
            return api.subscribe(key, wire, token, device_id)

        return self._write(
            _SUBSCRIBE, slot, value, send if patience is None else partial(self._hastily, patience, send)
        )

    def subscribe_by_platform(self, push_type: PushType | None = None) -> Answer | None:
        """Have the owner's platform register the token, with its API key; None, and no call, at the key's limit.

        UsageError in a run without an API key.
        """
        platform, slot = self._world.platform, self._slot(push_type)
        if platform is None:
            raise UsageError("A call of the platform's was asked for in a run without an API key: give --api-key.")
        if not platform.may_call():
            return None
        register = self._register(slot)
        value = register.current
        if not value or not register.may_write(value):
            value = self.rotate(push_type)
        number, client = register.number, self._world.fleet.client_id(self.owner)
        what = (_WIRES[number & 0xFF], self._mint(number << VALUE_BITS | value), self.device_id)
        # Not the app's call: whatever its SDK makes of an answer, it never sees this one.
        return Phone._write(self, _SUBSCRIBE, slot, value, lambda _: platform.subscribe(client, *what))

    def unsubscribe(self, push_type: PushType | None = None) -> Answer:
        """Remove the registration; the next one needs a new token."""
        slot = self._slot(push_type)
        api, wire = self._world.api, self.types[slot].wire
        return self._write(_UNSUBSCRIBE, slot, ABSENT, lambda key: api.unsubscribe(key, wire, self.device_id))

    def subscribe_wrongly(self, spoil: Callable[[Fields], Fields], due: Refusal) -> Answer:
        """Register a new token in a request whose fields are spoilt, so that this refusal is due.

        The token is never written again: where it is found, the refused request has taken effect.
        """
        value, api = self.rotate(), self._world.api
        try:
            fields = spoil(self._fields(value))
            return self._write(_SUBSCRIBE, 0, value, lambda key: api.wrong_subscribe(key, fields, due))
        finally:
            self._registers[0].retire()

    def unsubscribe_wrongly(self, spoil: Callable[[Fields], Fields], due: Refusal) -> Answer:
        """Remove the registration in a request whose fields are spoilt, so that this refusal is due."""
        api, fields = self._world.api, spoil({"type": self.types[0].wire, "deviceId": self.device_id})
        return self._write(_UNSUBSCRIBE, 0, ABSENT, lambda key: api.wrong_unsubscribe(key, fields, due))

    def subscribe_in_ended_session(self) -> Answer:
        """Register a new token with a client token that is not good any more, so that a 401 is due."""
        value = self.rotate()
        fields, ended = self._fields(value), self._world.ended_session(self.owner)
        return self._write(
            _SUBSCRIBE, 0, value, lambda _: self._world.api.wrong_subscribe(ended, fields, SESSION_ENDED)
        )

    def push(self) -> list[Seen]:
        """Have the platform push to this phone's owner, and wait; what that reached, on whichever of their phones.

        UsageError where there are no gateways to see it.
        """
        if self._world.pushes is None:
            raise UsageError("A push was asked for in a run without gateways: add --readback push.")
        due, self._due = self._due if self._due is not None else self._world.clock(), None
        return self._world.pushes.push(self.owner, self._scenario, due)

    def hear(self, *, muted: bool) -> list[Seen]:
        """Somebody of the household says something in a room with this phone's owner, and a third person in it.

        One of the two has muted the room: the owner, or else the other; the message pushes to the one who has not.
        What it is seen to reach. Nothing is said where nobody else is at home, or the owner, `muted`, is alone with
        the sender. UsageError in a world without rooms.
        """
        if self._world.chat is None:
            raise UsageError("A message was asked for in a world without chat rooms.")
        others = [person for person in household(self.owner, self._world.fleet.people) if person != self.owner]
        self.rng.shuffle(others)
        sender, third = [*others, None, None][:2]
        receiver, silent = (third, self.owner) if muted else (self.owner, third)
        if sender is None or receiver is None:
            return []
        due, self._due = self._due if self._due is not None else self._world.clock(), None
        return self._world.chat.say(sender, receiver, silent, self._scenario, due)

    def together(self, *calls: Callable[[], object]) -> None:
        """Do these at the same moment, as an app and its background service do, and wait for all."""
        self._world.together(list(calls))

    def _copy(self) -> "Phone":
        """Another phone of the same life, which has one source of chances, whichever of the two first chooses."""
        _ = self.rng
        return copy(self)

    def _another(self, device: int, due: int | None) -> "Phone":
        return Phone(self._world, device, scenario=self._scenario, due=due, rng=self.rng)

    def _fields(self, value: int) -> Fields:
        """What registers a token for alerts."""
        token = self._mint(self._registers[0].number << VALUE_BITS | value)
        return {"type": self.types[0].wire, "token": token, "deviceId": self.device_id}

    def _write(self, kind: Kind, slot: int, value: int, send: _Send) -> Answer:
        """Send it with the owner's client token.

        Nothing on the way from here to where a greenlet waits takes its arguments by `*`: CPython calls that on the C
        stack, which greenlets save and restore.
        """
        world, register = self._world, self._register(slot) if slot else self._registers[0]
        key = world.client_token(self.owner)  # a person without one is a fault of ours, and nothing was sent
        register.begin(value)
        began = world.clock()
        due, self._due = self._due if self._due is not None else began, None
        about = (kind, self.types[slot], self._scenario, self.owner, register.number, value, due)
        try:
            answer = send(key)
        except BaseException:  # the run is being stopped in mid-call: the server may have acted, or may still
            world.observe(Operation(*about, self._unanswered(Fault.INTERRUPTED, began)))
            raise
        if answer.outcome is not _INFO:
            register.settle(value)
        world.observe(_operation((*about, answer)))
        return answer

    def _hastily(self, patience: float, send: _Send, key: bytes) -> Answer:
        began = self._world.clock()
        answer = self._world.within(patience, partial(send, key))
        return self._unanswered(Fault.PHONE, began) if answer is None else answer

    def _unanswered(self, why: Fault, began: int) -> Answer:
        return Answer(_INFO, why, 0, -1, -1, began, self._world.clock())

    def _register(self, slot: int) -> Register:
        return self._registers[slot] if slot < len(self._registers) else self._all_registers()[slot]

    def _all_registers(self) -> list[Register]:
        """Of every slot; sessions and copies of one installation share the list, and so the registers."""
        if len(self._registers) < len(self.types):
            device, fields = self.device, self._world.fleet.fields
            number = device << 24 | self.install << 8 | self.types[1]
            self._registers.append(Register(number, 1, fields.slots[1][device], fields.flags[device], fields))
        return self._registers

    def _slot(self, push_type: PushType | None) -> int:
        return 0 if push_type is None else self.types.index(push_type)
