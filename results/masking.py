"""Passwords hide in addresses: `postgresql://user:password@host/…` is an ordinary read-back spec."""

import re
from typing import Final

_CREDENTIALS: Final = re.compile(r"(?<=://)[^/?#\s]*@")
_QUERY_SECRET: Final = re.compile(r"(?i)([?&](?:password|passwd|secret|token|api[_-]?key|client[_-]?key)=)[^&#\s]*")
_SECRET_NAME: Final = re.compile(r"(?i)password|passwd|secret|(?:^|[_-])key$")


def without_secrets(text: str) -> str:
    """`text` with the credentials of every address in it replaced by ***."""
    return _QUERY_SECRET.sub(r"\1***", _CREDENTIALS.sub("***@", text))


def is_secret(option: str) -> bool:
    """Whether an option of this name holds a secret."""
    return _SECRET_NAME.search(option) is not None
