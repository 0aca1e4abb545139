"""Scenarios that need more of the world than a person's own calls: lived against the correct backend, and no alarm."""

from pathlib import Path

import pytest

from tests.end_to_end.commands import pushfleet

PUSH = ("--readback", "push?share=1")


@pytest.mark.parametrize(
    ("scenario", "options", "exercised"),
    [
        ("backend_registration", (), "lost_update"),
        ("chat_message", (), "missing_device"),
        ("chat_message", PUSH, "cross_user_leak"),
        ("dormant_return", PUSH, "missing_device"),
        ("android_migration", PUSH, "wrong_type_delivery"),
        ("restore_backup", PUSH, "stale_push"),
    ],
)
def test_it_is_lived_and_judged(scenario: str, options: tuple[str, ...], exercised: str, tmp_path: Path) -> None:
    load = ("--devices", 120, "--rate", 60, "--run-time", "4s", "--seed", 3, "--require", exercised)
    done = pushfleet("run", *load, "--scenario", scenario, *options, "--json", cwd=tmp_path)
    assert (done.code, done.anomalies) == (0, set()), done.err
    assert done.summary["operations"]["by_kind"]["subscribe"]["ok"] > 100
    if scenario == "chat_message":
        assert done.summary["operations"]["by_kind"]["push"]["ok"] > 100
