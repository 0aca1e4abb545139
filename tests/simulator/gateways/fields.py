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

    def get_all(self, name: str, /) -> list[str]:
        """Every value."""
        return [self.said[name]] * (2 if name == self.twice else 1) if name in self.said else []
