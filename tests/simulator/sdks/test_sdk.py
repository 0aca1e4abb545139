import tomllib
from pathlib import Path

import pytest

from simulator.sdks import NO_SDK, SDKS, Again, Sdk, SdkError, mistakes, mistakes_of_mixture, read_mixture, sdk
from simulator.tokens import PushType

FOLDER = Path(sdk.__file__).parent
OF_FLUTTER = """
summary = "s"
[types]
ios = ["fcm"]
source = "s"
[device_id]
ios = "vendor"
source = "s"
[headers]
User-Agent = "Dart"
source = "s"
[timeouts]
connect_s = 1
answer_s = 2
source = "s"
[unauthorized]
again = "never"
source = "s"
[launch]
registers = "always"
source = "s"
"""

EVERY_MISTAKE = """
summry = "x"

[types]
ios = ["fcm", "ios", "web"]
android = ["gcm"]
tokens = "apns"
assumption = "a"
source = "b"

[device_id]
android = "keychain"
browser = "local_storage"
source = "s"

[headers]
Host = "elsewhere"
"X Y" = "v"
x-timezone = "{time_zone}"
User-Agent = "two\\nlines"

[timeouts]
connect_s = 0
answer_s = true
source = "s"

[unauthorized]
again = "often"
twice = 2
source = "s"
"""


def alone(name: str) -> Sdk:
    """The SDK of this name."""
    (found,) = {each for shares in read_mixture(name).shares.values() for each, _ in shares}
    return found


def test_there_are_these() -> None:
    assert SDKS == ("field", "flutter", "ios", "ios_apns", "old_web", "vue")


def test_an_sdk_is_what_its_file_says() -> None:
    assert alone("flutter") == Sdk(
        name="flutter",
        summary="IMKIT's SDK for Flutter, on iPhones and Android phones: FCM on both.",
        types=(("ios", (PushType.FCM,)), ("android", (PushType.FCM,))),
        keepers=(("ios", "vendor"), ("android", "android_id")),
        sends_device_id=True,
        tokens=None,
        heads=(b"User-Agent: Dart/3.9 (dart:io)\r\n",),
        shares=(1.0,),
        connect=60.0,
        answer=180.0,
        again=Again.NEW_TOKEN,
        remembers=True,
    )


def test_each_sdk_registers_waits_and_repeats_as_its_sources_say() -> None:
    fcm, ios, web = PushType.FCM, PushType.IOS, PushType.WEB
    told = {
        each.name: (dict(each.types), each.sends_device_id, each.tokens, each.answer, each.again.value, each.remembers)
        for each in map(alone, ("flutter", "ios", "ios_apns", "vue", "old_web"))
    }
    assert told == {
        "flutter": ({"ios": (fcm,), "android": (fcm,)}, True, None, 180.0, "new_token", True),
        "ios": ({"ios": (fcm,)}, True, None, 60.0, "never", False),
        "ios_apns": ({"ios": (ios, PushType.IOS_VOIP)}, True, None, 60.0, "never", False),
        "vue": ({"browser": (fcm,)}, True, None, 10.0, "same_token", False),
        "old_web": ({"browser": (web,)}, False, "fcm-163", 60.0, "never", False),
    }


def test_field_is_a_mixture() -> None:
    found = read_mixture("field")
    assert {platform: {each.name: share for each, share in shares} for platform, shares in found.shares.items()} == {
        "ios": {"flutter": 0.5, "ios": 0.3, "ios_apns": 0.2},
        "android": {"flutter": 1.0},
        "browser": {"vue": 0.8, "old_web": 0.2},
    }
    assert [each.name for each in found.sdks] == ["none", "flutter", "ios", "ios_apns", "vue", "old_web"]


def test_what_tells_fleets_apart_is_all_that_decides_what_a_device_registers() -> None:
    assert read_mixture("old_web").fingerprint == "old_web; browser 1.0 old_web web fcm-163 local_storage"
    assert read_mixture("ios_apns").fingerprint == "ios_apns; ios 1.0 ios_apns ios,ios-voip vendor"


@pytest.mark.parametrize("name", SDKS)
def test_every_file_is_an_sdk_or_a_mixture_without_a_mistake(name: str) -> None:
    document = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    known = {each: alone(each) for each in SDKS if each != "field"}
    assert list(mistakes(document) if "types" in document else mistakes_of_mixture(document, known)) == []
    assert read_mixture(name).name == name


def test_an_unknown_sdk_is_refused_with_those_there_are() -> None:
    with pytest.raises(SdkError) as refusal:
        read_mixture("unity")
    assert str(refusal.value) == (
        "--sdk unity is unknown: choose from none, field, flutter, ios, ios_apns, old_web, vue."
    )


def test_every_mistake_of_an_sdk_is_told_at_once() -> None:
    wires = "ios, ios-voip, android, fcm, web"
    assert list(mistakes(tomllib.loads(EVERY_MISTAKE))) == [
        (
            "summry is no key of it: "
            "choose from summary, types, device_id, timeouts, unauthorized, launch, headers, locales."
        ),
        "it has no summary: tell the SDK in a sentence.",
        "types: say where its figures are from, as source, or why they are assumed, as assumption.",
        f"types: ios = ['fcm', 'ios', 'web'] is no list of one type or two: choose from {wires}.",
        f"types: android = ['gcm'] is no list of one type or two: choose from {wires}.",
        "types: tokens of type fcm have no form 'apns'; theirs are fcm-163, fcm-142, fid.",
        "types: tokens of type ios have no form 'apns'; theirs are apns-64, apns-108, apns-160.",
        "types: tokens of type web have no form 'apns'; theirs are fcm-163, fcm-142, chrome, safari, firefox.",
        "device_id: android = 'keychain' is nothing that keeps one: choose from android_id, preferences, none.",
        "timeouts: connect_s = 0 is not a number above 0, up to 3600.",
        "timeouts: answer_s = True is not a number above 0, up to 3600.",
        "unauthorized: twice is no key of it: choose from again, source, assumption.",
        "unauthorized: again = 'often' is unknown: choose from never, same_token, new_token.",
        "it has no table [launch].",
        "headers: say where its figures are from, as source, or why they are assumed, as assumption.",
        "headers: Host is no name of a header that an SDK can add.",
        "headers: X Y is no name of a header that an SDK can add.",
        "headers: User-Agent = 'two\\nlines' is no value that a header can carry.",
        "browser is in one of types and device_id: name it in both.",
        "ios is in one of types and device_id: name it in both.",
        "locales: give some where headers tell {language} or {time_zone}, and nowhere else.",
    ]


def test_locales_have_to_add_up() -> None:
    document = tomllib.loads((FOLDER / "vue.toml").read_text("utf-8"))
    document["locales"]["en-US"] = {"time_zone": 5, "share": 0.2, "source": "s", "zone": "x"}
    assert list(mistakes(document)) == [
        "locales.en-US: zone is no key of it: choose from time_zone, share, source, assumption.",
        "locales: the shares add up to 0.9: make that 1.",
        "locales.en-US: time_zone = 5 is no text that a header can carry.",
    ]
    document["locales"] = {"en-US": {"time_zone": "UTC", "share": True, "source": "s"}, "fr": 3}
    assert list(mistakes(document)) == [
        "locales.en-US: share = True is no share: give more than 0, to 1.",
        "locales.fr is no table: write [locales.fr] and its time_zone and share below.",
    ]


def test_an_sdk_that_runs_nowhere_is_none() -> None:
    document = tomllib.loads(OF_FLUTTER.replace('ios = ["fcm"]\n', "").replace('ios = "vendor"\n', ""))
    assert list(mistakes(document)) == ["types: it runs nowhere: name one of ios, android, browser."]


def test_every_mistake_of_a_mixture_is_told_at_once() -> None:
    known = {"none": NO_SDK, "vue": alone("vue"), "ios": alone("ios")}
    document = tomllib.loads(
        'browsers = 1\n[ios.vue]\nshare = 0.5\nassumption = "a"\n[ios.ios]\nshare = 0\nsource = "s"\n'
        "[ios]\nnone = 3\n[browser.vue]\nshare = 0.7\n"
    )
    assert list(mistakes_of_mixture(document, known)) == [
        "browsers is no key of it: choose from summary, ios, android, browser.",
        "it has no summary: tell the mixture in a sentence.",
        "ios.vue is no SDK that runs there: choose from none, ios.",
        "ios.ios: share = 0 is no share: give more than 0, to 1.",
        "ios.none is no table: write [ios.none] and its share below.",
        "browser.vue: say where its figures are from, as source, or why they are assumed, as assumption.",
        "browser: the shares add up to 0.7: make that 1.",
    ]
    assert list(mistakes_of_mixture({"summary": "s", "ios": 1}, known)) == [
        "ios is no table: write [ios.flutter] and its share below."
    ]
    assert list(mistakes_of_mixture({"summary": "s"}, known)) == [
        "it has no SDKs: add a table such as [ios.flutter], of one of ios, android, browser."
    ]
