"""A request's headers as a test writes them."""

from dataclasses import dataclass, field


@dataclass
class Fields:
    """Headers by their names in lower case; `twice` names one that comes two times."""

    said: dict[str, str] = field(default_factory=dict)
    twice: str = ""

    def get(self, name: str, /) -> str | None:
        """The first value."""
        return self.said.get(name)

    def items(self) -> list[tuple[str, str]]:
        """All of them, and that one once more."""
        return [pair for pair in self.said.items() for _ in range(1 + (pair[0] == self.twice))]
