"""The lines of an answer's head, read only where somebody asks: of most answers nobody does.

The parser (llhttp) has taken the head apart by then, and refused what is no HTTP/1.1 (RFC 9112, section 5); to be
told of every line by it takes longer than all else that it does.
"""

from collections.abc import Iterator


def lines_of(said: bytes, interim: int = 0) -> dict[bytes, bytes]:
    """Names in lower case → values, of a head that `said` begins with behind so many interim answers.

    Of a name that is there twice, the last. `said` may go on with the body.
    """
    found: dict[bytes, bytes] = {}
    lines = iter(said.split(b"\n"))
    for _ in range(interim):
        _skip_status(lines)
        while next(lines).rstrip(b"\r"):
            pass
    _skip_status(lines)
    for line in lines:
        name, colon, value = line.rstrip(b"\r").partition(b":")
        if not colon:
            break
        found[name.lower()] = value.strip(b" \t")
    return found


def _skip_status(lines: Iterator[bytes]) -> None:
    """The parser lets blank lines stand before it."""
    while not next(lines).rstrip(b"\r"):
        pass
