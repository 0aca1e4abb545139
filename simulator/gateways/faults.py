"""Faults of providers, to be drawn for a share of the pushes.

| name | what the provider's client sees | judged | journaled |
|---|---|---|---|
| goaway | GOAWAY whose last stream is an earlier one, then the connection ends; HTTP/1.1: it ends | no | no |
| reset | RST_STREAM in place of the answer; HTTP/1.1: the connection is reset | yes | yes, as status 0 |
| stall | its connection gives nothing more for SECONDS (30), then all that is due | yes | yes, as answered |
| slow | the answer comes SECONDS (0.5) late | yes | yes, as answered |
| throttle | 429 with Retry-After of SECONDS (1) | yes, for who it was for | yes, as refused |
| unavailable | 503 with Retry-After of SECONDS (1) | yes, for who it was for | yes, as refused |
| shutdown | 503, of a server that is being stopped (APNs: Shutdown) | yes, for who it was for | yes, as refused |
| error | 500 | yes, for who it was for | yes, as refused |

A push was delivered if it was judged, accepted, and journaled without a reason for its refusal: after a reset it was,
and its sender does not know. Requests that name no token, and those for access tokens, meet no fault but goaway. A
connection that owes an answer does not go away.
"""

from collections.abc import Sequence
from random import Random
from typing import Final, NamedTuple, Self

from simulator.errors import UsageError

GOAWAY: Final = "goaway"
RESET: Final = "reset"
STALL: Final = "stall"
SLOW: Final = "slow"
THROTTLE: Final = "throttle"
UNAVAILABLE: Final = "unavailable"
SHUTDOWN: Final = "shutdown"
ERROR: Final = "error"
REFUSALS: Final = (THROTTLE, UNAVAILABLE, SHUTDOWN, ERROR)
DELAYS: Final = (STALL, SLOW)
_SECONDS: Final = {
    GOAWAY: 0.0,
    RESET: 0.0,
    STALL: 30.0,
    SLOW: 0.5,
    THROTTLE: 1.0,
    UNAVAILABLE: 1.0,
    SHUTDOWN: 0.0,
    ERROR: 0.0,
}
_WHOLE: Final = (THROTTLE, UNAVAILABLE)  # Retry-After is in whole seconds
_LONGEST: Final = 3600.0
_FORM: Final = "NAME=SHARE or NAME=SHARE:SECONDS, such as throttle=0.05:2"


class Fault(NamedTuple):
    """One kind of fault."""

    name: str
    share: float  # of the pushes, 0 to 1
    seconds: float


class Faults:
    """Draws for each push which fault it meets; the same draws in the same order for the same seed."""

    def __init__(self, kinds: Sequence[Fault], seed: int = 0) -> None:
        self.kinds = tuple(kinds)
        self._random = Random(f"pushfleet faults {seed}")  # noqa: S311 - seeded

    @classmethod
    def parse(cls, texts: Sequence[str], seed: int) -> Self:
        """Faults as typed: NAME=SHARE, or NAME=SHARE:SECONDS. Raises UsageError with every mistake, a line each."""
        kinds, mistakes = list[Fault](), list[str]()
        for text in texts:
            try:
                kinds.append(_parse(text))
            except UsageError as error:
                mistakes.append(str(error))
        names = [kind.name for kind in kinds]
        mistakes += [f"--fault {name} is given twice: once is enough." for name in _SECONDS if names.count(name) > 1]
        if (whole := sum(kind.share for kind in kinds)) > 1 + 1e-9:
            mistakes.append(
                f"the shares of --fault come to {whole:g}: a push meets one fault, so give at most 1 in all."
            )
        if mistakes:
            raise UsageError("\n".join(mistakes))
        return cls(kinds, seed)

    def draw(self) -> Fault | None:
        """The fault that the next push meets."""
        if not self.kinds:
            return None
        left = self._random.random()
        for kind in self.kinds:
            left -= kind.share
            if left < 0:
                return kind
        return None


def _parse(text: str) -> Fault:
    name, _, rest = text.partition("=")
    share, colon, seconds = rest.partition(":")
    if name not in _SECONDS:
        raise UsageError(f"--fault {text} is unknown: choose from {', '.join(_SECONDS)}, as {_FORM}.")
    found = _number(share, 1.0)
    if found is None:
        raise UsageError(f"--fault {text} has no share of the pushes from 0 to 1: give {_FORM}.")
    if not colon:
        return Fault(name, found, _SECONDS[name])
    return Fault(name, found, _seconds(text, name, seconds))


def _seconds(text: str, name: str, seconds: str) -> float:
    found = _number(seconds, _LONGEST)
    if not _SECONDS[name]:
        raise UsageError(f"--fault {text} takes no seconds: give {text.partition(':')[0]}.")
    if found is None:
        raise UsageError(f"--fault {text} is out of range: give 0 to {_LONGEST:g} seconds, as {_FORM}.")
    if name in _WHOLE and not found.is_integer():
        raise UsageError(f"--fault {text} would be a broken Retry-After: give whole seconds.")
    return found


def _number(text: str, most: float) -> float | None:
    """A number from 0 to `most`; None if the text is something else."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 <= found <= most else None
