"""A certificate authority for tests, and the certificate with which the gateways stand for all of the providers.

Whoever holds the authority's key can pose as Apple or Google to everything that trusts the authority, so it never
leaves its folder, is readable by its owner alone, and only test deployments may be told to trust it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulator.gateways.keys import elliptic_key, pem, write_private
from simulator.tokens.browser import HOSTS

_NAMES: Final = (
    "localhost",
    *HOSTS,
    "api.push.apple.com",
    "api.sandbox.push.apple.com",
    "oauth2.googleapis.com",
)
_ADDRESSES: Final = ("127.0.0.1", "::1")
_AUTHORITY_DAYS: Final = 3650  # a staging deployment is told once whom to trust
_SERVER_DAYS: Final = 397  # the longest that browsers and Apple's systems put up with
_EARLY: Final = timedelta(hours=1)  # for machines whose clocks are behind
_LEFT: Final = timedelta(days=_SERVER_DAYS)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are, all in PEM."""

    authority: Path  # what clients are to trust
    chain: Path  # the server's certificate
    key: Path  # and its key


def prepare(folder: Path, host: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Certificates:
    """Issue a server certificate that is also good for the address `host`, by the folder's authority.

    An authority is made where there is none, or it is about to expire. Raises UsageError for a key that is unreadable.
    """
    place = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server-key.pem")
    signing = elliptic_key(folder / "authority-key.pem")
    authority = _existing(place.authority, signing, now()) or _authority(signing, now())
    place.authority.write_bytes(authority.public_bytes(Encoding.PEM))
    key = ec.generate_private_key(ec.SECP256R1())
    write_private(place.key, pem(key))
    place.chain.write_bytes(_server(authority, signing, key.public_key(), host, now()).public_bytes(Encoding.PEM))
    return place


def _existing(path: Path, signing: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate | None:
    """The certificate there, if it is the key's and outlasts what it is to sign."""
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    good = found.public_key() == signing.public_key() and found.not_valid_after_utc > now + _LEFT
    return found if good else None


def _authority(signing: ec.EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    name = _name(f"pushfleet test authority {x509.random_serial_number() % 2**32:08x}")
    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _lasting(_AUTHORITY_DAYS, now)
        .subject_name(name)
        .issuer_name(name)
        .public_key(signing.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(signing.public_key()), critical=False)
        .sign(signing, SHA256())
    )


def _server(
    authority: x509.Certificate,
    signing: ec.EllipticCurvePrivateKey,
    key: ec.EllipticCurvePublicKey,
    host: str,
    now: datetime,
) -> x509.Certificate:
    addresses = dict.fromkeys(ip_address(text) for text in (*_ADDRESSES, host))
    names = [*map(x509.DNSName, _NAMES), *map(x509.IPAddress, addresses)]
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return (
        _lasting(_SERVER_DAYS, now)
        .subject_name(_name("pushfleet gateways"))
        .issuer_name(authority.subject)
        .public_key(key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(signing, SHA256())
    )


def _lasting(days: int, now: datetime) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(serial_number=x509.random_serial_number())
    return builder.not_valid_before(now - _EARLY).not_valid_after(now + timedelta(days=days))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
