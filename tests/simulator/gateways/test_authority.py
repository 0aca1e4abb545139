"""Whom clients are to trust, and for which names."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.gateways.authority import Certificates, prepare

NAMES = (
    *("localhost", "127.0.0.1", "::1", "fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"),
    *("api.push.apple.com", "api.sandbox.push.apple.com", "oauth2.googleapis.com"),
)


def trusts(certificates: Certificates, name: str) -> bool:
    """Whether a client that trusts the authority takes the server for `name`."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificates.chain, certificates.key)
    client = ssl.create_default_context(cafile=certificates.authority)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = (
        client.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    )
    for _ in range(4):
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    return ends[0].version() == "TLSv1.3"


def test_whoever_trusts_the_authority_takes_the_gateways_for_all_of_the_providers(tmp_path: Path) -> None:
    certificates = prepare(tmp_path, "192.0.2.7")
    assert [name for name in (*NAMES, "192.0.2.7") if not trusts(certificates, name)] == []
    assert not trusts(certificates, "example.com")


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    prepare(tmp_path, "127.0.0.1")
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("*-key.pem")} == {
        "authority-key.pem": 0o600,
        "server-key.pem": 0o600,
    }


def test_the_authority_stays_and_the_server_certificate_is_new_at_each_start(tmp_path: Path) -> None:
    before = prepare(tmp_path, "127.0.0.1")
    authority, chain = before.authority.read_bytes(), before.chain.read_bytes()
    after = prepare(tmp_path, "127.0.0.1")
    assert after == before
    assert after.authority.read_bytes() == authority
    assert after.chain.read_bytes() != chain
    assert trusts(after, "127.0.0.1")


def test_an_authority_that_would_expire_before_what_it_signs_is_replaced(tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3400)
    old = prepare(tmp_path, "127.0.0.1", lambda: long_ago).authority.read_bytes()
    new = prepare(tmp_path, "127.0.0.1")
    assert new.authority.read_bytes() != old
    assert trusts(new, "127.0.0.1")


def test_an_authority_whose_key_was_deleted_is_replaced(tmp_path: Path) -> None:
    prepare(tmp_path, "127.0.0.1")
    (tmp_path / "authority-key.pem").unlink()
    assert trusts(prepare(tmp_path, "127.0.0.1"), "127.0.0.1")


def test_a_key_that_is_none_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "authority-key.pem").write_text("-----BEGIN NOTHING-----")
    with pytest.raises(UsageError) as caught:
        prepare(tmp_path, "127.0.0.1")
    assert str(caught.value) == (
        f"{tmp_path}/authority-key.pem does not hold a private key that is not encrypted: "
        "delete it to have one made, or name another --folder."
    )
