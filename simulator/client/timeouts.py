from dataclasses import dataclass

from simulator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds for each phase of a request, each counted from its own beginning.

    `connect`: the name and TCP. `handshake`: TLS. `first_byte`: from the first byte out to the first byte of an answer.
    `answer`: from the first byte out to the last byte of the answer, however steadily it trickles.
    """

    connect: float = 10.0
    handshake: float = 10.0
    first_byte: float = 30.0
    answer: float = 30.0

    def __post_init__(self) -> None:
        for name in ("connect", "handshake", "first_byte", "answer"):
            if not getattr(self, name) > 0.0:
                raise UsageError(f"The {name} time-out is {getattr(self, name)} s. Give more than 0.")

    @property
    def shortest(self) -> float:
        """The shorter of those that an open connection has to look after."""
        return min(self.first_byte, self.answer)
