"""One phone: its deviceId, its tokens, and the calls its app makes.

The phone keeps the rule that the judge's exactness rests on: a value is never written again after another value, or an
absence, may have been written to that register. An app that goes back mints a new token first. The rule is kept here,
so that no scenario can break it.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from simulator.client import Answer, Fault, Outcome
from simulator.fleet import Flag, State
from simulator.phones.world import Kind, Operation, World
from simulator.tokens import Provenance, PushType, mint
from simulator.tokens.provenance import GENERATION_BITS, require_within

ABSENT: Final = -1
_GENERATION: Final = (1 << GENERATION_BITS) - 1


class Phone:
    """A phone as one scenario holds it, from picking it up to putting it down.

    `install` says which phone stands in the device's place in the fleet: a new phone has a new deviceId and a higher
    number. An older phone can still be acted through after `switch`, but only the newest one's state is kept.
    """

    def __init__(self, world: World, device: int, *, scenario: int, due: int | None, rng: Random) -> None:
        row = world.fleet.state[device]
        self.device = device
        self.owner = int(row["owner"])
        self.install = int(row["installs"])
        self.rng = rng
        self.types = world.fleet.types(device)  # the one for alerts first
        self._world = world
        self._scenario = scenario
        self._due = due
        self._current = [int(value) for value in row["slots"]]  # the OS's token of each type, 0 = none yet
        self._spent = [
            bool(row["flags"] & flag) for flag in Flag.SPENT
        ]  # the current token must not be registered again
        self._subscribed = [bool(row["flags"] & flag) for flag in Flag.SUBSCRIBED]
        self._racing: list[list[int]] = [[] for _ in self._current]
        self._is_newest = True
        self.device_id = world.fleet.device_id(device, self.install)

    @property
    def is_new(self) -> bool:
        """Whether the app was never started on this phone."""
        return bool(self._world.fleet.state["state"][self.device] == State.NEW)

    def launch(self) -> None:
        """Start the app, for the first time if it was never started."""
        self._world.fleet.state["state"][self.device] = State.INSTALLED

    def switch(self) -> "Phone":
        """Take a new phone into use: a new deviceId, no token yet. This one goes on as the old phone."""
        require_within("install", self.install + 1, self.install + 1)
        state, self._is_newest = self._world.fleet.state, False
        state[self.device] = (self.owner, (0, 0), self.install + 1, State.NEW, 0)
        due, self._due = self._due, None  # the scenario's first call is the one that was due, whichever phone makes it
        return Phone(self._world, self.device, scenario=self._scenario, due=due, rng=self.rng)

    def rotate(self, push_type: PushType | None = None) -> int:
        """Have the OS hand out a new token; its value (run << 20 | generation) is what `subscribe` takes."""
        slot = self._slot(push_type)
        run = self._world.run << GENERATION_BITS
        last = self._current[slot]
        generation = last - run + 1 if last > run else 1
        require_within("generation", generation, generation)
        self._current[slot] = run + generation
        self._spent[slot] = False
        self._save(slot)
        return self._current[slot]

    def subscribe(self, push_type: PushType | None = None, value: int | None = None) -> Answer:
        """Register a token: that of `value`, else the current one, else (none yet, or spent) a new one."""
        slot = self._slot(push_type)
        if value is None:
            value = self._current[slot]
            if not value or self._spent[slot]:
                value = self.rotate(push_type)
        racing = self._racing[slot]
        racing.append(value)
        if min(racing) != max(racing):  # whichever of two tokens wins, neither may be written once more
            self._mark(slot, spent=True, subscribed=True)
        elif not self._subscribed[slot]:
            self._mark(slot, spent=self._spent[slot], subscribed=True)
        which = self.types[slot]
        token = mint(
            Provenance(
                fleet=self._world.fleet.number,
                run=value >> GENERATION_BITS,
                device=self.device,
                install=self.install,
                type=which,
                generation=value & _GENERATION,
            )
        )
        try:
            return self._call(
                Kind.SUBSCRIBE,
                slot,
                value,
                lambda key: self._world.api.subscribe(key, which.wire, token, self.device_id),
            )
        finally:
            racing.remove(value)

    def unsubscribe(self, push_type: PushType | None = None) -> Answer:
        """Remove the registration; the next one needs a new token."""
        slot = self._slot(push_type)
        self._mark(slot, spent=True, subscribed=False)
        wire = self.types[slot].wire
        return self._call(
            Kind.UNSUBSCRIBE, slot, ABSENT, lambda key: self._world.api.unsubscribe(key, wire, self.device_id)
        )

    def together(self, *calls: Callable[[], object]) -> None:
        """Do these at the same moment, as an app and its background service do, and wait for all."""
        self._world.together(list(calls))

    def _call(self, kind: Kind, slot: int, value: int, send: Callable[[bytes], Answer]) -> Answer:
        world, which = self._world, self.types[slot]
        began = world.clock()
        due, self._due = self._due if self._due is not None else began, None
        register = self.device << 24 | self.install << 8 | which
        try:
            answer = send(world.client_token(self.owner))
        except BaseException:  # the run is being stopped in mid-call: the server may have acted, or may still
            answer = Answer(Outcome.INFO, Fault.INTERRUPTED, 0, -1, -1, began, world.clock())
            world.observe(Operation(kind, which, self._scenario, self.owner, register, value, due, answer))
            raise
        world.observe(Operation(kind, which, self._scenario, self.owner, register, value, due, answer))
        return answer

    def _slot(self, push_type: PushType | None) -> int:
        return 0 if push_type is None else self.types.index(push_type)

    def _mark(self, slot: int, *, spent: bool, subscribed: bool) -> None:
        self._spent[slot], self._subscribed[slot] = spent, subscribed
        self._save(slot)

    def _save(self, slot: int) -> None:
        """Into the fleet's memory-mapped state, before anything is sent: a killed run must not mint a token twice."""
        if not self._is_newest:
            return
        row = self._world.fleet.state[self.device]
        row["slots"][slot] = self._current[slot]
        flags = int(row["flags"]) & ~(Flag.SPENT[slot] | Flag.SUBSCRIBED[slot])
        row["flags"] = flags | self._spent[slot] * Flag.SPENT[slot] | self._subscribed[slot] * Flag.SUBSCRIBED[slot]
