"""Small runs, written out: journals of a few records, the run and the judgement around them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from results.journal.record import ABSENT, NO_RC, NO_ROWS, RECORD, Call, Cause, Outcome
from results.judgement import Example, Judgement
from results.run import Load, Names, Run
from results.verdict import Verdict

MS = 1_000_000
S = 1_000_000_000
BEGAN = 1_000 * S
IOS, FCM = 1, 4

ANOMALIES = ("contract_breach", "lost_update", "stale_push", "zombie_write")


def record(call: Call, outcome: Outcome = Outcome.OK, **fields: int) -> NDArray[np.void]:
    """One record; the times among `fields` are milliseconds since the load began."""
    row = np.zeros(1, RECORD)
    row["call"], row["outcome"], row["rc"], row["rows"] = call, outcome, NO_RC, NO_ROWS
    for name, value in fields.items():
        row[name] = BEGAN + value * MS if name in ("intended", "sent", "done") else value
    return row


def operation(
    due: int, sent: int, done: int, outcome: Outcome = Outcome.OK, *, call: Call = Call.SUBSCRIBE, **fields: int
) -> NDArray[np.void]:
    """A call, by default an answered subscribe of an ios register."""
    fields = {"status": 200, "register": IOS, **fields}
    return record(call, outcome, intended=due, sent=sent, done=done, **fields)


def operations(*response_ms: int, **fields: Any) -> NDArray[np.void]:  # noqa: ANN401 - as the class takes them
    """Subscribes due at 0 and sent at once, answered after so many milliseconds."""
    return journal(*(operation(0, 0, took, **fields) for took in response_ms))


def stall(begin: int, end: int, cause: Cause = Cause.LATE) -> NDArray[np.void]:
    return record(Call.STALL, intended=begin, sent=begin, done=end, fault=cause, value=ABSENT)


def taken(begin: int, end: int, ms: int, cause: Cause = Cause.STOLEN) -> NDArray[np.void]:
    """Others had the CPU for so many milliseconds between the two moments."""
    return record(Call.STALL, intended=begin, sent=begin, done=end, fault=cause, value=ms * MS)


def arrival(due: int) -> NDArray[np.void]:
    return record(Call.ARRIVAL, Outcome.NOT_SENT, intended=due, sent=due, done=due)


def delivery(sent: int, register: int, value: int) -> NDArray[np.void]:
    return record(Call.DELIVERY, sent=sent, done=sent + 5, register=register, value=value)


def journal(*records: NDArray[np.void]) -> NDArray[np.void]:
    return np.concatenate([np.zeros(0, RECORD), *records])


def load(seconds: float = 1.0, **fields: Any) -> Load:  # noqa: ANN401 - as the class takes them
    said = {"offered": 0, "workers": 2, "workers_lost": 0, "cpu_percent": 40.0, **fields}
    return Load(began=BEGAN, ended=BEGAN + round(seconds * S), **said)


def run(**fields: Any) -> Run:  # noqa: ANN401 - as the class takes them
    said: dict[str, Any] = {
        "id": "run-1",
        "started": "2026-11-24T09:30:12Z",
        "began": BEGAN,
        "target": "http://127.0.0.1:8080",
        "embedded": True,
        "fleet": "fleet",
        "fleet_number": 3,
        "run_number": 2,
        "devices": 40,
        "seed": 5,
        "model": "open",
        "names": Names({IOS: "ios", FCM: "fcm"}, ["first-start"], {1: "timeout", 2: "server_error"}),
        "versions": {"pushfleet": "0.1.0"},
        "load": load(),
    }
    return Run(**{**said, **fields})


def judged(**fields: Any) -> Judgement:  # noqa: ANN401 - as the class takes them
    """A judgement; by default all is well."""
    said: dict[str, Any] = {"verdict": Verdict.PASS, "total": 10, "judged": 10, "unknown": 0}
    said["anomalies"] = {**dict.fromkeys(ANOMALIES, 0), **fields.pop("found", {})}
    said["coverage"] = {"overlapping_posts": 4}
    return Judgement(**{**said, **fields})


def violated(text: str = "LOST UPDATE ios/dev-1. Token g2 was acknowledged.") -> Judgement:
    return judged(
        verdict=Verdict.VIOLATED,
        found={"lost_update": 2, "stale_push": 1},
        examples=[Example("lost_update", "ios/dev-1", text)],
        not_exercised=["zombie_write"],
        reasons=["2 registers hold an older token."],
    )
