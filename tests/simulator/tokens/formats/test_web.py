import json
from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest

from simulator.tokens import NotMinted, Provenance, PushType, Truncated, decode, mint
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
