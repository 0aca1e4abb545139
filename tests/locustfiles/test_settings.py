"""A run's options are checked whole before anything starts: what reads back by pushing, and the run's own system."""

from pathlib import Path
from typing import Any

import pytest

from locustfiles._backend_faults import Every
from locustfiles._own_system import OwnSystem
from locustfiles._push_readback import PushReadback
from locustfiles._settings import Settings
from scenarios.mixes import read_mix
from simulator.errors import UsageError

HOST = {"host": "http://127.0.0.1:9", "client_key": "ck", "api_key": "ak"}
GATEWAYS = "push?gateways=http://127.0.0.1:5005"


def parsed(folder: Path, **options: Any) -> Settings:  # noqa: ANN401 - as typed
    return Settings.parse({"results": str(folder / "runs"), **options})


def refused(folder: Path, **options: Any) -> list[str]:  # noqa: ANN401 - as typed
    with pytest.raises(UsageError) as error:
        parsed(folder, **options)
    return str(error.value).splitlines()


def test_pushing_is_off_unless_asked_for(tmp_path: Path) -> None:
    settings = parsed(tmp_path)
    assert (settings.push, settings.own) == (None, OwnSystem())
    assert settings.mix is not None
    assert (settings.mix.name, settings.weights) == ("everyday", settings.mix.weights)


def test_single_scenarios_are_lived_alone_or_on_top_of_a_mix(tmp_path: Path) -> None:
    alone = parsed(tmp_path, scenario=["app_launch=3", "token_rotation=0.5"])
    assert (alone.mix, alone.weights) == (None, {"app_launch": 3.0, "token_rotation": 0.5})
    on_top = parsed(tmp_path, mix="morning", scenario=["app_launch=3", "phone_switch=2"])
    assert on_top.weights == {**read_mix("morning").weights, "app_launch": 3.0, "phone_switch": 2.0}
    assert on_top.again["mix"] == "morning"
    named = parsed(tmp_path, mix="morning", scenario=["double_post", "phone_switch"])
    assert named.weights == {**read_mix("morning").weights, "phone_switch": 1.0}


def test_a_mix_may_ask_for_pushes_where_there_are_gateways_to_see_them(tmp_path: Path) -> None:
    settings = parsed(tmp_path, mix="adversarial")
    assert (settings.push, "push_arrives" in settings.weights) == (PushReadback(0.2), True)
    settings = parsed(tmp_path, mix="adversarial", readback=["push?share=0.7"])
    assert (settings.push, "push_arrives" in settings.weights) == (PushReadback(0.7), True)
    settings = parsed(tmp_path, **HOST, mix="adversarial")
    assert (settings.push, "push_arrives" in settings.weights) == (None, False)


def test_a_mix_that_only_pushes_needs_gateways(tmp_path: Path) -> None:
    (tmp_path / "pushes.toml").write_text("[scenarios]\npush_arrives = {weight = 1}\n")
    lines = refused(tmp_path, mix=f"{tmp_path}/pushes.toml")
    assert lines == [
        f"--mix {tmp_path}/pushes.toml only pushes, and this run has no gateways to see it: add --readback push."
    ]


@pytest.mark.parametrize(
    ("spec", "share", "again"),
    [
        ("push", 0.05, "push?share=0.05"),
        ("push?share=0.5", 0.5, "push?share=0.5"),
        ("push?share=1", 1.0, "push?share=1"),
        ("push?share=0", 0.0, "push?share=0"),
        ("push?share=20%", 0.2, "push?share=0.2"),
    ],
)
def test_a_share_of_the_people_is_pushed_to(tmp_path: Path, spec: str, share: float, again: str) -> None:
    push = parsed(tmp_path, readback=[spec]).push
    assert (push, str(push)) == (PushReadback(share, None), again)


def test_a_store_and_pushes_can_both_be_read(tmp_path: Path) -> None:
    settings = parsed(tmp_path, **HOST, readback=["sqlite:im.sqlite", GATEWAYS + "&share=0.1"])
    assert settings.push == PushReadback(0.1, "http://127.0.0.1:5005")
    assert settings.readback == settings.specs == ("sqlite:im.sqlite",)
    assert settings.again["readback"] == ["sqlite:im.sqlite", GATEWAYS + "&share=0.1"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"readback": ["push?share=2"]}, "--readback push?share=2 is no share of the people: give 0 to 1"),
        ({"readback": ["push?share=-0.1"]}, "is no share of the people"),
        ({"readback": ["push?share=nan"]}, "is no share of the people"),
        ({"readback": ["push?share="]}, "is no share of the people"),
        ({"readback": ["push?rate=3"]}, "--readback push takes share and gateways, not 'rate'"),
        ({"readback": ["push", "push?share=1"]}, "--readback push was given 2 times"),
        ({"readback": [GATEWAYS]}, "no --host was given"),
        ({**HOST, "readback": ["push"]}, "--readback push needs to know who sees the pushes of --host"),
        ({**HOST, "readback": ["push?gateways=ftp://127.0.0.1"]}, "is no URL of gateways"),
        ({**HOST, "readback": ["push?gateways=http://10.0.0.9:5005"]}, "is not on this machine"),
        ({"scenario": ["push_arrives"]}, "--scenario push_arrives pushes and waits for what that reaches"),
        ({"scenario": ["push_arrives=2"], **HOST}, "add --readback push"),
        ({"store": "mysql://me@db/im"}, "--store mysql:// names no database"),
        ({"store": "nowhere/at/all.sqlite"}, "there is no folder"),
        ({"store": "im.sqlite", **HOST}, "leave out --host, or --store"),
        ({"backend_processes": "0"}, "--backend-processes 0 is not a whole number from 1 to 64"),
        ({"backend_processes": "many"}, "--backend-processes many is not a whole number"),
        ({"backend_processes": "2", **HOST}, "leave out --host, or --backend-processes"),
        ({"backend_fault": ["kill=2s"], **HOST}, "leave out --host, or --backend-fault"),
        ({"backend_fault": ["drown=2s"]}, "--backend-fault drown=2s is unknown: choose from kill, restart"),
        ({"backend_fault": ["kill"]}, "--backend-fault kill has no time from 0.1 s to a day: give NAME=SECONDS"),
        ({"backend_fault": ["kill=0.01"]}, "--backend-fault kill=0.01 has no time"),
        ({"backend_fault": ["kill=-1"]}, "--backend-fault kill=-1 has no time"),
        ({"backend_fault": ["kill=nan"]}, "--backend-fault kill=nan has no time"),
        ({"backend_fault": ["kill=1", "kill=2s"]}, "--backend-fault kill is given twice"),
        ({"gateway_fault": ["throttle=0.1"]}, "--gateway-fault is of gateways that the run starts itself"),
        ({"gateway_fault": ["throttle"], "readback": ["push"]}, "--gateway-fault throttle has no share of the pushes"),
        ({"gateway_fault": ["gremlins=0.1"], "readback": ["push"]}, "--gateway-fault gremlins=0.1 is unknown"),
        (
            {"gateway_fault": ["throttle=2"], "readback": ["push"]},
            "--gateway-fault throttle=2 has no share of the pushes",
        ),
        ({"gateway_fault": ["error=0.1"], "readback": [GATEWAYS], **HOST}, "is of gateways that the run starts itself"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    options: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    (line,) = refused(tmp_path, **options)
    assert complaint in line


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    lines = refused(
        tmp_path,
        readback=["push?share=7&gateways=nowhere&rate=1", "oracle:x"],
        store="mysql://x",
        backend_processes="-1",
        backend_fault=["drown=1", "kill"],
        gateway_fault=["throttle"],
        devices="0",
    )
    assert len(lines) == 10


def test_a_scenario_that_is_lived_only_when_asked_for_has_a_weight_then(tmp_path: Path) -> None:
    asked = {"readback": ["push?share=0"], "scenario": ["push_arrives", "app_launch=3"]}
    assert parsed(tmp_path, **asked).weights == {"push_arrives": 1.0, "app_launch": 3.0}


def test_the_own_system_is_as_asked_for_and_told_again_without_a_password(tmp_path: Path) -> None:
    store = "postgresql://me:s3cret@127.0.0.1:5/im"
    faults = {"gateway_fault": ["throttle=0.01", "error=.5"], "backend_fault": ["kill=2s", "restart=0.5"]}
    settings = parsed(tmp_path, store=store, backend_processes="4", readback=["push"], **faults)
    assert settings.own.store is not None
    assert settings.own.store.text == store
    assert (settings.own.processes, settings.own.gateway_faults) == (4, ("throttle=0.01", "error=.5"))
    assert settings.own.backend_faults == (Every("kill", 2.0), Every("restart", 0.5))
    assert settings.specs == (store,)
    assert settings.again == {
        "backend_fault": ["kill=2s", "restart=0.5"],
        "gateway_fault": ["throttle=0.01", "error=.5"],
        "readback": ["push"],
        "store": "postgresql://me@127.0.0.1:5/im",
        "backend_processes": "4",
    }
    assert "s3cret" not in repr(settings)


def test_a_password_of_a_read_back_is_not_told_again(tmp_path: Path) -> None:
    spec = "postgresql://me:s3cret@127.0.0.1:5/im"
    settings = parsed(tmp_path, **HOST, readback=[spec])
    assert settings.specs == (spec,)
    assert settings.again["readback"] == ["postgresql://me@127.0.0.1:5/im"]


def test_phones_are_on_no_network_unless_one_is_asked_for(tmp_path: Path) -> None:
    assert (parsed(tmp_path).network, parsed(tmp_path, network="none").again) == ("none", {})
    settings = parsed(tmp_path, network="mobile")
    assert (settings.network, settings.again["network"]) == ("mobile", "mobile")


def test_an_unknown_network_is_told_among_all_mistakes(tmp_path: Path) -> None:
    assert refused(tmp_path, network="6g", devices="0") == [
        "--devices 0 is out of range: give 1 to 4294967294.",
        "--network 6g is unknown: choose from none, 3g, 4g, 5g, airplane, captive_portal, mobile, train, wifi.",
    ]


def test_what_nobody_can_live_by_an_sdk_is_left_out_of_a_mix_and_said(tmp_path: Path) -> None:
    settings = parsed(tmp_path, sdk="flutter", mix="adversarial")
    assert (settings.sdk, "voip_registration" in settings.weights) == ("flutter", False)
    why = "voip_registration is about devices of the type ios-voip, and with --sdk flutter there are none"
    assert settings.left_out == (f"{why}: it is left out of the mix.",)
    assert settings.again["sdk"] == "flutter"
    field = parsed(tmp_path, sdk="field", mix="adversarial")
    assert (field.left_out, field.weights) == ((), parsed(tmp_path, mix="adversarial").weights)


def test_a_scenario_asked_for_by_name_that_nobody_can_live_is_refused(tmp_path: Path) -> None:
    lines = refused(tmp_path, sdk="vue", scenario=["web_push", "app_launch"], devices="none")
    assert lines == [
        (
            "--scenario web_push is about devices of the type web, and with --sdk vue there are none: leave it out, or "
            "choose another --sdk."
        ),
        "--devices none is not a whole number.",
    ]
    assert refused(tmp_path, sdk="unity") == [
        "--sdk unity is unknown: choose from none, field, flutter, ios, ios_apns, old_web, vue."
    ]
    assert refused(tmp_path, sdk="unity", scenario=["app_launch=x"])[0].startswith("--sdk unity is unknown")


def test_a_mix_that_nobody_can_live_is_refused(tmp_path: Path) -> None:
    (tmp_path / "web.toml").write_text("[scenarios]\nrestore_backup = {weight = 1}\nweb_push = {weight = 1}\n")
    why = "about devices of the type web, and with --sdk vue there are none: leave it out, or choose another --sdk."
    settings = parsed(tmp_path, sdk="vue", mix=f"{tmp_path}/web.toml")
    assert (settings.weights, len(settings.left_out)) == ({"restore_backup": 1.0}, 1)
    (tmp_path / "web.toml").write_text("[scenarios]\nweb_push = {weight = 1}\n")
    assert refused(tmp_path, sdk="vue", mix=f"{tmp_path}/web.toml") == [f"--scenario web_push is {why}"]
