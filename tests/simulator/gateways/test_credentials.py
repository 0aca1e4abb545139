"""What a deployment is configured with: once."""

import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from simulator.errors import UsageError
from simulator.gateways.credentials import prepare
from simulator.gateways.keys import pem, point

GOOGLE = "https://127.0.0.1:4"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_they_are_what_apple_and_google_hand_out(tmp_path: Path) -> None:
    made = prepare(tmp_path, GOOGLE)
    assert re.fullmatch(r"AuthKey_[A-Z2-7]{10}\.p8", made.key.name)
    assert re.fullmatch(r"[A-Z2-7]{10}", made.trust.team)
    apns = load_pem_private_key(made.key.read_bytes(), None)
    assert isinstance(apns, ec.EllipticCurvePrivateKey)
    assert made.trust.apns_keys[made.key_id].public == apns.public_key()
    account = json.loads(made.account.read_text())
    assert sorted(account) == [
        *("auth_provider_x509_cert_url", "auth_uri", "client_email", "client_id", "client_x509_cert_url"),
        *("private_key", "private_key_id", "project_id", "token_uri", "type", "universe_domain"),
    ]
    assert account["token_uri"] == "https://127.0.0.1:4/token"
    assert account["project_id"] == made.trust.project
    key = load_pem_private_key(account["private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert (key.key_size, made.trust.accounts[made.trust.project].public) == (2048, key.public_key())
    other = json.loads(made.other_account.read_text())
    assert sorted(made.trust.accounts) == sorted([made.trust.project, other["project_id"]])
    vapid = load_pem_private_key(made.vapid.read_bytes(), None)
    assert isinstance(vapid, ec.EllipticCurvePrivateKey)
    assert made.trust.vapid == point(vapid.public_key())
    assert len(made.vapid_public_key) == 87


def test_nothing_in_a_service_account_calls_at_googles(tmp_path: Path) -> None:
    account = json.loads(prepare(tmp_path, GOOGLE).account.read_text())
    assert {value.split("/")[2] for value in account.values() if "://" in value} == {"127.0.0.1:4"}


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path, GOOGLE)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(list(tmp_path.iterdir())) == 4


def test_a_folder_keeps_its_credentials_byte_for_byte(tmp_path: Path) -> None:
    first, made = prepare(tmp_path, GOOGLE), files(tmp_path)
    assert prepare(tmp_path, GOOGLE) == first
    assert files(tmp_path) == made


def test_where_the_gateways_move_only_the_addresses_change(tmp_path: Path) -> None:
    before = json.loads(prepare(tmp_path, GOOGLE).account.read_text())
    after = json.loads(prepare(tmp_path, "https://127.0.0.1:5").account.read_text())
    assert {name for name in before if before[name] != after[name]} == {
        *("auth_provider_x509_cert_url", "auth_uri", "client_x509_cert_url", "token_uri")
    }
    assert after["token_uri"] == "https://127.0.0.1:5/token"


RSA_KEY = pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)).decode()


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("vapid.pem", "no key", "a private key that is not encrypted"),
        ("vapid.pem", RSA_KEY, "a P-256 key"),
        ("AuthKey_ABCDEFGHIJ.p8", pem(ec.generate_private_key(ec.SECP384R1())).decode(), "a P-256 key"),
        ("service-account.json", "{", "a service account"),
        ("service-account.json", '{"project_id": "p"}', "a service account"),
        ("other-service-account.json", "[]", "a service account"),
        (
            "service-account.json",
            json.dumps(
                {
                    "project_id": "p",
                    "client_email": "e",
                    "private_key": pem(ec.generate_private_key(ec.SECP256R1())).decode(),
                }
            ),
            "an RSA key",
        ),
    ],
)
def test_a_file_that_holds_something_else_is_one_clear_sentence(
    tmp_path: Path, name: str, content: str, wanted: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(UsageError) as caught:
        prepare(tmp_path, GOOGLE)
    assert str(caught.value) == (
        f"{tmp_path / name} does not hold {wanted}: delete it to have one made, or name another --folder."
    )
