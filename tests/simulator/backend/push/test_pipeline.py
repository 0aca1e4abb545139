"""What the pipeline does with a provider's answers; the providers are played."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from simulator.backend.database import DatabaseError
from simulator.backend.push.log import PushLog, Tally
from simulator.backend.push.outcome import BUSY, DEAD, DELIVERED, REFUSED, Fate, Outcome
from simulator.backend.push.pipeline import Pipeline
from simulator.backend.pusher import Payload, Subscription
from simulator.backend.reply import Refused
from simulator.backend.sqlite import Durability, SqliteDatabase
from simulator.backend.store import Store

Row = tuple[str, str, str, str]


class Played:
    """A provider that answers as it is told, and remembers what it was sent."""

    def __init__(self, *answers: Outcome) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str]] = []
        self.before: Callable[[], Awaitable[object]] | None = None

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        self.sent.append((subscription.type, subscription.token))
        assert payload == Payload(alert="Hello")
        if self.before is not None:
            await self.before()
        return self.answers.pop(0) if self.answers else DELIVERED

    async def close(self) -> None: ...


class Unguarded(Store):
    """The guard taken out: a verdict on any token removes the device's row."""

    async def prune(self, subscription: Subscription, dead_since: int | None) -> int:  # noqa: ARG002 - that is the fault
        return await self.unsubscribe(subscription.client_id, subscription.type, subscription.device_id)


def play(
    path: Path,
    provider: Played,
    rows: Sequence[Row],
    scene: Callable[[Pipeline, Store], Awaitable[object]],
    *,
    store_of: type[Store] = Store,
    most_waiting: int = 100,
    google: Played | None = None,
) -> list[Row]:
    """What the store holds after a scene with these subscriptions; `google` takes those of its own types."""

    async def run() -> list[Row]:
        store = store_of(SqliteDatabase(path / "b.sqlite", Durability.KILL), clock=lambda: 1000.0)
        await store.prepare()
        for kind, device, owner, token in rows:
            await store.subscribe(owner, kind, device, token)
        others = dict.fromkeys(("fcm", "android"), google or provider)
        senders = {**dict.fromkeys(("ios", "ios-voip", "web"), provider), **others}
        pipeline = Pipeline(store, senders, most_waiting=most_waiting, jitter=random.Random(1))
        await pipeline.prepare()
        await scene(pipeline, store)
        await asyncio.wait_for(pipeline.close(), 20)
        left = await store.database.query('SELECT "type", "deviceId", "clientId", "token" FROM subscriptions')
        await store.database.close()
        return [(str(a), str(b), str(c), str(d)) for a, b, c, d in left]

    return asyncio.run(run())


async def closed(pipeline: Pipeline, number: int) -> dict[str, object]:
    while True:
        entry = await pipeline.entry(number)
        assert entry is not None
        if entry["closed"]:
            return {name: value for name, value in entry.items() if name not in ("_id", "closed")}
        await asyncio.sleep(0.01)


async def push(pipeline: Pipeline, *clients: str) -> dict[str, object]:
    return await asyncio.wait_for(closed(pipeline, await pipeline.push(clients, Payload(alert="Hello"))), 20)


ANN: Row = ("ios", "d", "ann", "t1")


def test_each_device_gets_a_push_once_and_the_push_is_closed(tmp_path: Path) -> None:
    provider, entries = Played(), []
    rows: list[Row] = [ANN, ("ios-voip", "d", "ann", "v"), ("fcm", "e", "ann", "f"), ("fcm", "x", "bob", "b")]

    async def scene(pipeline: Pipeline, _: Store) -> None:
        entries.append(await push(pipeline, "ann", "ann"))

    assert sorted(play(tmp_path, provider, rows, scene)) == sorted(rows)
    assert sorted(provider.sent) == [("fcm", "f"), ("ios", "t1"), ("ios-voip", "v")]
    assert entries == [{"selected": 3, "attempted": 3, "delivered": 3, "failed": 0, "pruned": 0}]


@pytest.mark.parametrize(("store_of", "left"), [(Store, [("ios", "d", "ann", "t2")]), (Unguarded, [])])
def test_a_late_verdict_on_an_old_token_leaves_the_new_one(
    store_of: type[Store], left: list[Row], tmp_path: Path
) -> None:
    provider = Played(DEAD)

    async def scene(pipeline: Pipeline, store: Store) -> None:
        provider.before = lambda: store.subscribe("ann", "ios", "d", "t2")  # the phone registers before the answer
        await push(pipeline, "ann")

    assert play(tmp_path, provider, [ANN], scene, store_of=store_of) == left


@pytest.mark.parametrize(("dead_since", "left"), [(1_000_000, [ANN]), (1_000_001, []), (None, [])])
def test_a_verdict_no_later_than_the_registration_is_ignored(
    dead_since: int | None, left: list[Row], tmp_path: Path
) -> None:
    provider = Played(Outcome(Fate.DEAD, dead_since=dead_since))
    assert play(tmp_path, provider, [ANN], lambda pipeline, _: push(pipeline, "ann")) == left


def test_a_refusal_that_is_not_about_the_token_keeps_it(tmp_path: Path) -> None:
    assert play(tmp_path, Played(REFUSED), [ANN], lambda pipeline, _: push(pipeline, "ann")) == [ANN]


def test_a_busy_provider_is_tried_again_and_then_given_up(tmp_path: Path) -> None:
    provider, entries = Played(BUSY, Outcome(Fate.BUSY, retry_after=0.0)), []

    async def scene(pipeline: Pipeline, _: Store) -> None:
        entries.append(await push(pipeline, "ann"))
        provider.answers = [BUSY] * 5
        entries.append(await push(pipeline, "ann"))

    play(tmp_path, provider, [ANN], scene)
    assert [(entry["delivered"], entry["failed"]) for entry in entries] == [(1, 0), (0, 1)]
    assert len(provider.sent) == 3 + 5


def test_who_asks_for_too_long_a_wait_is_not_waited_for(tmp_path: Path) -> None:
    provider = Played(Outcome(Fate.BUSY, retry_after=3600.0))
    play(tmp_path, provider, [ANN], lambda pipeline, _: push(pipeline, "ann"))
    assert len(provider.sent) == 1


def test_a_push_without_room_in_the_queue_is_refused_whole(tmp_path: Path) -> None:
    provider = Played()
    rows: list[Row] = [ANN, ("fcm", "e", "ann", "f")]

    async def scene(pipeline: Pipeline, _: Store) -> None:
        with pytest.raises(Refused) as refused:
            await push(pipeline, "ann")
        assert refused.value.reply.status == 503

    play(tmp_path, provider, rows, scene, most_waiting=1)
    assert provider.sent == []


class Silent(Played):
    """A provider that never answers."""

    async def send(self, subscription: Subscription, payload: Payload) -> Outcome:
        outcome = await super().send(subscription, payload)
        await asyncio.Event().wait()
        return outcome


def test_a_provider_that_does_not_answer_holds_up_no_other(tmp_path: Path) -> None:
    apple, google, answers, reached = Played(), Played(), asyncio.Event(), asyncio.Event()
    apple.before = answers.wait
    rows: list[Row] = [*(("ios", f"d{number}", "ann", f"t{number}") for number in range(99)), ("fcm", "e", "ann", "f")]

    async def reach() -> None:
        reached.set()

    async def scene(pipeline: Pipeline, _: Store) -> None:
        google.before = reach
        number = await pipeline.push(["ann"], Payload(alert="Hello"))
        await asyncio.wait_for(reached.wait(), 20)
        assert (await push(pipeline, "bob"))["delivered"] == 1
        assert len(apple.sent) < 99
        answers.set()
        assert (await asyncio.wait_for(closed(pipeline, number), 20))["delivered"] == 100

    play(tmp_path, apple, [*rows, ("fcm", "b", "bob", "g")], scene, google=google, most_waiting=101)
    assert google.sent == [("fcm", "f"), ("fcm", "g")]


def test_a_provider_that_never_answers_does_not_hold_up_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.backend.push.pipeline._CLOSING_SECONDS", 0.01)
    provider = Silent()
    rows: list[Row] = [("ios", f"d{number}", "ann", f"t{number}") for number in range(99)]
    play(tmp_path, provider, rows, lambda pipeline, _: pipeline.push(["ann"], Payload(alert="Hello")))
    assert 0 < len(provider.sent) < 99


def test_a_push_whose_provider_never_answers_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.backend.push.pipeline._ATTEMPT_SECONDS", 0.01)
    entries = []

    async def scene(pipeline: Pipeline, _: Store) -> None:
        entries.append(await push(pipeline, "ann"))

    play(tmp_path, Silent(), [ANN], scene)
    assert entries == [{"selected": 1, "attempted": 1, "delivered": 0, "failed": 1, "pruned": 0}]


def test_a_push_is_closed_when_its_database_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    close, left = PushLog.close, [3]

    async def away(self: PushLog, tally: Tally) -> None:
        if left[0]:
            left[0] -= 1
            raise DatabaseError("it is away")
        await close(self, tally)

    monkeypatch.setattr(PushLog, "close", away)
    entries = []

    async def scene(pipeline: Pipeline, _: Store) -> None:
        entries.append(await push(pipeline, "ann"))

    play(tmp_path, Played(), [ANN], scene)
    assert entries == [{"selected": 1, "attempted": 1, "delivered": 1, "failed": 0, "pruned": 0}]


def test_a_type_that_no_provider_serves_is_not_pushed_to(tmp_path: Path) -> None:
    provider, entries = Played(), []

    async def scene(pipeline: Pipeline, _: Store) -> None:
        entries.append(await push(pipeline, "ann"))

    play(tmp_path, provider, [ANN, ("pigeon", "p", "ann", "coo")], scene)
    assert (provider.sent, entries[0]["selected"]) == ([("ios", "t1")], 1)
