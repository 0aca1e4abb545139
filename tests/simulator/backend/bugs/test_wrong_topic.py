import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator.backend import BUGS
from simulator.backend.push import Pipeline, Providers
from simulator.backend.push.outcome import DELIVERED, REFUSED, Outcome
from simulator.backend.pusher import Payload, Subscription
from simulator.gateways.delivery import Topic
from simulator.gateways.journal import read_deliveries
from simulator.gateways.process import Gateways
from simulator.tokens import Provenance, PushType, mint

TOKEN = mint(Provenance(1, 1, 7, 0, PushType.IOS_VOIP, 1))


@pytest.fixture
def gateways(tmp_path: Path) -> Iterator[Gateways]:
    with Gateways.start(tmp_path / "gateways") as running:
        yield running


@pytest.mark.parametrize(
    ("pipeline", "topic", "outcome"),
    [(Pipeline, Topic.VOIP, DELIVERED), (BUGS["wrong-topic"].push, Topic.ALERT, REFUSED)],
)
def test_a_voip_token_is_pushed_on_the_topic_of_alerts(
    pipeline: type[Pipeline], topic: Topic, outcome: Outcome, gateways: Gateways
) -> None:
    async def run() -> Outcome:
        sender = pipeline.apns(Providers.read(gateways.file))
        try:
            return await sender.send(Subscription("ios-voip", "d", "ann", TOKEN, 0), Payload(alert="Hello"))
        finally:
            await sender.close()

    assert asyncio.run(run()) == outcome
    gateways.stop()
    found: np.void = read_deliveries(Path(gateways.ready["journal"]))[-1]
    assert (int(found["topic"]), int(found["origin"])) == (topic, 7 << 24 | PushType.IOS_VOIP)
