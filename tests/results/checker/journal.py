"""Journals written by hand: one line an operation, times in seconds since the run began."""

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from results.checker.doubt import Doubt
from results.checker.judge import Store, judge
from results.checker.story import Names
from results.journal.record import ABSENT, NO_RC, NO_ROWS, NOBODY, RECORD, Call, Outcome
from results.judgement import Judgement

RUN = 5
BEGAN = 1_000_000_000_000
DEVICE = 42 << 24 | 1 << 8 | 1  # ios of the first installation of device 42
VOIP = DEVICE + 1
OTHER = 43 << 24 | 1 << 8 | 1
ANNE, BOB = 7, 8


def label(register: int) -> str:
    return f"{ {1: 'ios', 2: 'ios-voip'}[register & 255] }/dev-{register >> 24:04}"


def token(generation: int, run: int = RUN) -> int:
    return run << 20 | generation


@dataclass
class Journal:
    """Builds records; `run` is written into every token."""

    rows: list[tuple[int, ...]] = field(default_factory=list)

    def add(
        self,
        call: Call,
        sent: float,
        done: float,
        value: int = ABSENT,
        owner: int = ANNE,
        *,
        outcome: Outcome = Outcome.OK,
        register: int = DEVICE,
        origin: int | None = None,
        rows: int = NO_ROWS,
        status: int = 200,
        fault: int = 0,
        answered: float | None = None,
    ) -> "Journal":
        begin, end = BEGAN + round(sent * 1e9), BEGAN + round(done * 1e9)
        where = (register, value, register if origin is None else origin)
        intended = begin if answered is None else BEGAN + round(answered * 1e9)
        self.rows.append((call, outcome, fault, 0, status, rows, NO_RC, owner, *where, intended, begin, end))
        return self

    def subscribe(
        self,
        generation: int,
        sent: float,
        done: float,
        owner: int = ANNE,
        *,
        outcome: Outcome = Outcome.OK,
        run: int = RUN,
        status: int = 200,
        fault: int = 0,
        register: int = DEVICE,
    ) -> "Journal":
        kind = {"outcome": outcome, "status": status, "fault": fault, "register": register}
        return self.add(Call.SUBSCRIBE, sent, done, token(generation, run), owner, **kind)  # type: ignore[arg-type]

    def unsubscribe(
        self,
        sent: float,
        done: float,
        owner: int = ANNE,
        *,
        outcome: Outcome = Outcome.OK,
        rows: int = NO_ROWS,
        status: int = 200,
    ) -> "Journal":
        return self.add(Call.UNSUBSCRIBE, sent, done, ABSENT, owner, outcome=outcome, rows=rows, status=status)

    def read_back(
        self,
        generation: int | None,
        sent: float,
        owner: int = NOBODY,
        *,
        run: int = RUN,
        origin: int | None = None,
        register: int = DEVICE,
    ) -> "Journal":
        value = ABSENT if generation is None else token(generation, run) if generation > 0 else generation
        return self.add(Call.READBACK, sent, sent + 0.5, value, owner, origin=origin, register=register)

    def push(
        self,
        generation: int | None,
        sent: float,
        done: float,
        owner: int = ANNE,
        *,
        origin: int | None = None,
        register: int = DEVICE,
        status: int = 200,
        answered: float | None = None,
    ) -> "Journal":
        """A push begun at `sent` reached the gateway at `done`; None: it is known not to have reached the register."""
        value = ABSENT if generation is None else token(generation) if generation > 0 else generation
        kind = {
            "origin": origin,
            "register": register,
            "status": status,
            "answered": done if answered is None else answered,
        }
        return self.add(Call.DELIVERY, sent, done, value, owner, **kind)  # type: ignore[arg-type]

    def pushed(self, sent: float, owner: int = ANNE, *, outcome: Outcome = Outcome.OK, **kind: int) -> "Journal":
        """The call of a push."""
        begin = BEGAN + round(sent * 1e9)
        return self.add(Call.PUSH, sent, sent + 0.01, begin, owner, outcome=outcome, register=0, **kind)

    def closed(
        self, sent: float, done: float, tokens: int, owner: int = ANNE, *, outcome: Outcome = Outcome.OK
    ) -> "Journal":
        """A push begun at `sent` is known at `done` to have been sent to so many tokens, or at INFO not to be over."""
        return self.add(Call.CLOSED, sent, done, ABSENT, owner, outcome=outcome, rows=tokens, status=0, register=0)

    def records(self) -> NDArray[np.void]:
        return np.array(self.rows, RECORD)

    def judged(
        self,
        *,
        dead: bool = False,
        pending: bool = False,
        read_back: bool = True,
        fresh: bool = True,
        require: Collection[str] = (),
    ) -> Judgement:
        def all_of_them(registers: NDArray[np.uint64]) -> NDArray[np.bool_]:
            return np.ones(len(registers), np.bool_)

        return judge(
            self.records(),
            RUN,
            began=BEGAN,
            label=label,
            dead=all_of_them if dead else None,
            pending=all_of_them if pending else None,
            store=Store(read_back=read_back, fresh=fresh),
            names=Names(
                fault={64: "200 without a body", 65: "The answer is no JSON."}.__getitem__,
                device_id=lambda register: label(register).split("/", 1)[1],
            ),
        ).requiring(require)


def shown(judgement: Judgement) -> dict[str, int]:
    """The anomalies that were found, and nothing else."""
    return {name: count for name, count in judgement.anomalies.items() if count}


def unknown_for(judged: Judgement, doubt: Doubt) -> bool:
    assert (shown(judged), judged.verdict, judged.unknown) == ({}, "unknown", 1)
    return judged.reasons == [f"1 of {judged.total} registers cannot be judged: {doubt}."]


def texts(judgement: Judgement) -> list[str]:
    return [example.text for example in judgement.examples]
