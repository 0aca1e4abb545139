"""What pushes prove by whom they did not reach, and how far what is known of each goes.

Devices are read independently: a fan-out is no snapshot. Each device that a closed push did not reach is an absent read
of its own, over all the time from the push's request to the moment it was known to be closed.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from results.checker.evidence import Evidence
from results.checker.fact import facts_of
from results.checker.rule import Rule
from results.journal.record import (
    ABSENT,
    CONDEMNED,
    DEAD,
    GHOST,
    NO_RC,
    NO_REGISTER,
    NO_ROWS,
    NOBODY,
    RECORD,
    Call,
    Outcome,
)

_PUT_OFF: Final = (0, 429)  # a provider's answer to a delivery: none, or to come again; and any 5xx
_SERVER_ERROR: Final = 500
_TOUCHES: Final = (Call.SUBSCRIBE, Call.UNSUBSCRIBE)


def kept(records: NDArray[np.void]) -> NDArray[np.void]:
    """Those of the records that pushes are judged by, whatever register they are about."""
    call = records["call"]
    return _where(records, (call == Call.PUSH) | (call == Call.CLOSED) | (call == Call.DELIVERY))


def unanswered(records: NDArray[np.void]) -> NDArray[np.int64]:
    """When each API call that got no answer began, and was given up: shape (n, 2), monotonic ns."""
    lost = _where(records, (records["call"] < Call.READBACK) & (records["outcome"] == Outcome.INFO))
    return np.stack([lost["sent"], lost["done"]], axis=1)


def absences(records: NDArray[np.void], of_pushes: NDArray[np.void]) -> NDArray[np.void]:
    """Absent reads, as DELIVERY records: a closed push's person's registers that nothing of it was delivered for.

    All registers count that operations in `records` touched in the person's name; `of_pushes` is what is `kept` of the
    whole journal. A push proves no absence if it is not closed, if fewer tokens were seen at the gateways than the
    backend says it sent to, or if a token was seen that cannot be told apart from any of theirs: a ghost may be what
    became of the one that seems to be missing. Nor does it for a register whose token arrived in another one's place,
    which is told as that.
    """
    closed = _where(of_pushes, (of_pushes["call"] == Call.CLOSED) & (of_pushes["outcome"] == Outcome.OK))
    if not len(closed):
        return np.empty(0, RECORD)
    closed = closed[np.unique(_pushes(closed), return_index=True)[1]]
    seen = _where(of_pushes, (of_pushes["call"] == Call.DELIVERY) & (of_pushes["value"] != ABSENT))
    seen = seen[np.isin(_pushes(seen), _pushes(closed))]
    place = np.searchsorted(_pushes(closed), _pushes(seen))  # of each delivery's push among the closed ones
    told = np.ones(len(closed), np.bool_)
    told[place[seen["origin"] == NO_REGISTER]] = False
    told &= _tokens_seen(place, seen, len(closed)) >= closed["rows"]
    told &= closed["rows"] >= 0
    push, register = _touched(records, closed)
    missed = told[push] & ~_among(push, register, place, seen)
    return _as_records(closed[push[missed]], register[missed])


def _pushes(records: NDArray[np.void]) -> NDArray[np.void]:
    """What tells one push from another, as sortable bytes: person and moment."""
    keys = np.empty((len(records), 2), ">u8")
    keys[:, 0], keys[:, 1] = records["owner"], records["sent"]
    return keys.view("V16").ravel()


def _tokens_seen(place: NDArray[np.int64], seen: NDArray[np.void], pushes: int) -> NDArray[np.int64]:
    """How many tokens of each push reached the gateways, however often each did: shape (pushes,)."""
    order = np.lexsort((seen["value"], seen["origin"], place))
    push, origin, value = place[order], seen["origin"][order], seen["value"][order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (push[1:] != push[:-1]) | (origin[1:] != origin[:-1]) | (value[1:] != value[:-1])
    return np.bincount(push[first], minlength=pushes)


def _touched(records: NDArray[np.void], closed: NDArray[np.void]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Pairs of a closed push, by its place, and a register that its person touched."""
    mine = np.isin(records["call"], _TOUCHES) & np.isin(records["owner"], closed["owner"])
    pairs = np.unique(np.stack([records["owner"][mine].astype(np.uint64), records["register"][mine]], axis=1), axis=0)
    first = np.searchsorted(pairs[:, 0], closed["owner"])
    count = np.searchsorted(pairs[:, 0], closed["owner"], side="right") - first
    push = np.repeat(np.arange(len(closed)), count)
    within = np.arange(len(push)) - np.repeat(np.cumsum(count) - count, count)
    return push, pairs[first[push] + within, 1]


def _among(
    push: NDArray[np.int64], register: NDArray[np.uint64], place: NDArray[np.int64], seen: NDArray[np.void]
) -> NDArray[np.bool_]:
    """Which pairs of push and register have a delivery for the register, or one of its own token elsewhere."""
    reached = np.concatenate([_pairs(place, seen["register"]), _pairs(place, seen["origin"])])
    return np.isin(_pairs(push, register), reached)


def _pairs(push: NDArray[np.int64], register: NDArray[np.uint64]) -> NDArray[np.void]:
    keys = np.empty((len(push), 2), ">u8")
    keys[:, 0], keys[:, 1] = push, register
    return keys.view("V16").ravel()


def _as_records(closed: NDArray[np.void], register: NDArray[np.uint64]) -> NDArray[np.void]:
    found = np.zeros(len(closed), RECORD)
    found["call"], found["outcome"], found["value"] = Call.DELIVERY, Outcome.OK, ABSENT
    found["rows"], found["rc"] = NO_ROWS, NO_RC
    found["register"] = found["origin"] = register
    for name in ("owner", "sent", "done"):
        found[name] = closed[name]
    found["intended"] = closed["sent"]
    return found


def unclosed(records: NDArray[np.void]) -> dict[int, int]:
    """People with a push not known to be closed → until when (monotonic ns) it is known what it delivered.

    What a provider says of a token after that may cost the person a register, and no delivery tells of it.
    """
    pushes = _where(records, (records["call"] == Call.PUSH) & (records["outcome"] != Outcome.FAIL))
    known = {(owner, value): value for owner, value in pushes[["owner", "value"]].tolist()}
    ends = _where(records, records["call"] == Call.CLOSED)[["owner", "sent", "outcome", "done"]]
    for owner, sent, outcome, done in ends.tolist():
        if outcome == Outcome.OK:
            known.pop((owner, sent), None)
        else:
            known[owner, sent] = done
    moments: dict[int, int] = {}
    for (owner, _), until in known.items():
        moments[owner] = min(until, moments.get(owner, until))
    return moments


def ghosts(records: NDArray[np.void], *, fresh: bool) -> Iterator[Evidence]:
    """Tokens that a push delivered and that nobody can say whose they are, one piece of evidence for each person.

    The person's own are all minted here, so in a store made for this run (`fresh`) each is one that the backend made of
    them. In another store it may be anybody's who once registered under that name, unless it is visibly a part of a
    minted token, or one in another case, which only a backend makes.
    """
    strange = _where(records, (records["call"] == Call.DELIVERY) & (records["register"] == NO_REGISTER))
    ours = (strange["value"] < ABSENT) & (fresh | (strange["value"] != GHOST))
    strange = strange[ours]
    _, first = np.unique(strange["owner"], return_index=True)
    for fact in facts_of(strange[first].tolist()):
        yield Evidence(Rule.GHOST, NO_REGISTER, (fact,))


def chances(records: NDArray[np.void], lost: NDArray[np.int64]) -> dict[str, int]:
    """What a run's pushes gave a chance to show; `lost` are its `unanswered` calls."""
    ends = _where(records, records["call"] == Call.CLOSED)
    delivered = _where(records, (records["call"] == Call.DELIVERY) & (records["owner"] != NOBODY))
    known = np.concatenate([_pushes(delivered), _pushes(ends)])
    dead = np.isin(delivered["status"], DEAD) | (delivered["rc"] == CONDEMNED)
    return {
        "pushes": len(np.unique(known)),
        "closed_pushes": int(np.count_nonzero(ends["outcome"] == Outcome.OK)),
        "dead_tokens_pushed": int(np.count_nonzero(dead)),
        "pushes_during_faults": _during_faults(lost, ends, delivered),
    }


def _during_faults(lost: NDArray[np.int64], ends: NDArray[np.void], delivered: NDArray[np.void]) -> int:
    """Pushes at whose time some call got no answer, or of which a provider did not take a delivery, well or not."""
    begun = np.searchsorted(np.sort(lost[:, 0]), ends["done"], side="right")
    over = np.searchsorted(np.sort(lost[:, 1]), ends["sent"])
    put_off = np.isin(delivered["status"], _PUT_OFF) | (delivered["status"] >= _SERVER_ERROR)
    met = (begun > over) | np.isin(_pushes(ends), _pushes(delivered[put_off & (delivered["value"] != ABSENT)]))
    return len(np.unique(_pushes(ends[met])))


def _where(records: NDArray[np.void], condition: NDArray[np.bool_]) -> NDArray[np.void]:
    found: NDArray[np.void] = records[condition]
    return found
