"""A network's time is neither the server's nor the generator's."""

from pathlib import Path

import pytest

from locustfiles._assignment import Assignment
from locustfiles._roaming import Roaming
from simulator.client import Answer, Fault, HttpTransport, Outcome
from simulator.networks import Carried
from simulator.phones import Kind, Operation
from simulator.tokens import PushType
from tests.stage import Stage

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def roaming(stage: Stage, tmp_path: Path) -> Roaming:
    assignment = Assignment("run", str(tmp_path), "fleet", 1, 1, NOBODY, "t", "k", network="airplane")
    return Roaming(assignment, stage.world, HttpTransport(NOBODY))


def due(answer: Answer) -> Operation:
    return Operation(Kind.SUBSCRIBE, PushType.IOS, 0, 1, 1, 1, 1_000, answer)


def test_a_call_is_due_at_the_server_when_its_network_lets_it_go(roaming: Roaming, stage: Stage) -> None:
    held_up = Carried(Outcome.OK, Fault.NONE, 200, 0, -1, 6_010, 7_000)
    held_up.up = 5_000
    plain = Answer(Outcome.INFO, Fault.INTERRUPTED, 0, -1, -1, 1_010, 7_000)
    for answer in (held_up, plain):
        roaming.world.observe(due(answer))
    assert [(seen.intended, seen.answer.sent - seen.intended) for seen in stage.observed] == [(6_000, 10), (1_000, 10)]


def test_in_airplane_mode_an_operation_fails_at_once_and_its_token_may_be_written_again(
    roaming: Roaming, stage: Stage
) -> None:
    phone = roaming.phone(0, scenario=0, due=1_000)
    phone.launch()
    answer = phone.subscribe()
    assert answer[:3] == (Outcome.FAIL, Fault.NETWORK, 0)
    assert [(seen.intended, seen.answer) for seen in stage.observed] == [(1_000, answer)]
    assert roaming.said() == {
        "airplane": {"calls": 1, "lost": 1, "cut": 0, "unanswered": 0, "hand_overs": 0, "carried": 0, "waited_ns": 0}
    }
    again = stage.phone(0).subscribe()
    assert (again.outcome, stage.observed[1].value) == (Outcome.OK, stage.observed[0].value)
