"""What a provider knows of a token: whether it was ever handed out, and whether it is still the device's own.

A provider learns late that a token is dead, and on purpose later still (Apple: "there is an unspecified delay expected
before 410 is returned"): until then it accepts pushes for it and swallows them.
"""

from collections import OrderedDict
from collections.abc import Callable
from enum import IntEnum
from random import Random
from typing import Any, Final, NamedTuple

from simulator.errors import UsageError
from simulator.fleet import Flag, Fleet, State
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import number_of
from simulator.tokens import Provenance, PushType, TokenError, decode
from simulator.tokens.browser import decode_endpoint
from simulator.tokens.mark import find_mark

# Superseded tokens whose death has been drawn, the latest met. One that was forgotten lives through another delay, as
# no provider promises it would not.
_REMEMBERED: Final = 100_000
_GOOGLES: Final = (PushType.FCM, PushType.ANDROID)


class Standing(IntEnum):
    """What became of a token."""

    CURRENT = 0
    SUPERSEDED = 1  # the device has a newer one, or another phone stands in its place
    UNSUBSCRIBED = 2  # current, but its app has unsubscribed at IMKIT, of which a provider knows nothing
    NEVER_MINTED = 3
    DORMANT = 4  # the device's own, and dead for as long as nobody uses the device: Google's, after 270 days


_MORTAL: Final = (Standing.SUPERSEDED, Standing.DORMANT)


class Known(NamedTuple):
    """A token, looked up."""

    standing: Standing
    write: Provenance | None  # None: never minted
    register: int  # where it was minted for, as far as it tells; 0: unknown
    value: int  # run << 20 | generation, or -2 ghost, -3 truncated, -4 folded
    fleet: int  # the number of the fleet that minted it, as far as it tells
    dead_since: float | None = None  # Unix seconds; None: alive, or not yet known to be dead
    replaced: bool = False  # SUPERSEDED: by another installation's, and not by a newer one of its own

    @property
    def is_dead(self) -> bool:
        """Whether the provider knows by now that nobody has this token any more."""
        return self.dead_since is not None and self.standing in _MORTAL

    def delivery(
        self,
        provider: Provider,
        topic: Topic,
        kind: int,
        answered: tuple[int, str],
        text: bytes,
        push_type: int = 0,
    ) -> Delivery:
        """The push of this token as journals have it, without the front end's stamps.

        `kind` is the PushType of the slot that it was pushed for, `answered` the status and the reason, and `text` is
        where its mark stands.
        """
        mark = find_mark(text)
        status, reason = answered
        return Delivery(
            provider=provider,
            topic=topic,
            status=status,
            reason=number_of(reason),
            push_type=push_type,
            fleet=self.fleet,
            owner=NOBODY if mark is None else mark.person,
            sent=0 if mark is None else mark.sent,
            register=self.register >> 8 << 8 | kind if self.register else 0,
            value=self.value,
            origin=self.register,
            received=0,
            answered=0,
        )


class Registry:
    """Looks tokens up by decoding them and by the state of `fleet`; without a fleet each authentic one is current.

    A token that is first met superseded dies after between half of `stale_seconds` and one and a half times that, drawn
    by `seed`. `clock` gives Unix seconds.
    """

    def __init__(self, fleet: Fleet | None, stale_seconds: float, clock: Callable[[], float], seed: int = 0) -> None:
        self._fleet = fleet
        self._stale_seconds = stale_seconds
        self._clock = clock
        self._seed = seed
        self._deaths: OrderedDict[tuple[int, int], float] = OrderedDict()

    def look_up(self, token: str) -> Known:
        """Look up a token as it stands in a request."""
        return self._look_up(decode, token)

    def look_up_endpoint(self, endpoint: str) -> Known:
        """Look up a Web Push endpoint, given as a URL or as its path."""
        return self._look_up(decode_endpoint, endpoint)

    def _look_up(self, read: Callable[[str], Provenance], text: str) -> Known:
        try:
            write = read(text)
        except TokenError as error:
            return Known(Standing.NEVER_MINTED, None, error.register, int(error.status), error.fleet)
        standing, replaced = (Standing.CURRENT, False) if self._fleet is None else _standing(self._fleet, write)
        if standing is Standing.NEVER_MINTED:
            return Known(standing, None, write.register, write.value, write.fleet)
        dead = self._clock() if standing is Standing.DORMANT else None  # it was long ago that it died
        dead = self._death(write) if standing is Standing.SUPERSEDED else dead
        return Known(standing, write, write.register, write.value, write.fleet, dead, replaced)

    def _death(self, write: Provenance) -> float | None:
        """When the provider noticed that a superseded token is dead; None while it has not."""
        key = write.register, write.value
        death = self._deaths.get(key)
        if death is None:
            draw = Random(f"{self._seed} {key}").uniform(0.5, 1.5)  # noqa: S311 - seeded
            death = self._deaths[key] = self._clock() + draw * self._stale_seconds
            if len(self._deaths) > _REMEMBERED:
                self._deaths.popitem(last=False)
        else:
            self._deaths.move_to_end(key)
        return death if death <= self._clock() else None


def _standing(fleet: Fleet, write: Provenance) -> tuple[Standing, bool]:
    """A token's standing, and whether another installation took its place."""
    if write.fleet != fleet.number or write.device >= fleet.devices:
        return Standing.NEVER_MINTED, False
    types = fleet.types(write.device)
    record: Any = fleet.state.item(write.device)  # in one piece: field by field costs several times as much
    _, tokens, install, state, flags = record
    replaced = write.install < install
    if write.type not in types:
        return _before_firebase(write, types, install, tokens[0]), replaced
    slot = types.index(write.type)
    latest = int(tokens[slot])
    if write.install > install or (write.install == install and write.value > latest):
        return Standing.NEVER_MINTED, False
    if replaced or write.value < latest:
        return Standing.SUPERSEDED, replaced
    if state == State.DORMANT and write.type in _GOOGLES:
        return Standing.DORMANT, False
    return (Standing.CURRENT if flags & Flag.SUBSCRIBED[slot] else Standing.UNSUBSCRIBED), False


def _before_firebase(write: Provenance, types: tuple[PushType, ...], install: int, latest: int) -> Standing:
    """What an Android app had before it moved to Firebase: its own until it has a token, `latest`, of Firebase's."""
    if write.type is not PushType.ANDROID or types != (PushType.FCM,) or write.install > install:
        return Standing.NEVER_MINTED
    return Standing.SUPERSEDED if latest or write.install < install else Standing.CURRENT


def require_seconds(text: str) -> float:
    """Seconds as typed; UsageError unless they are a number from 0 to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise UsageError(f"--stale-seconds {text} is out of range: give 0 to 86400 seconds.")
    return seconds
