"""GitHub-flavoured Markdown: tables, and text that means nothing but itself."""

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Lay out a table; a head that begins with > is of a column of numbers."""
    rule = ["--:" if head.startswith(">") else "---" for head in heads]
    lines = [[head.removeprefix(">") for head in heads], rule, *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """`text` as Markdown that means nothing but itself: no tables, links, HTML or headings out of a host's name."""
    text = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]|<>#" else char for char in text).replace("&", "&amp;")


def code(text: str) -> str:
    """`text` as it may stand between back-ticks, in a table too."""
    return " ".join(text.split()).replace("`", "'").replace("|", "\\|")
