"""What all planted bugs have in common; each has a file of its own beside this one."""

import re
from pathlib import Path

import pytest

from simulator.backend import BUGS
from simulator.backend.bug import Bug, Share
from simulator.backend.bugs import __path__ as folder


def test_every_file_is_a_bug_of_its_own_name_with_a_test_of_its_own() -> None:
    files = {path.stem for place in folder for path in Path(place).glob("[!_]*.py")}
    assert files == {name.replace("-", "_") for name in BUGS}
    tested = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")} - {"bugs"}
    assert tested == files


@pytest.mark.parametrize("bug", BUGS.values(), ids=list(BUGS))
def test_a_bug_describes_itself_in_one_sentence(bug: Bug) -> None:
    assert re.fullmatch(r"[A-Z][^.]+\.", bug.description)


def test_a_share_hits_the_same_calls_in_every_run_and_about_as_many_as_it_says() -> None:
    first, second = Share("a bug", 0.03), Share("a bug", 0.03)
    hits = [first.hit() for _ in range(10_000)]
    assert hits == [second.hit() for _ in range(10_000)]
    assert 250 < sum(hits) < 350
    other = Share("another", 0.03)
    assert hits != [other.hit() for _ in range(10_000)]
