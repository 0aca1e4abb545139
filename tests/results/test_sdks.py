"""What the apps of each SDK did, as their workers counted it."""

from results.sdks import SdkUse
from tests.results.recorded import load, run

TOLD = {
    "flutter": {"lives": 6, "calls": 9, "again": 1, "silent": 2},
    "none": {"lives": 2, "calls": 3, "again": 0, "silent": 0},
}


def test_shares_are_of_all_lives() -> None:
    assert SdkUse.of(run(load=load(sdks=TOLD))) == {
        "flutter": SdkUse(lives=6, share=0.75, calls=9, again=1, silent=2),
        "none": SdkUse(lives=2, share=0.25, calls=3, again=0, silent=0),
    }


def test_a_run_without_sdks_and_one_that_was_killed_tell_of_none() -> None:
    assert SdkUse.of(run(load=load())) == SdkUse.of(run(load=None)) == {}
