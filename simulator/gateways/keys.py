"""Private keys in files, made once: readable by their owner alone, and told apart from what is no key."""

import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from simulator.errors import UsageError

_RSA_BITS: Final = 2048  # as Google's service accounts have


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    """A key as Apple and Google hand theirs out: PKCS #8, PEM, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    """A public key as browsers are given it: 65 bytes, uncompressed."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def elliptic_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The P-256 key in a file, which is made where there is none. Raises UsageError if it holds something else."""
    if not path.exists():
        write_private(path, pem(ec.generate_private_key(ec.SECP256R1())))
    key = _loaded(path.read_bytes(), path)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise unusable(path, "a P-256 key")
    return key


def drawn_rsa_key() -> rsa.RSAPrivateKey:
    """A new RSA key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)


def rsa_key(text: str, path: Path) -> rsa.RSAPrivateKey:
    """The RSA key in `text`, which stood in the file `path`. Raises UsageError if it is none."""
    key = _loaded(text.encode(), path)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise unusable(path, "an RSA key")
    return key


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    new.replace(path)


def unusable(path: Path, wanted: str) -> UsageError:
    """What is said of a file of credentials that is not what it should be."""
    return UsageError(f"{path} does not hold {wanted}: delete it to have one made, or name another --folder.")


def _loaded(content: bytes, path: Path) -> object:
    try:
        return load_pem_private_key(content, password=None)
    except (ValueError, TypeError):
        raise unusable(path, "a private key that is not encrypted") from None
