"""Checksums of what a run leaves: a damaged file must never become evidence, for the backend or against it."""

import zlib
from pathlib import Path
from typing import Final

from results.errors import CannotKnow

_AT_A_TIME: Final = 1 << 22
_SUM: Final = ".crc32"  # a file's checksum stands beside it, under its name and this


def seal(path: Path, *, sealed_as: Path | None = None) -> str:
    """Write the checksum of a file, which is to be called `sealed_as` when it is complete, and return it."""
    beside = _beside(sealed_as or path)
    draft = beside.with_name(beside.name + ".new")
    found = _checksum(path)
    draft.write_text(found, encoding="ascii")
    draft.replace(beside)
    return found


def require_whole(path: Path) -> str:
    """The checksum of a file; CannotKnow unless that is what it was when it was sealed."""
    if not path.is_file():
        raise CannotKnow(f"{path} is no file, so what stood there is lost and cannot be judged.")
    try:
        said, is_now = _beside(path).read_text(encoding="ascii"), _checksum(path)
    except FileNotFoundError:
        raise CannotKnow(
            f"{path} has no checksum: {_beside(path).name} is missing. Restore it; it is not judged without."
        ) from None
    except UnicodeDecodeError:
        said, is_now = "damaged", ""
    except OSError as error:
        raise CannotKnow(f"{path} cannot be read ({error.strerror}): make it readable, and judge again.") from error
    if said != is_now:
        raise CannotKnow(f"{path} is damaged: it is not what was written. What it held cannot be judged.")
    return said


def _beside(path: Path) -> Path:
    return path.with_name(path.name + _SUM)


def _checksum(path: Path) -> str:
    found = 0
    with path.open("rb") as file:
        while part := file.read(_AT_A_TIME):
            found = zlib.crc32(part, found)
    return f"{found:08x} {path.stat().st_size}"
