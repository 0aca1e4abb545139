from dataclasses import dataclass
from typing import Final, Self

from simulator.errors import UsageError
from simulator.tokens.types import PushType

GENERATION_BITS: Final = 20

# The inclusive bounds of each field. Run and generation start at 1, so that a block of zeros is nobody's.
BOUNDS: Final = {
    "fleet": (0, 2**32 - 1),
    "run": (1, 2**12 - 1),
    "device": (0, 2**32 - 1),
    "install": (0, 2**16 - 1),
    "generation": (1, 2**GENERATION_BITS - 1),
}

_REMEDY: Final = {
    "run": "a fleet has 4095 runs in it; start a new fleet",
    "generation": "a register can be given 1048575 tokens in one run; start another run",
    "install": "a device slot can be installed 65536 times; use another device",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which write a token comes from: the write that first uploaded it.

    `fleet` and `device` are u32, `install` is u16 (which installation of that device), `run` is 1 to 4095,
    `generation` 1 to 2**20 - 1 (which token of that register in that run). Raises UsageError outside of these.
    """

    fleet: int
    run: int
    device: int
    install: int
    type: PushType
    generation: int

    def __post_init__(self) -> None:
        # One chained comparison: this stands on the load generator's hot path.
        if not (
            0 <= self.fleet <= 0xFFFFFFFF
            and 1 <= self.run <= 0xFFF
            and 0 <= self.device <= 0xFFFFFFFF
            and 0 <= self.install <= 0xFFFF
            and 1 <= self.generation <= 0xFFFFF
        ):
            self._complain()

    @classmethod
    def of(cls, fleet: int, register: int, value: int) -> Self:
        """The write of `value` to `register`, both as the properties of these names have them."""
        return cls(
            fleet,
            value >> GENERATION_BITS,
            register >> 24,
            register >> 8 & 0xFFFF,
            PushType(register & 0xFF),
            value & (1 << GENERATION_BITS) - 1,
        )

    @property
    def register(self) -> int:
        """The subscription slot as a u64: device << 24 | install << 8 | type."""
        return self.device << 24 | self.install << 8 | self.type

    @property
    def value(self) -> int:
        """What the register holds after the write, as a u32: run << 20 | generation."""
        return self.run << GENERATION_BITS | self.generation

    def __str__(self) -> str:
        return (
            f"fleet {self.fleet}, run {self.run}, device {self.device}, install {self.install}, "
            f"type {self.type.wire}, generation {self.generation}"
        )

    def _complain(self) -> None:
        for field in BOUNDS:
            number: int = getattr(self, field)
            require_within(field, number, number)


def require_within(field: str, smallest: int, largest: int) -> None:
    """Raise UsageError unless everything from `smallest` to `largest` can stand in `field` of a token."""
    low, high = BOUNDS[field]
    for number in (smallest, largest):
        if not low <= number <= high:
            remedy = _REMEDY.get(field, "choose a smaller one" if number > high else "choose a larger one")
            raise UsageError(f"{field} {number} does not fit into a token, which holds {low} to {high}: {remedy}")
