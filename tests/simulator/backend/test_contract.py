"""Every row of the API page's tables, literally, over a real connection."""

import json

import pytest

from tests.simulator.backend.remote import Remote, rows

OK = b'{"RC":0,"RM":"OK","result":{}}'
INVALID_TOKEN = b'{"RC":401,"RM":"Unauthorized","error":{"code":"INVALID_TOKEN","message":"Invalid or expired token"}}'
SUBSCRIBE = b'{"type":"ios","token":"t1","deviceId":"contract-1"}'
UNSUBSCRIBE = b'{"type":"ios","deviceId":"contract-1"}'


def _bad_request(code: str, message: str) -> bytes:
    return (
        b'{"RC":400,"RM":"Bad Request","error":{"code":"' + code.encode() + b'","message":"' + message.encode() + b'"}}'
    )


SUBSCRIBE_INCOMPLETE = _bad_request("MISSING_PARAMETER", "type, token and deviceId are required")
UNSUBSCRIBE_INCOMPLETE = _bad_request("MISSING_PARAMETER", "type and deviceId are required")


def test_a_subscribe_is_answered_as_the_page_says_and_stands_in_the_database(remote: Remote) -> None:
    assert remote.call("/me/subscribe", SUBSCRIBE, remote.person("ann")) == (200, OK)
    assert rows(remote.backend, "contract-1") == [("ios", "ann", "t1")]


@pytest.mark.parametrize("push_type", ["ios", "android", "fcm", "web", "ios-voip"])
def test_every_type_of_the_page_is_taken(remote: Remote, push_type: str) -> None:
    body = json.dumps({"type": push_type, "token": "t", "deviceId": f"typed-{push_type}"}).encode()
    assert remote.call("/me/subscribe", body, remote.person("ann")) == (200, OK)


def test_n_is_the_number_of_rows_removed_and_a_repeat_is_no_error(remote: Remote) -> None:
    ann = remote.person("ann")
    remote.call("/me/subscribe", b'{"type":"fcm","token":"t","deviceId":"counted"}', ann)
    body = b'{"type":"fcm","deviceId":"counted"}'
    assert remote.call("/me/unsubscribe", body, ann) == (200, b'{"RC":0,"RM":"OK","result":{"n":1,"ok":1}}')
    assert remote.call("/me/unsubscribe", body, ann) == (200, b'{"RC":0,"RM":"OK","result":{"n":0,"ok":1}}')
    assert rows(remote.backend, "counted") == []


@pytest.mark.parametrize("path", ["/me/subscribe", "/me/unsubscribe"])
@pytest.mark.parametrize(
    "token", ["", "nonsense", "a.b.c", "eyJhbGciOiJub25lIn0.eyJpZCI6ImFubiIsImV4cCI6OTk5OTk5OTk5OX0."]
)
def test_a_bad_client_token_is_unauthorized(remote: Remote, path: str, token: str) -> None:
    headers = {"IM-CLIENT-KEY": remote.backend.client_key, "IM-Authorization": token}
    assert remote.call(path, SUBSCRIBE, headers) == (401, INVALID_TOKEN)


def test_a_missing_client_token_is_unauthorized(remote: Remote) -> None:
    assert remote.call("/me/subscribe", SUBSCRIBE, {"IM-CLIENT-KEY": remote.backend.client_key}) == (401, INVALID_TOKEN)


@pytest.mark.parametrize("key", [None, "another", "schlüssel"])
def test_a_bad_client_key_is_forbidden(remote: Remote, key: str | None) -> None:
    headers = {**remote.person("ann"), "IM-CLIENT-KEY": key or ""}
    if key is None:
        del headers["IM-CLIENT-KEY"]
    body = b'{"RC":403,"RM":"Forbidden","error":{"code":"INVALID_CLIENT_KEY","message":"Invalid client key"}}'
    assert remote.call("/me/subscribe", SUBSCRIBE, headers) == (403, body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"type":"ios","token":"t"}',
        b'{"type":"ios","deviceId":"d"}',
        b'{"token":"t","deviceId":"d"}',
        b'{"type":"ios","token":"","deviceId":"d"}',
        b'{"type":"ios","token":null,"deviceId":"d"}',
    ],
)
def test_an_incomplete_subscribe_is_told_what_is_required(remote: Remote, body: bytes) -> None:
    assert remote.call("/me/subscribe", body, remote.person("ann")) == (400, SUBSCRIBE_INCOMPLETE)


@pytest.mark.parametrize("body", [b"{}", b'{"type":"ios"}', b'{"deviceId":"d"}', b'{"type":"","deviceId":"d"}'])
def test_an_incomplete_unsubscribe_is_told_what_is_required(remote: Remote, body: bytes) -> None:
    assert remote.call("/me/unsubscribe", body, remote.person("ann")) == (400, UNSUBSCRIBE_INCOMPLETE)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"type":"ios"', "The body is not JSON"),
        (b"[1]", "The body is not a JSON object"),
        (b'{"type":"pigeon","token":"t","deviceId":"d"}', "type is none of android, fcm, ios, ios-voip, web"),
        (b'{"type":"IOS","token":"t","deviceId":"d"}', "type is none of android, fcm, ios, ios-voip, web"),
        (b'{"type":"ios","token":7,"deviceId":"d"}', "token is not a string"),
        (b'{"type":"ios","token":"t","deviceId":{"a":1}}', "deviceId is not a string"),
        (b'{"type":["ios"],"token":"t","deviceId":"d"}', "type is not a string"),
        (b'{"type":"ios","token":"t","deviceId":"' + b"d" * 256 + b'"}', "deviceId is longer than 255 characters"),
        (b'{"type":"ios","token":"' + b"t" * 4097 + b'","deviceId":"d"}', "token is longer than 4096 characters"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused(remote: Remote, body: bytes, message: str) -> None:
    assert remote.call("/me/subscribe", body, remote.person("ann")) == (400, _bad_request("INVALID_PARAMETER", message))


def test_the_longest_parameters_are_kept_whole(remote: Remote) -> None:
    device, token = "ü" * 255, "t" * 4096
    body = json.dumps({"type": "web", "token": token, "deviceId": device}).encode()
    assert remote.call("/me/subscribe", body, remote.person("ann")) == (200, OK)
    assert rows(remote.backend, device) == [("web", "ann", token)]


def test_the_platform_subscribes_for_a_person(remote: Remote) -> None:
    remote.token("bob")
    headers = {"IM-API-KEY": remote.backend.api_key}
    body = b'{"type":"fcm","token":"t","deviceId":"for-bob","clientId":"bob"}'
    assert remote.call("/me/subscribe", body, headers) == (200, OK)
    assert rows(remote.backend, "for-bob") == [("fcm", "bob", "t")]
    body = b'{"type":"fcm","deviceId":"for-bob","clientId":"bob"}'
    assert remote.call("/me/unsubscribe", body, headers) == (200, b'{"RC":0,"RM":"OK","result":{"n":1,"ok":1}}')


def test_the_platform_has_to_name_the_person(remote: Remote) -> None:
    headers = {"IM-API-KEY": remote.backend.api_key}
    refusal = (400, _bad_request("MISSING_PARAMETER", "clientId is required"))
    assert remote.call("/me/subscribe", SUBSCRIBE, headers) == refusal
    assert remote.call("/me/unsubscribe", UNSUBSCRIBE, headers) == refusal


@pytest.mark.parametrize("path", ["/me/subscribe", "/me/unsubscribe"])
def test_a_person_whom_nobody_made_is_not_found(remote: Remote, path: str) -> None:
    body = b'{"type":"ios","token":"t","deviceId":"nobodys","clientId":"nobody"}'
    refusal = b'{"RC":404,"RM":"Not Found","error":{"code":"CLIENT_NOT_FOUND","message":"Client not found"}}'
    assert remote.call(path, body, {"IM-API-KEY": remote.backend.api_key}) == (404, refusal)
    assert rows(remote.backend, "nobodys") == []


@pytest.mark.parametrize("path", ["/me/subscribe", "/me/unsubscribe", "/admin/clients"])
def test_a_bad_api_key_is_unauthorized_whatever_stands_beside_it(remote: Remote, path: str) -> None:
    headers = {**remote.person("ann"), "IM-API-KEY": "guessed"}
    refusal = b'{"RC":401,"RM":"Unauthorized","error":{"code":"INVALID_API_KEY","message":"Invalid API key"}}'
    assert remote.call(path, SUBSCRIBE, headers) == (401, refusal)


def test_a_person_must_not_issue_client_tokens(remote: Remote) -> None:
    refusal = b'{"RC":401,"RM":"Unauthorized","error":{"code":"MISSING_API_KEY","message":"API key is required"}}'
    assert remote.call("/admin/clients", b'{"_id":"eve"}', remote.person("ann")) == (401, refusal)


def test_a_client_without_an_id_is_refused(remote: Remote) -> None:
    refusal = (400, _bad_request("MISSING_PARAMETER", "_id is required"))
    assert remote.call("/admin/clients", b"{}", {"IM-API-KEY": remote.backend.api_key}) == refusal


def test_a_client_is_made_without_a_token_unless_one_is_asked_for(remote: Remote) -> None:
    body = b'{"_id":"cleo","nickname":"Cleo","avatarUrl":"https://example.com/c.png"}'
    status, answer = remote.call("/admin/clients", body, {"IM-API-KEY": remote.backend.api_key})
    made = {"_id": "cleo", "id": "cleo", "nickname": "Cleo", "avatarUrl": "https://example.com/c.png"}
    assert (status, json.loads(answer)) == (200, {"RC": 0, "RM": "OK", "result": made})


def test_an_unknown_path_is_not_found(remote: Remote) -> None:
    refusal = b'{"RC":404,"RM":"Not Found","error":{"code":"NOT_FOUND","message":"No such path"}}'
    assert remote.call("/me/subscribed", SUBSCRIBE, remote.person("ann")) == (404, refusal)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_another_method_is_not_allowed(remote: Remote, method: str) -> None:
    refusal = b'{"RC":405,"RM":"Method Not Allowed","error":{"code":"METHOD_NOT_ALLOWED","message":"Use POST"}}'
    assert remote.call("/me/subscribe", b"", {}, method) == (405, refusal)


def test_answers_are_json_and_a_connection_serves_many_of_them(remote: Remote) -> None:
    ann = remote.person("ann")
    first = remote.connection.sock
    assert first is not None
    for _ in range(3):
        headers = {**ann, "Content-Type": "application/json"}
        remote.connection.request("POST", "/me/subscribe?from=sdk", SUBSCRIBE, headers)
        answer = remote.connection.getresponse()
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        answer.read()
    assert remote.connection.sock is first
