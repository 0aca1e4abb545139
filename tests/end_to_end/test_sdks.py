"""Apps that call by IMKIT's SDKs: a right backend passes, FCM tokens of iPhones are pushed to and judged as any."""

from pathlib import Path

import orjson
import pytest

from results.journal import load
from results.journal.record import Call
from simulator.fleet import Fleet, Platform
from simulator.tokens import PushType
from tests.end_to_end.commands import pushfleet

LOAD = ("--devices", 300, "--rate", 50, "--run-time", "4s", "--seed", 11, "--run-id", "one", "--json")


def test_a_right_backend_passes_by_the_sdks_of_the_field_and_pushes_reach_iphones_by_fcm(tmp_path: Path) -> None:
    result = pushfleet(
        "run", *LOAD, "--sdk", "field", "--mix", "adversarial", "--readback", "push?share=1", cwd=tmp_path
    )
    assert (result.summary["correctness"]["verdict"], result.anomalies) == ("pass", set()), result.err
    folder = tmp_path / "results" / "runs" / "one"
    summary = result.summary
    assert summary["run"]["sdk"] == orjson.loads((folder / "run.json").read_bytes())["options"]["sdk"] == "field"
    assert set(summary["sdks"]) == {"none", "flutter", "ios", "ios_apns", "vue", "old_web"}
    assert sum(use["share"] for use in summary["sdks"].values()) == pytest.approx(1)
    lives, rate = sum(use["lives"] for use in summary["sdks"].values()), summary["throughput"]
    assert lives == rate["arrivals"] - rate["not_sent"]
    assert "## SDKs" in (folder / "summary.md").read_text()
    fleet = Fleet.open(folder / "fleet", writable=False)
    records = load(folder, "one").records
    reached = records[(records["call"] == Call.DELIVERY) & (records["register"] > 0)]["register"].tolist()
    kinds = {(fleet.platform(each >> 24), PushType(each & 0xFF)) for each in reached}
    assert {(Platform.IOS, PushType.FCM), (Platform.ANDROID, PushType.FCM), (Platform.BROWSER, PushType.FCM)} <= kinds
    assert (Platform.BROWSER, PushType.WEB) not in kinds


def test_a_fleet_made_by_another_sdk_is_refused(tmp_path: Path) -> None:
    made = pushfleet("fleet", "create", "fleet", "--devices", 50, "--seed", 7, "--sdk", "field", cwd=tmp_path)
    assert (made.code, made.out) == (0, "fleet: 50 devices of 36 people, seed 7, SDK field\n")
    refused = pushfleet("run", "--fleet", "fleet", cwd=tmp_path)
    assert (refused.code, refused.out) == (64, "")
    assert "was made with --sdk field, not none, and its devices have other types: give --sdk field" in refused.err
