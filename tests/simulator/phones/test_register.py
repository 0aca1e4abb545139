"""The rule, held against every history that can be made up."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from simulator.phones.register import ABSENT, Register

NEVER = 10**9
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["rotate", "write", "older", "remove", "settle", "time out", "later"]), st.integers(0, 7)
    ),
    max_size=40,
)


@dataclass
class Write:
    """A write as the server may see it: it acts at any moment from `begun` to `over`."""

    value: int
    begun: int
    over: int = NEVER


def lived(steps: list[tuple[str, int]], slot: int) -> list[Write]:
    """What a phone writes that takes every chance, asking the register before each."""
    register, minted, writes, under_way = Register(0, slot, 0, 0), 0, list[Write](), list[Write]()
    for now, (step, which) in enumerate(steps):
        value = ABSENT
        if step in ("rotate", "write", "older"):
            value = minted - which if step == "older" and which < minted else register.current
            if step == "rotate" or not value or not register.may_write(value):
                minted = value = minted + 1
                register.hand_out(value)
        if step in ("write", "older", "remove"):
            register.begin(value)
            writes.append(Write(value, now))
            under_way.append(writes[-1])
        elif step == "later":  # another scenario, or a run after a kill: what was under way is never heard of
            register, under_way = Register(0, slot, register.current, register.flags), []
        elif step in ("settle", "time out") and under_way:
            write = under_way.pop(which % len(under_way))
            if step == "settle":
                register.settle(write.value)
                write.over = now
    return writes


def breaches(writes: list[Write]) -> list[tuple[Write, Write, Write]]:
    """Writes of one value, and another's that may act after the first of them was sent and before the second."""
    return [
        (first, other, second)
        for first in writes
        for second in writes
        for other in writes
        if first.value == second.value != other.value
        and first.value != ABSENT
        and first.begun < second.begun
        and other.begun < second.begun
        and other.over > first.begun
    ]


@given(STEPS, st.sampled_from([0, 1]))
def test_no_value_is_written_again_after_another_may_have_been(steps: list[tuple[str, int]], slot: int) -> None:
    assert breaches(lived(steps, slot)) == []


def test_a_breach_would_be_seen() -> None:
    late, rotated, again = Write(1, 0), Write(2, 1, 2), Write(2, 3, 4)
    assert breaches([late, rotated, again]) == [(rotated, late, again)]
    assert breaches([Write(1, 0, 1), rotated, again]) == []


def test_in_quiet_times_the_current_token_is_written_again_and_again() -> None:
    steps = [("rotate", 0), *[("write", 0), ("settle", 0), ("later", 0)] * 5]
    assert [write.value for write in lived(steps, 0)] == [1] * 5


def test_the_flags_are_those_of_its_slot_alone() -> None:
    register = Register(0, 1, 7, 0b111111)
    assert register.flags == 0b101010
    register.begin(ABSENT)
    assert register.flags == 0b101000
