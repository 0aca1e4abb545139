import base64
import re
from dataclasses import replace

import pytest

from simulator.tokens import Folded, NotMinted, Provenance, PushType, Truncated, decode, mint

WRITE = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.FCM, generation=3)
TOKEN = mint(WRITE, form="fcm-163")


def fid(write: Provenance) -> str:
    return mint(write, form="fcm-163").partition(":")[0]


def payload(write: Provenance) -> bytes:
    return base64.urlsafe_b64decode(mint(write, form="fcm-163").partition(":")[2])


SAMPLE = [Provenance(fleet, 1, device, 0, PushType.FCM, 1) for fleet in (0, 2**32 - 1) for device in range(200)]


def test_tokens_minted_by_any_version_stay_readable() -> None:
    token = (
        "cWeSJytX4eylA0U6cDBIxI:APA91bHHp9bJ_UFO8zUlu60-NDKqTqXAbQt4cNSRCiiyj2cajbGgUnHg8ljrFjdV32AgSyqrmLNyWPXqM5eM"
        "Ty9U1NIQPXtXvfORcNNr2r1jbyc1paB4HgS-GVMgrG2_HHBUp8Aj0LTe"
    )
    assert decode(token) == WRITE


@pytest.mark.parametrize("write", SAMPLE[::20])
def test_the_validators_in_use_elsewhere_accept_it(write: Provenance) -> None:
    token = mint(write, form="fcm-163")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}:APA91b[A-Za-z0-9_-]{134}", token)  # Laravel
    assert len(token) > 64  # node-pushnotifications
    assert not re.fullmatch(r"[0-9a-fA-F]{64}|[0-9a-fA-F]{160}", token)


def test_the_payload_is_105_bytes_that_start_as_every_real_one_does() -> None:
    assert {payload(write)[:5].hex() for write in SAMPLE} == {"00f03dd5b1"}
    assert {len(payload(write)) for write in SAMPLE} == {105}
    assert {mint(write, form="fcm-163")[29] for write in SAMPLE} == set("EFGH")


def test_the_id_is_built_as_firebase_builds_it() -> None:
    assert {fid(write)[0] for write in SAMPLE} == set("cdef")
    assert {len(fid(write)) for write in SAMPLE} == {22}
    firsts = {base64.urlsafe_b64decode(fid(write) + "==")[0] for write in SAMPLE}
    assert firsts == set(range(0x70, 0x80))


@pytest.mark.parametrize("change", [{"generation": 4}, {"run": 3}])
def test_the_id_survives_the_rotation_of_the_token(change: dict[str, int]) -> None:
    rotated = replace(WRITE, **change)  # type: ignore[arg-type]  # the keys are int fields
    assert fid(rotated) == fid(WRITE)
    assert mint(rotated, form="fcm-163")[23:].count("A") < 20
    assert payload(rotated)[5:37] != payload(WRITE)[5:37]
    assert payload(rotated)[37:] != payload(WRITE)[37:]


@pytest.mark.parametrize("change", [{"fleet": 8}, {"device": 8}, {"install": 2}])
def test_the_id_is_another_for_another_installation(change: dict[str, int]) -> None:
    assert fid(replace(WRITE, **change)) != fid(WRITE)  # type: ignore[arg-type]  # the keys are int fields


@pytest.mark.parametrize("left", [51, 64, 100, 128, 162])
def test_a_token_cut_after_its_head_names_its_write(left: int) -> None:
    with pytest.raises(Truncated) as refused:
        decode(TOKEN[:left])
    assert refused.value.provenance == WRITE


@pytest.mark.parametrize("left", [22, 23, 29, 30, 50])
def test_a_token_cut_before_its_head_still_names_its_installation(left: int) -> None:
    with pytest.raises(Truncated) as refused:
        decode(TOKEN[:left])
    assert refused.value.provenance is None
    assert (refused.value.fleet, refused.value.register) == (9, WRITE.register)


@pytest.mark.parametrize("stranger", ["dGhpc19pc19ub3Rfb3Vycw", "dGhpc19pc19ub3Rfb3Vycw:APA91bEx", TOKEN[:22] + ";APA"])
def test_the_start_of_what_is_not_ours_is_not_called_cut(stranger: str) -> None:
    with pytest.raises(NotMinted):
        decode(stranger)


@pytest.mark.parametrize("folded", [TOKEN.lower(), TOKEN.upper()])
def test_a_folded_token_is_told_by_its_form(folded: str) -> None:
    with pytest.raises(Folded):
        decode(folded)


def test_a_token_folded_only_behind_its_head_still_names_its_write() -> None:
    with pytest.raises(Folded) as refused:
        decode(TOKEN[:60] + TOKEN[60:].lower())
    assert refused.value.provenance == WRITE


def test_the_id_of_one_installation_before_the_payload_of_another_is_refused() -> None:
    other = mint(replace(WRITE, device=8))
    with pytest.raises(NotMinted):
        decode(other[:22] + TOKEN[22:])


def test_the_short_form_is_142_characters_whose_last_ends_89_bytes() -> None:
    short = [mint(write, form="fcm-142") for write in SAMPLE]
    assert {len(token) for token in short} == {142}
    assert {token[-1] for token in short} <= set("AEIMQUYcgkosw048")
    assert {base64.urlsafe_b64decode(token[23:] + "=")[:5].hex() for token in short} == {"00f03dd5b1"}
    assert [decode(token) for token in short] == SAMPLE


def test_a_long_token_cut_to_142_characters_is_no_short_one() -> None:
    for write in SAMPLE:
        with pytest.raises(Truncated) as refused:
            decode(mint(write, form="fcm-163")[:142])
        assert refused.value.provenance == write


def test_an_app_of_the_type_android_may_hold_such_a_token() -> None:
    write = replace(WRITE, type=PushType.ANDROID)
    assert decode(mint(write, form="fcm-163")) == write
