"""What a provider knows of a token: whether it was ever handed out, and whether it is still the device's own.

A provider learns late that a token is dead, and on purpose later still (Apple: "there is an unspecified delay expected
before 410 is returned"): until then it accepts pushes for it and swallows them.
"""

from collections import OrderedDict
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache, partial
from random import Random
from typing import Any, Final, NamedTuple

from simulator.errors import UsageError
from simulator.fleet import Flag, Fleet, State
from simulator.gateways.delivery import NOBODY, Delivery, Provider, Topic
from simulator.gateways.reasons import number_of
from simulator.tokens import Provenance, PushType, TokenError, decode
from simulator.tokens.browser import decode_endpoint
from simulator.tokens.mark import Mark, find_mark
from simulator.tokens.single import LONGEST

# Superseded tokens whose death has been drawn, the latest met. One that was forgotten lives through another delay, as
# no provider promises it would not.
_REMEMBERED: Final = 100_000
# Tokens that have been read, some 700 bytes each: pushes come for the same ones again and again, and reading one costs
# as much as a third of all the judging.
_READ: Final = 1 << 16
_LONGEST: Final = LONGEST + 1  # characters: enough to see that a token is too long to be one, and to remember no more
_GOOGLES: Final = (PushType.FCM, PushType.ANDROID)
_BEFORE_FIREBASE: Final = -1  # stands for a slot
_UNMARKED: Final = Mark(0, NOBODY, 0)


class Standing(IntEnum):
    """What became of a token."""

    CURRENT = 0
    SUPERSEDED = 1  # the device has a newer one, or another phone stands in its place
    UNSUBSCRIBED = 2  # current, but its app has unsubscribed at IMKIT, of which a provider knows nothing
    NEVER_MINTED = 3
    DORMANT = 4  # the device's own, and dead for as long as nobody uses the device: Google's, after 270 days


# By names of their own: Python takes long to look a member up in its enumeration, and every push would wait for ten.
_CURRENT: Final = Standing.CURRENT
_SUPERSEDED: Final = Standing.SUPERSEDED
_UNSUBSCRIBED: Final = Standing.UNSUBSCRIBED
_NEVER_MINTED: Final = Standing.NEVER_MINTED
_DORMANT: Final = Standing.DORMANT
_UNUSED: Final = int(State.DORMANT)
_SUBSCRIBED: Final = Flag.SUBSCRIBED
_MORTAL: Final = (_SUPERSEDED, _DORMANT)


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
        _, person, sent = find_mark(text) or _UNMARKED
        status, word = answered
        reason = number_of(word)
        _, _, origin, value, fleet, _, _ = self
        slot = origin >> 8 << 8 | kind if origin else 0
        # By place: fields by name take twice as long.
        return Delivery(provider, topic, status, reason, push_type, fleet, person, sent, slot, value, origin, 0, 0)


class _Read(NamedTuple):
    """What a token says, whenever it is read."""

    known: Known  # as it is while it is current, unless it was never minted
    slot: int | None  # of its device; None: it is nobody's, or there is no fleet


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
        self._tokens = lru_cache(_READ)(partial(self._read, decode))
        self._endpoints = lru_cache(_READ)(partial(self._read, decode_endpoint))

    def look_up(self, token: str) -> Known:
        """Look up a token as it stands in a request."""
        return self._now(self._tokens(token[:_LONGEST]))

    def look_up_endpoint(self, endpoint: str) -> Known:
        """Look up a Web Push endpoint, given as a URL or as its path."""
        return self._now(self._endpoints(endpoint[:_LONGEST]))

    def _read(self, read: Callable[[str], Provenance], text: str) -> _Read:
        try:
            write = read(text)
        except TokenError as error:
            return _Read(Known(Standing.NEVER_MINTED, None, error.register, int(error.status), error.fleet), None)
        known, fleet = Known(Standing.CURRENT, write, write.register, write.value, write.fleet), self._fleet
        if fleet is None:
            return _Read(known, None)
        types = fleet.types(write.device) if write.fleet == fleet.number and write.device < fleet.devices else ()
        if write.type in types:
            return _Read(known, types.index(write.type))
        if write.type is PushType.ANDROID and types == (PushType.FCM,):
            return _Read(known, _BEFORE_FIREBASE)
        return _Read(_never_minted(known), None)

    def _now(self, read: _Read) -> Known:
        """What the fleet's state makes of a token."""
        known, slot = read
        write = known.write
        if self._fleet is None or slot is None or write is None:
            return known
        record: Any = self._fleet.state.item(write.device)  # in one piece: field by field costs several times as much
        standing = _standing(write, known.value, slot, record)
        if standing is _CURRENT:
            return known
        if standing is _NEVER_MINTED:
            return _never_minted(known)
        if standing is _SUPERSEDED:
            replaced = write.install < record[2]
            return known._replace(standing=standing, dead_since=self._death(write), replaced=replaced)
        dead = self._clock() if standing is _DORMANT else None  # it was long ago that it died
        return known._replace(standing=standing, dead_since=dead)

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


def _never_minted(known: Known) -> Known:
    return known._replace(standing=Standing.NEVER_MINTED, write=None)


def _standing(write: Provenance, value: int, slot: int, record: tuple[Any, ...]) -> Standing:
    """What the fleet's record of a device makes of one of its tokens; `value` is the write's."""
    _, tokens, install, state, flags = record
    installed = write.install
    if installed > install:
        return _NEVER_MINTED
    if slot == _BEFORE_FIREBASE:  # the app's own until it has a token of Firebase's
        return _SUPERSEDED if installed < install or tokens[0] else _CURRENT
    latest = tokens[slot]
    if installed < install or value < latest:
        return _SUPERSEDED
    if value > latest:
        return _NEVER_MINTED
    if state == _UNUSED and write.type in _GOOGLES:
        return _DORMANT
    return _CURRENT if flags & _SUBSCRIBED[slot] else _UNSUBSCRIBED


def require_seconds(text: str) -> float:
    """Seconds as typed; UsageError unless they are a number from 0 to a day."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise UsageError(f"--stale-seconds {text} is out of range: give 0 to 86400 seconds.")
    return seconds
