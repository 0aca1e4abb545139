"""The address of a PostgreSQL database, which may hold a password that nobody is to see."""

import re
from dataclasses import dataclass, field
from typing import Final, Self
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from simulator.errors import UsageError

SCHEMES: Final = ("postgresql", "postgres")
_SECRETS: Final = {"password", "sslpassword"}
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]*)(:[0-9]*)?")


@dataclass(frozen=True, slots=True)
class PostgresqlUrl:
    """A URL as libpq takes it, `postgresql://user:password@host:port/database?sslmode=require`.

    `text` is the whole of it, for whoever connects; `str()` and `repr()` show it without its passwords.
    """

    text: str = field(repr=False)
    shown: str

    @classmethod
    def parse(cls, text: str, option: str) -> Self:
        """The URL in `text`, which `option` was given; UsageError, which shows nothing of it, if it is none."""
        try:
            return cls(text, _without_passwords(text))
        except ValueError as error:
            raise UsageError(
                f"{option} {SCHEMES[0]}: is no address of a database ({error}): give "
                f"{SCHEMES[0]}://user:password@host:port/database, and in the password write %40 for @, %3A for :, "
                "%2F for /, %3F for ? and %23 for #."
            ) from None

    def __str__(self) -> str:
        return self.shown


def _without_passwords(text: str) -> str:
    """Raises ValueError, with a reason that shows nothing of the text, where a part may be taken for another."""
    if re.search(r"[^\x21-\x7e]", text):
        raise ValueError("it has a space, or a character beyond ASCII")
    try:
        url = urlsplit(text)
    except ValueError:
        raise ValueError("its host is none") from None
    if url.scheme not in SCHEMES or not text.partition(":")[2].startswith("//"):
        raise ValueError("it does not begin so")
    if url.fragment or text.count("@") > ("@" in url.netloc):
        raise ValueError("a # or a second @ stands in it")
    login, at, hosts = url.netloc.rpartition("@")
    if not all(_HOST.fullmatch(host) for host in hosts.split(",")):
        raise ValueError("its host or port is none")
    options = _no_secrets(url.query)
    return f"{url.scheme}://{login.partition(':')[0]}{at}{hosts}{url.path}" + (f"?{options}" if options else "")


def _no_secrets(query: str) -> str:
    """The options that are no secret."""
    try:
        options = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise ValueError("an option after the ? has no value") from None
    return urlencode([(name, value) for name, value in options if name not in _SECRETS], safe="/", quote_via=quote)
