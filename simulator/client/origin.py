"""Where the server is: a base URL taken apart once, so that no request has to."""

import re
from typing import NamedTuple, Self
from urllib.parse import SplitResult, urlsplit

from simulator.errors import UsageError

_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")


class Origin(NamedTuple):
    """Scheme, host and port, and the path that every request's path is appended to ("" for none)."""

    secure: bool
    host: str  # without brackets
    port: int
    prefix: str

    @classmethod
    def parse(cls, base_url: str) -> Self:
        """Take a URL such as `https://app.imkit.io` or `http://[::1]:8080/v3` apart. Raises UsageError.

        The error never repeats the URL whole, since it may hold a password.
        """
        parts, port = _split(base_url)
        if parts.username is not None or parts.password is not None:
            raise UsageError(f"The base URL for {parts.hostname} holds a user name or password. Leave them out.")
        if parts.query or parts.fragment:
            raise UsageError(f"The base URL for {parts.hostname} holds a query or fragment. Leave it out.")
        host = parts.hostname or ""
        ascii_host = host if host.isascii() else host.encode("idna").decode()
        return cls(parts.scheme == "https", ascii_host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host.partition('%')[0]}]" if ":" in self.host else self.host
        return host if self.port == _PORTS["https" if self.secure else "http"] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.authority}{self.prefix}"


def _split(base_url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(base_url)
        port = parts.port
        (parts.hostname or "").encode("idna" if not base_url.isascii() else "ascii")
        parts.path.encode("ascii")
    except ValueError as error:
        raise UsageError(f"The base URL cannot be read: {error}. Give one such as https://app.imkit.io.") from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0 or _UNSAFE.search(base_url):
        shown = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme else "one without http:// or https://"
        raise UsageError(f"The base URL cannot be used: {shown}. Give one such as https://app.imkit.io.")
    return parts, port
