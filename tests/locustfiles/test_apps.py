"""What goes out by each SDK, what follows a 401, and what an app that starts sends."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import orjson
import pytest

from locustfiles._apps import Apps
from locustfiles._assignment import Assignment
from locustfiles._way import Way
from scenarios import SCENARIOS
from simulator.client import Answer, Fault, HttpTransport, Outcome, Refusal, Request, Response, Timeouts
from simulator.fleet import Fleet
from simulator.phones import Kind, Phone, SdkUse
from simulator.tokens import PushType, decode
from tests.chi_square import fits
from tests.scenarios.lives import Drawn, told
from tests.stage import Stage

OK = Response(200, {}, b'{"RC":0,"RM":"OK","result":{"n":1}}')
ENDED = Response(401, {}, b'{"RC":401,"RM":"Unauthorized","error":{"code":"INVALID_TOKEN","message":"x"}}')
MISSING = Response(400, {}, b'{"RC":400,"RM":"Bad Request","error":{"code":"MISSING_PARAMETER","message":"x"}}')
COMMON = "Content-Type: application/json; charset=utf-8\r\nAccept-Encoding: gzip\r\n"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36"
)
HEADS = {
    "none": "User-Agent: pushfleet\r\n",
    "flutter": "User-Agent: Dart/3.9 (dart:io)\r\n",
    "ios": "User-Agent: Messenger/5.4.1 CFNetwork/3860.300.31 Darwin/25.3.0\r\n",
    "ios_apns": "User-Agent: Messenger/5.4.1 CFNetwork/3860.300.31 Darwin/25.3.0\r\n",
    "vue": f"User-Agent: {CHROME.format(158)}\r\nx-timezone: {{}}\r\naccept-language: {{}}\r\n",
    "old_web": f"User-Agent: {CHROME.format(149)}\r\n",
}


@dataclass
class Server:
    """Answers as IMKIT would; good sessions are those whose tokens do not say that they have ended."""

    requests: list[Request] = field(default_factory=list)
    refuses: int = 0  # so many more, whatever they bring

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        self.refuses -= 1
        if b"ended" in request.headers or self.refuses >= 0:
            return ENDED
        return OK if "deviceId" in orjson.loads(request.body) else MISSING


class Field(Stage):
    """A fleet whose apps call by the SDKs of a mixture, and what its server was sent."""

    def __init__(self, folder: Path, server: Server, network: str = "none") -> None:
        super().__init__(Fleet.create(folder / "fleet", 400, 5, sdk="field"))
        self.server = server
        host = "http://127.0.0.1:9"
        assignment = Assignment("r", str(folder), "fleet", 1, 1, host, "t", "ck", sdk="field", network=network)
        self.apps = Apps(assignment, self.world)

    def phone_of(self, device: int, *draws: float) -> Phone:
        rng = Drawn(*draws) if draws else Random(1)
        phone = self.apps.phone(device, scenario=3, due=1_000)
        phone._rng = rng
        return phone

    def device(self, sdk: str, push_type: PushType = PushType.FCM) -> int:
        kinds = self.fleet.types
        return next(each for each in range(400) if self.fleet.sdk_of(each).name == sdk and push_type in kinds(each))

    def lived(self, name: str, device: int, *draws: float) -> list[str]:
        """The scenario's calls as `told`, and how each was answered."""
        before = len(self.observed)
        SCENARIOS[name].play(self.phone_of(device, *draws))
        return [f"{told(each, device)} {each.answer.status}" for each in self.observed[before:]]

    def use(self, sdk: str) -> SdkUse:
        return SdkUse(**self.apps.lived()[sdk])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(HttpTransport, "send", lambda _, request: made.answer(request))
    return made


@pytest.fixture
def stage(tmp_path: Path, server: Server) -> Field:
    return Field(tmp_path, server)


@pytest.mark.parametrize(
    ("sdk", "push_type"),
    [
        ("none", PushType.ANDROID),
        ("flutter", PushType.FCM),
        ("ios", PushType.FCM),
        ("ios_apns", PushType.IOS),
        ("vue", PushType.FCM),
        ("old_web", PushType.WEB),
    ],
)
def test_what_goes_out_is_what_the_sdk_sends(stage: Field, sdk: str, push_type: PushType) -> None:
    device = stage.device(sdk, push_type)
    phone = stage.phone_of(device)
    phone.open_app()
    phone.unsubscribe()
    sent, removed = stage.server.requests
    person = f"IM-CLIENT-KEY: ck\r\nIM-Authorization: token of {phone.owner}\r\n"
    places = {"de-DE": "Europe/Berlin", "en-US": "America/New_York", "ja-JP": "Asia/Tokyo", "zh-TW": "Asia/Taipei"}
    heads = {COMMON + HEADS[sdk].format(zone, language) + person for language, zone in places.items()}
    assert sent.headers.decode() in heads
    assert (sent.path, removed.path, removed.headers) == ("/me/subscribe", "/me/unsubscribe", sent.headers)
    body = orjson.loads(sent.body)
    token = decode(sent_token := body.pop("token"))
    named = {} if sdk == "old_web" else {"deviceId": phone.device_id}
    assert body == {"type": push_type.wire, **named} == orjson.loads(removed.body)
    assert (token.register, token.value) == (stage.observed[0].register, stage.observed[0].value)
    assert (len(sent_token) == 163) is (sdk == "old_web" or push_type is PushType.FCM)


def test_the_old_web_is_refused_as_documented_and_nothing_is_wrong_with_that(stage: Field) -> None:
    device = stage.device("old_web", PushType.WEB)
    assert stage.lived("logout_login", device, 0.2) == [
        "subscribe web 1 400",
        "unsubscribe web 400",
        "subscribe web 2 400",
    ]
    assert {(each.answer.outcome, each.answer.fault) for each in stage.observed} == {(Outcome.FAIL, 0)}
    assert stage.phone_of(device).subscribe_by_platform() is None
    assert stage.lived("expired_session", device, 0.7) == ["subscribe web 2 400"]


def test_the_old_web_never_sends_a_device_id_not_even_in_a_bad_request(stage: Field) -> None:
    phone = stage.phone_of(stage.device("old_web", PushType.WEB))
    phone.subscribe_wrongly(lambda fields: {**fields, "clientId": 7}, Refusal(400, "INVALID_PARAMETER"))
    phone.unsubscribe_wrongly(lambda fields: {**fields, "clientId": 7}, Refusal(400, "INVALID_PARAMETER"))
    assert [sorted(orjson.loads(request.body)) for request in stage.server.requests] == [["token", "type"], ["type"]]
    assert {(each.answer.outcome, each.answer.fault) for each in stage.observed} == {(Outcome.FAIL, 0)}


def test_languages_have_their_shares(stage: Field) -> None:
    vue = stage.apps._calls["vue"]
    draws = [(stage.apps._locales.mix(device) / 2**64) for device in range(5000)]
    heads = [vue.api(drawn, None)._as_person for drawn in draws]  # type: ignore[attr-defined]  # a Client's
    sdk = next(each for each in stage.fleet.sdks.sdks if each.name == "vue") if stage.fleet.sdks else None
    assert sdk is not None
    lines = [next(head for head in sdk.heads if head in found) for found in heads]
    shares = dict(zip(sdk.heads, sdk.shares, strict=True))
    assert len(shares) == 9
    assert fits(Counter(lines), shares)


def test_after_a_401_flutter_asks_for_a_new_token_and_tries_once_more(stage: Field) -> None:
    device = stage.device("flutter")
    assert stage.lived("expired_session", device) == ["subscribe fcm 1 401", "subscribe fcm 1 200"]
    ended, good = (request.headers.split(b"IM-Authorization: ")[1] for request in stage.server.requests)
    owner = stage.observed[0].owner
    assert (ended, good) == (f"ended session of {owner}\r\n".encode(), f"token of {owner}\r\n".encode())
    assert [each.answer.fault for each in stage.observed] == [0, 0]
    assert stage.use("flutter") == SdkUse(lives=1, calls=2, again=1, silent=0)


def test_after_a_401_vue_tries_once_more_with_the_same_token(stage: Field) -> None:
    device = stage.device("vue")
    logged_in, logged_out = 0.2, 0.7
    assert stage.lived("expired_session", device, logged_out) == ["subscribe fcm 1 401"] * 2
    first, second = stage.server.requests
    assert (first.headers, first.body) == (second.headers, second.body)
    assert stage.lived("expired_session", device, logged_in) == [*["subscribe fcm 2 401"] * 2, "subscribe fcm 2 200"]
    assert [each.answer.fault for each in stage.observed] == [0] * 5


def test_after_a_401_native_apps_and_apps_without_an_sdk_do_not_try_again_by_themselves(stage: Field) -> None:
    logged_in, logged_out = 0.2, 0.7
    for sdk, kind in (("ios", PushType.FCM), ("ios_apns", PushType.IOS), ("none", PushType.ANDROID)):
        device, wire = stage.device(sdk, kind), kind.wire
        assert stage.lived("expired_session", device, logged_out) == [f"subscribe {wire} 1 401"]
        assert stage.lived("expired_session", device, logged_in) == [
            f"subscribe {wire} 2 401",
            f"subscribe {wire} 2 200",
        ]


@pytest.mark.parametrize("refusals", [1, 2, 3])
def test_a_401_that_nobody_asked_for_is_tried_once_more_and_no_oftener(stage: Field, refusals: int) -> None:
    device = stage.device("flutter")
    stage.server.refuses = refusals
    phone = stage.phone_of(device)
    answer = phone.subscribe()
    assert [each.answer.status for each in stage.observed] == ([401, 200] if refusals == 1 else [401, 401])
    assert answer == stage.observed[-1].answer
    assert len({each.value for each in stage.observed}) == 1


def test_a_second_try_never_writes_what_another_value_may_have_followed(stage: Field) -> None:
    phone = stage.phone_of(stage.device("flutter"))
    first, second = phone.rotate(), phone.rotate()
    phone.subscribe(value=second)
    stage.server.refuses = 1
    subscribe = phone._world.api.subscribe
    assert phone._write(Kind.SUBSCRIBE, 0, first, lambda key: subscribe(key, "fcm", "t", "d")).status == 401
    assert [each.value & 0xFFFFF for each in stage.observed] == [2, 1]


def test_an_sdk_neither_repeats_nor_counts_the_platforms_calls(stage: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = Answer(Outcome.FAIL, Fault.UNAUTHORIZED, 401, 401, -1, 0, 0)
    monkeypatch.setattr(stage.platform, "subscribe", lambda *_: refused)
    assert stage.phone_of(stage.device("flutter")).subscribe_by_platform() is refused
    assert [each.answer.status for each in stage.observed] == [401]
    assert stage.use("flutter") == SdkUse(lives=1, calls=0, again=0, silent=0)


def test_a_log_out_goes_on_whatever_becomes_of_its_unsubscribe(stage: Field) -> None:
    device = stage.device("flutter")
    stage.phone_of(device).open_app()
    stage.server.refuses = 2
    assert stage.lived("logout_login", device, 0.2) == [
        "unsubscribe fcm 401",
        "unsubscribe fcm 401",
        "subscribe fcm 2 200",
    ]


def calls_of_a_start(stage: Field, phone: Phone) -> int:
    """How many calls it makes."""
    before = len(stage.server.requests)
    phone.open_app()
    return len(stage.server.requests) - before


def test_flutter_sends_nothing_at_a_start_when_its_token_is_known_to_be_registered(stage: Field) -> None:
    device = stage.device("flutter")
    assert [stage.lived("app_launch", device) for _ in range(3)] == [["subscribe fcm 1 200"], [], []]
    assert stage.use("flutter") == SdkUse(lives=3, calls=1, again=0, silent=2)
    stage.phone_of(device).rotate()
    assert stage.lived("app_launch", device) == ["subscribe fcm 2 200"]
    assert stage.lived("app_launch", device) == []


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda phone: phone.unsubscribe(),
        lambda phone: phone.lose_tokens(),
        lambda phone: phone.put_away(),
        lambda phone: phone.subscribe_by_platform(),
        lambda phone: phone.switch(),
        lambda phone: phone._registers[0].begin(phone._registers[0].current),
    ],
    ids=["unsubscribed", "lost its tokens", "dormant", "by the platform", "a new phone", "a call under way"],
)
def test_flutter_registers_at_a_start_whatever_it_does_not_know(
    stage: Field, meanwhile: Callable[[Phone], object]
) -> None:
    phone = stage.phone_of(stage.device("flutter"))
    phone.open_app()
    assert calls_of_a_start(stage, phone) == 0
    meanwhile(phone)
    assert calls_of_a_start(stage, stage.phone_of(phone.device)) == 1


def test_a_registration_that_was_not_acknowledged_is_made_again_at_the_next_start(stage: Field) -> None:
    device = stage.device("flutter")
    stage.server.refuses = 2
    assert stage.lived("app_launch", device) == ["subscribe fcm 1 401"] * 2
    assert stage.lived("app_launch", device) == ["subscribe fcm 1 200"]


def test_other_sdks_register_at_every_start(stage: Field) -> None:
    for sdk, kind in (("ios", PushType.FCM), ("ios_apns", PushType.IOS), ("vue", PushType.FCM)):
        device = stage.device(sdk, kind)
        assert [stage.lived("app_launch", device) for _ in range(2)] == [[f"subscribe {kind.wire} 1 200"]] * 2


def test_other_devices_of_a_person_call_by_their_own_sdks(stage: Field) -> None:
    def mixed(device: int) -> bool:
        mine = stage.fleet.devices_of(stage.fleet.home(device))
        return len({stage.fleet.sdk_of(each).name for each in mine}) > 1

    device = next(each for each in range(400) if mixed(each) and stage.fleet.sdk_of(each).name == "flutter")
    for other in stage.phone_of(device).others():
        other.subscribe()
        head = HEADS[stage.fleet.sdk_of(other.device).name].partition("{")[0]
        assert head.encode() in stage.server.requests[-1].headers


def test_on_a_network_the_calls_are_the_sdks_too(tmp_path: Path, server: Server) -> None:
    stage = Field(tmp_path, server, network="5g")
    stage.apps._traffic.uses.clear()
    for calls in stage.apps._calls.values():
        for client in calls._clients:
            client._sleep = lambda _: None  # type: ignore[attr-defined]  # a NetworkClient's
    phone = stage.phone_of(stage.device("flutter"))
    while not server.requests:
        phone.subscribe()
    assert HEADS["flutter"].encode() in server.requests[0].headers
    assert stage.apps.said()["5g"]["calls"] == len(stage.observed)


@pytest.mark.parametrize(
    ("way", "flutter", "vue", "longest"),
    [
        (Way(), Timeouts(60, 60, 180, 180), Timeouts(10, 10, 10, 10), 240.0),
        (Way(answer=20, bounds=("answer",)), Timeouts(20, 20, 20, 20), Timeouts(10, 10, 10, 10), 40.0),
        (
            Way(connect=5, first_byte=7, bounds=("connect", "first_byte")),
            Timeouts(5, 60, 7, 180),
            Timeouts(5, 10, 7, 10),
            185.0,
        ),
    ],
)
def test_an_sdk_waits_as_long_as_it_does_and_never_longer_than_the_run_was_asked_to(
    stage: Field, way: Way, flutter: Timeouts, vue: Timeouts, longest: float
) -> None:
    assignment = Assignment("r", "f", "f", 1, 1, "http://127.0.0.1:9", "t", "ck", way=way, sdk="field")
    assert stage.fleet.sdks is not None
    found = {sdk.name: assignment.timeouts_of(sdk) for sdk in stage.fleet.sdks.sdks}
    assert (found["flutter"], found["vue"], found["none"]) == (flutter, vue, way.timeouts)
    assert assignment.longest_call == longest
    assert [assignment.patience_of(sdk) for sdk in stage.fleet.sdks.sdks[:2]] == [way.answer, flutter.connect]
    assert Assignment.from_plain(assignment.to_plain()) == assignment
