"""DeviceIds that are odd, and legal: what some apps make of a UUID of their own.

The API page calls a deviceId a string and says no more. So a space at its end, the case of a letter and the way an
accent is written are part of it, and a backend that tidies them up knows the device by another id. Every form holds its
UUID, so that no two of them are equal, and each can be turned back.
"""

import re
from collections.abc import Callable
from typing import Final
from unicodedata import combining, normalize

LONGEST: Final = 255  # characters, as many as an id may have
_PLAIN: Final = 64  # characters that are shown whole
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NAME: Final = "Téléphone de Zoë "
_PREFIX: Final = "com.example.messenger/production/europe-west1/android/installations/"  # shared by all of its kind

FORMS: Final[tuple[Callable[[str], str], ...]] = (
    lambda uuid: f" {uuid}",
    lambda uuid: f"{uuid} ",
    lambda uuid: f" {uuid}  ",
    lambda uuid: uuid[:18].upper() + uuid[18:],
    lambda uuid: _PREFIX + uuid,
    lambda uuid: normalize("NFC", _NAME) + uuid,
    lambda uuid: normalize("NFD", _NAME) + uuid,
    lambda uuid: (_PREFIX * 4)[: LONGEST - len(uuid)] + uuid,
)


def plain_in(device_id: str) -> str | None:
    """The UUID, in lower case, in what may be an odd id; None if there is not exactly one."""
    found = _UUID.findall(device_id)
    return found[0].lower() if len(found) == 1 else None


def shown(device_id: str) -> str:
    """A deviceId as a reader can tell it from others: quoted where its spaces or accents matter, a long one cut."""
    text = device_id
    if len(text) > _PLAIN:
        text = f"{text[:20]}…{text[-36:]}"
    spelled = "".join(f"\\u{ord(letter):04x}" if combining(letter) else letter for letter in text)
    if len(device_id) > _PLAIN:
        return f"{spelled} ({len(device_id)} characters)"
    return spelled if device_id.isascii() and device_id == device_id.strip() else f'"{spelled}"'
