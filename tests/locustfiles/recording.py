"""Operations recorded, at first with nobody but the tally to hear of them, then with a listener more; prints what came.

A process of its own, for importing Locust patches what the tests' process has long imported.
"""

import json
import sys
from types import SimpleNamespace
from typing import Any

from locust.env import Environment

from locustfiles._recorder import Recorder
from locustfiles._tally import Tally
from simulator.client import Answer, Fault, Outcome
from simulator.phones import Kind, Operation
from simulator.tokens import PushType

EACH = 50
REGISTER = 7 << 24 | 1 << 8 | PushType.FCM


def main() -> None:
    """Record as many operations before somebody else listens as after that, and one more when nobody does again."""
    environment = Environment()
    environment.create_local_runner()
    tally = Tally.of(environment)
    kept: list[Any] = []
    journal: Any = SimpleNamespace(append=None, add=kept.append)
    recorder, heard = Recorder(journal, environment, tally.listener), list[dict[str, Any]]()

    def listen(**said: Any) -> None:  # noqa: ANN401 - a listener's
        heard.append({**said, "exception": repr(said["exception"])})

    fire: Any = environment.events.request.fire
    fired: list[int] = []

    def count(**said: Any) -> None:  # noqa: ANN401 - an event's
        fired.append(len(heard))
        fire(**said)

    recorder._fire = count
    _record(recorder, EACH)
    environment.events.request.add_listener(listen)
    _record(recorder, EACH)
    environment.events.request.remove_listener(listen)
    _record(recorder, 1)
    tally.add()
    stats = environment.stats
    said = {
        "requests": stats.num_requests,
        "failures": stats.num_failures,
        "times": sorted(stats.total.response_times.items()),
        "heard": len(heard),
        "fired": len(fired),
        "first": heard[0],
        "kept": len(kept),
    }
    sys.stdout.write(json.dumps(said))


def _record(recorder: Recorder, number: int) -> None:
    for place in range(number):
        outcome, fault = (Outcome.INFO, Fault.TIMEOUT) if place % 10 == 3 else (Outcome.OK, Fault.NONE)
        answer = Answer(outcome, fault, 200, 0, -1, 2_000_000, 5_000_000)
        recorder.operation(Operation(Kind.SUBSCRIBE, PushType.FCM, 0, 3, REGISTER, 1 << 20 | 1, 1_000_000, answer))


if __name__ == "__main__":
    main()
