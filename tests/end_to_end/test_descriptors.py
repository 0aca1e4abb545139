"""A process that may open too few files for its people: their calls fail, and the run still comes to its end."""

from pathlib import Path

from tests.calibrated.process import calibrated
from tests.end_to_end.commands import PUSHFLEET, pushfleet

FILES = 160


def test_a_run_that_is_short_of_descriptors_says_so_and_is_judged(tmp_path: Path) -> None:
    with calibrated("stalls") as url:  # a second in ten, in which three hundred people come
        done = pushfleet(
            *("-c", f'ulimit -n {FILES} && exec "$@"', "sh", *PUSHFLEET, "run", "--host", url),
            *("--client-key", "k", "--api-key", "k", "--scenario", "app_launch", "--run-id", "one", "--json"),
            *("--devices", 2000, "--seed", 3, "--rate", 300, "--run-time", "11s"),
            cwd=tmp_path,
            command=["sh"],
        )
    assert "Traceback" not in done.err
    assert done.summary["operations"]["ok"] > 1000
    assert done.summary["operations"]["faults"].keys() >= {"no_socket"}
    (errors,) = (gate for gate in done.summary["gates"] if gate["gate"].startswith("errors"))
    assert (errors["verdict"], done.code) == ("unknown", 2)
    assert "ulimit -n" in " ".join(done.summary["reasons"])
