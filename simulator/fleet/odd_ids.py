"""DeviceIds that are odd, and legal: what some apps make of a UUID of their own.

The API page calls a deviceId a string and says no more. So a space at its end, the case of a letter and the way an
accent is written are part of it, and a backend that tidies them up knows the device by another id. So does one whose
column counts bytes, or takes characters of three bytes at most, or that pastes ids into SQL, patterns or URLs. Every
form holds its UUID, so that no two of them are equal, and each can be turned back.
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
    lambda uuid: uuid[:18] + uuid[18:].upper(),
    lambda uuid: f"{{{uuid.upper()}}}",  # as .NET writes them
    lambda uuid: f"{uuid}\u00a0",  # a space to some that trim, and none to others
    lambda uuid: f"my\tphone  {uuid}",
    lambda uuid: f'Zoë\'s \\ "100%_" {uuid}',
    lambda uuid: f"../a+b%20c/{uuid}?x=1&y=2#z",
    lambda uuid: f"\N{MOBILE PHONE} {uuid}",  # four bytes in UTF-8
    lambda uuid: ("携帯電話" * 64)[: LONGEST - len(uuid)] + uuid,  # 693 bytes
)


def plain_in(device_id: str) -> str | None:
    """The UUID, in lower case, in what may be an odd id; None if there is not exactly one."""
    found = _UUID.findall(device_id)
    return found[0].lower() if len(found) == 1 else None


def shown(device_id: str) -> str:
    """A deviceId as a reader can tell it from others: quoted where it has spaces or accents, a long one cut."""
    text = device_id
    if len(text) > _PLAIN:
        text = f"{text[:20]}…{text[-36:]}"
    spelled = "".join(letter if _is_shown(letter) else f"\\u{ord(letter):04x}" for letter in text)
    if len(device_id) > _PLAIN:
        return f"{spelled} ({len(device_id)} characters)"
    return spelled if device_id.isascii() and device_id.split() == [device_id] else f'"{spelled}"'


def _is_shown(letter: str) -> bool:
    """Whether a reader sees which letter it is."""
    return letter.isprintable() and not combining(letter)
