"""What can be done to a backend while it serves: ended somehow, and started again over the same store and port."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.backend.process import Embedded


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which a backend ends in mid-run. A correct one keeps what it has acknowledged."""

    name: str  # as --backend-fault takes it
    description: str  # one sentence
    end: Callable[[Embedded], None]  # on return it has ended, and can be started again
