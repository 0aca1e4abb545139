import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import pywebpush

from simulator.tokens import Folded, NotMinted, Provenance, PushType, Truncated, decode, mint
from simulator.tokens.browser import HOSTS, browser_keys, decode_endpoint

WRITE = Provenance(fleet=9, run=2, device=70_001, install=1, type=PushType.WEB, generation=5)
FORMS = {"chrome": (365, 152), "firefox": (411, 183), "safari": (375, 170)}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_the_json_text_that_a_browser_makes(form: str) -> None:
    token = mint(WRITE, form=form)
    document = json.loads(token)
    assert token == json.dumps(document, separators=(",", ":"))
    assert list(document) == ["endpoint", "expirationTime", "keys"]
    assert (len(token), document["expirationTime"]) == (FORMS[form][0], None)
    assert (len(document["keys"]["p256dh"]), len(document["keys"]["auth"])) == (87, 22)
    assert document["endpoint"].split("/")[2] in HOSTS


@pytest.mark.parametrize("form", FORMS)
def test_its_public_key_is_a_point_whose_private_key_the_browser_has(form: str) -> None:
    keys = json.loads(mint(WRITE, form=form))["keys"]
    assert urlsafe_b64decode(keys["p256dh"] + "=") == browser_keys(WRITE).p256dh
    assert urlsafe_b64decode(keys["auth"] + "==") == browser_keys(WRITE).auth
    assert keys["p256dh"][0] == "B"


@pytest.mark.parametrize("form", FORMS)
def test_the_endpoint_alone_names_the_write(form: str) -> None:
    url = json.loads(mint(WRITE, form=form))["endpoint"]
    path = "/" + url.split("/", 3)[3]
    assert (decode_endpoint(url), decode_endpoint(path)) == (WRITE, WRITE)
    for wrong in (url[:-1], url + "A", url.replace(url[-9], "A" if url[-9] != "A" else "B"), url.swapcase(), "/", ""):
        with pytest.raises(NotMinted):
            decode_endpoint(wrong)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_value_written_in_another_way_is_the_same_subscription(form: str) -> None:
    document = json.loads(mint(WRITE, form=form))
    assert decode(json.dumps(document, indent=2, sort_keys=True)) == WRITE
    del document["expirationTime"]
    assert decode(json.dumps(document)) == WRITE


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["p256dh", "auth"])
def test_another_subscriptions_keys_make_it_nobodys(form: str, field: str) -> None:
    document = json.loads(mint(WRITE, form=form))
    document["keys"][field] = json.loads(mint(replace(WRITE, generation=6), form=form))["keys"][field]
    with pytest.raises(NotMinted):
        decode(json.dumps(document))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("left", [128, 255])
def test_a_column_that_is_too_short_is_told(form: str, left: int) -> None:
    with pytest.raises(Truncated) as refused:
        decode(mint(WRITE, form=form)[:left])
    assert refused.value.provenance == WRITE


@pytest.mark.parametrize("form", FORMS)
def test_a_rewritten_one_that_was_cut_is_told_too(form: str) -> None:
    token = mint(WRITE, form=form)
    slashes_escaped = token.replace("/", "\\/")  # as PHP's json_encode does
    assert decode(slashes_escaped) == WRITE
    for rewritten in (slashes_escaped, json.dumps(json.loads(token))):
        with pytest.raises(Truncated) as refused:
            decode(rewritten[:255])
        assert refused.value.provenance == WRITE


@pytest.mark.parametrize("form", FORMS)
def test_a_folded_one_is_told_and_names_its_write_if_its_endpoint_was_spared(form: str) -> None:
    token = mint(WRITE, form=form)
    for folded, known in ((token.lower(), None), (token.upper(), None), (token[:200] + token[200:].lower(), WRITE)):
        with pytest.raises(Folded) as refused:
            decode(folded)
        assert refused.value.provenance == known


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change",
    [
        lambda document: document | {"expirationTime": 1},
        lambda document: document | {"more": None},
        lambda document: document | {"keys": document["keys"] | {"more": "x"}},
        lambda document: document | {"endpoint": document["endpoint"].replace("https:", "http:")},
        lambda document: document | {"endpoint": [document["endpoint"]]},
        lambda document: {"endpoint": document["endpoint"], "keys": None},
        lambda document: [document],
        json.dumps,
    ],
)
def test_another_value_is_nobodys(form: str, change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(NotMinted):
        decode(json.dumps(change(json.loads(mint(WRITE, form=form)))))


def test_a_backslash_where_json_has_none_makes_it_nobodys() -> None:
    token = mint(WRITE, form="chrome")
    for broken in (token.replace("end", "e\\nd"), token.replace("null", "\\null")):
        with pytest.raises(NotMinted):
            decode(broken)


@pytest.mark.parametrize("form", FORMS)
def test_the_validators_in_use_elsewhere_accept_it(form: str) -> None:
    document = json.loads(mint(WRITE, form=form))
    assert len(urlsafe_b64decode(document["keys"]["p256dh"] + "=")) == 65  # web-push
    assert len(urlsafe_b64decode(document["keys"]["auth"] + "==")) >= 16
    assert pywebpush.WebPusher(document).receiver_key[:1] == b"\x04"


def test_the_forms_of_the_endpoints_are_the_browsers() -> None:
    paths = {form: json.loads(mint(WRITE, form=form))["endpoint"].split("/", 3)[3] for form in FORMS}
    assert re.fullmatch(r"fcm/send/[c-f][A-Za-z0-9_-]{10}:APA91b[EFGH][A-Za-z0-9_-]{133}", paths["chrome"])
    assert re.fullmatch(r"wpush/v2/gAAAAA[A-Za-z0-9_-]{177}", paths["firefox"])  # as every Fernet token begins
    assert re.fullmatch(r"Q[A-Za-z0-9_-]{170}", paths["safari"])


def test_a_browser_keeps_its_keys_to_itself() -> None:
    assert repr(browser_keys(WRITE)) == "BrowserKeys(…)"
    assert browser_keys(WRITE).auth != browser_keys(replace(WRITE, generation=6)).auth
