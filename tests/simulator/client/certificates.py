"""Certificates for servers of tests, by an authority that only those trust who are given its file."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from gevent import ssl as gevent_ssl

BEGAN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ENDS = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


class Authority:
    """Vouches for servers: `ca_file` is its own certificate, and `issue` makes others; all in one folder."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = _certificate(name, name, self._key.public_key(), BEGAN, ENDS).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.ca_file = folder / f"{name}.pem"
        self.ca_file.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, address: str, *, began: dt.datetime = BEGAN, ends: dt.datetime = ENDS) -> Path:
        """A certificate for an IP address with its key, in one PEM file."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _named(_certificate(address, self._name, key.public_key(), began, ends), address)
        return _written(self._folder, f"{self._name}-{address}", key, builder.sign(self._key, hashes.SHA256()))


def self_signed(folder: Path, address: str) -> Path:
    """A certificate for an IP address that vouches for itself, with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _named(_certificate(address, address, key.public_key(), BEGAN, ENDS), address).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return _written(folder, address, key, builder.sign(key, hashes.SHA256()))


def server_context(pem: Path) -> ssl.SSLContext:
    """For a server on greenlets with this certificate."""
    context: ssl.SSLContext = gevent_ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def _certificate(
    subject: str, issuer: str, key: ec.EllipticCurvePublicKey, began: dt.datetime, ends: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(ends)
    )


def _named(builder: x509.CertificateBuilder, address: str) -> x509.CertificateBuilder:
    name = x509.IPAddress(ipaddress.ip_address(address))
    return builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)


def _written(folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> Path:
    pem = folder / f"{name.replace(':', '_')}.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return pem
