"""What a phone remembers of one register, so that it can keep the rule that the judge's exactness rests on.

The rule: a value is never written again after another value, or an absence, may have been written to that register. A
write may act from when it was sent until it was answered OK; after a time-out, or a kill in mid-call, for ever.
"""

from typing import Final

from simulator.fleet import Flag
from simulator.fleet.state import Fields

ABSENT: Final = -1
_UNKNOWN: Final = 0  # stands for the values that an earlier scenario, or run, left unanswered
_BITS: Final = [(*bits, sum(bits)) for bits in zip(Flag.SUBSCRIBED, Flag.SPENT, Flag.UNSETTLED, strict=True)]  # by slot


class Register:
    """One subscription slot of one installation, told by the device's token and flags in the fleet's state.

    `number` is device << 24 | install << 8 | type. `current` is the OS's latest token as run << 20 | generation, 0 =
    none yet; no other value is ever written twice. `flags` has this slot's bits of `Flag`, and is what the next
    scenario has to know: `kept`, of the fleet's memory-mapped state, is told of every change at once. A kill must not
    let the rule be broken, so that is before anything is sent.
    """

    __slots__ = (
        *("_inherited", "_kept", "_others", "_sent", "_slot", "_subscribed", "_under_way", "_unsettled"),
        *("current", "flags", "number", "spent"),
    )

    def __init__(self, number: int, slot: int, current: int, flags: int, kept: Fields | None = None) -> None:
        """`flags` may have other bits, too; without `kept` nothing is remembered beyond this register."""
        self._subscribed, self.spent, self._unsettled, mask = _BITS[slot]
        self._others = ~mask
        self.number = number
        self.current = current
        self.flags = flags & mask
        self._slot = slot
        self._kept = kept
        self._inherited = current  # of it and of older ones nobody here knows what was written when
        self._sent: set[int] | None = None  # values, once another was sent than the one inherited
        self._under_way = [_UNKNOWN] if flags & self._unsettled else []  # what may act from now on

    @property
    def is_kept(self) -> bool:
        """Whether the fleet keeps it: this installation stands in the device's place."""
        return self._kept is not None

    @property
    def is_subscribed(self) -> bool:
        """Whether a registration was sent, and no unsubscribe since."""
        return bool(self.flags & self._subscribed)

    @property
    def is_certain(self) -> bool:
        """Whether a registration was sent, all that was sent is answered, and nothing but the current value was."""
        return self.flags == self._subscribed

    def hand_out(self, value: int) -> None:
        """The OS has a new token, `value`, which was never written."""
        self.current = value
        if self._kept is not None:
            self._kept.slots[self._slot][self.number >> 24] = value
        self._keep(self.flags & ~self.spent)

    def retire(self) -> None:
        """The current value must not be written again."""
        self._keep(self.flags | self.spent)

    def replace(self) -> None:
        """Another installation stands in the device's place from now on: what the fleet keeps there is of that one."""
        self._kept = None

    def may_write(self, value: int) -> bool:
        """Whether writing `value` keeps the rule."""
        if value == self.current:
            return not self.flags & self.spent
        return value > self._inherited and not self._was_sent(value)

    def begin(self, value: int) -> None:
        """`value`, or ABSENT, is about to be sent."""
        flags = self.flags
        if value == ABSENT:
            flags = flags & ~self._subscribed | self.spent
        elif (self._under_way or value != self.current) and self._ends_current(value):
            flags |= self._subscribed | self.spent
        else:
            flags |= self._subscribed
        if value != self._inherited:
            self._sent = self._sent or set()
            self._sent.add(value)
        self._under_way.append(value)
        self.flags = flags = flags | self._unsettled
        if self._kept is not None:  # as `_keep`, without a call: this and `settle` are in every operation
            saved, device = self._kept.flags, self.number >> 24
            saved[device] = saved[device] & self._others | flags

    def settle(self, value: int) -> None:
        """A write of `value` that was begun is over: it has acted, or never will."""
        self._under_way.remove(value)
        if not self._under_way:
            self.flags = flags = self.flags & ~self._unsettled
            if self._kept is not None:  # as in `begin`
                saved, device = self._kept.flags, self.number >> 24
                saved[device] = saved[device] & self._others | flags

    def _keep(self, flags: int) -> None:
        self.flags = flags
        if self._kept is not None:
            saved, device = self._kept.flags, self.number >> 24
            saved[device] = saved[device] & self._others | flags

    def _ends_current(self, value: int) -> bool:
        """Whether, once `value` is sent, a value other than the current may act after the current was written."""
        if value == self.current:
            return any(other != value for other in self._under_way)
        return self._was_sent(self.current)

    def _was_sent(self, value: int) -> bool:
        """Whether it may have been: of the one inherited nobody knows."""
        return value == self._inherited or (self._sent is not None and value in self._sent)
