"""What IMKIT's documents leave open: each question is a field, with our answer as its default."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Final, Self

from simulator.errors import UsageError

OPTION: Final = "--policy"
_MOST: Final = 1_000_000


def _choice(*choices: str, help: str) -> Any:  # noqa: A002, ANN401 - as click and dataclasses have it
    """A field that takes one of these words, the first being the default."""
    return field(default=choices[0], metadata={"choices": choices, "help": help})


def _number(help: str) -> Any:  # noqa: A002, ANN401 - as above
    """A field that takes a whole number, 0 being the default and meaning none."""
    return field(default=0, metadata={"choices": (), "help": help})


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How the backend answers the open questions. `help` says what each word means."""

    key: str = _choice("device", "client-device", help="a slot is type and deviceId, or clientId, type and deviceId")
    same_token: str = _choice("keep", "move", help="a token under another slot: both stay, or the newest only")
    device_cap: int = _number("devices a user may have; the least recently registered ones go; 0: any number")
    dead_tokens: str = _choice("delete", "keep", help="subscriptions whose token a provider calls dead")
    unknown_type: str = _choice("400", "422", "accept", help="a type that the API page does not list")
    over_long: str = _choice("400", "413", "422", help="a field that is too long")
    non_string: str = _choice("400", "422", "cast", help="a field that is no string; cast takes numbers and booleans")
    bad_client_key: str = _choice("403", "401", help="a wrong or missing IM-CLIENT-KEY")
    missing_client_id: str = _choice("400", "401", "404", help="IM-API-KEY without clientId")
    unknown_client: str = _choice("404", "400", "accept", help="a clientId that nobody made")
    client_limit: int = _number("calls a minute of one person with the client key, then 429; 0: any number")

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Self:
        """The policy of these words by the names of the questions; UsageError with every mistake, a line each."""
        known = {_named(one.name): one for one in fields(cls)}
        mistakes: list[str] = []
        answers: dict[str, str | int] = {}
        for name, word in given.items():
            if name not in known:
                mistakes.append(f"{OPTION} {name}={word} is unknown: choose from {', '.join(known)}.")
            elif (answer := _answer(known[name].metadata["choices"], word)) is None:
                remedy = ", ".join(known[name].metadata["choices"]) or f"0 to {_MOST}"
                mistakes.append(f"{OPTION} {name}={word} cannot be: choose from {remedy}.")
            else:
                answers[known[name].name] = answer
        if mistakes:
            raise UsageError("\n".join(mistakes))
        return cls(**answers)  # type: ignore[arg-type]  # each is of its field's type, as _answer has seen to

    @classmethod
    def read(cls, texts: Iterable[str]) -> Self:
        """The policy of texts like `key=client-device`; UsageError with every mistake, a line each."""
        pairs = [text.partition("=") for text in texts]
        mistakes = [f"{OPTION} {name} says nothing: give NAME=VALUE." for name, equals, _ in pairs if not equals]
        names = [name for name, _, _ in pairs]
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        mistakes += [f"{OPTION} {name} is given more than once: give it once." for name in twice]
        try:
            policy = cls.parse({name: word for name, equals, word in pairs if equals})
        except UsageError as error:
            mistakes += str(error).splitlines()
        if mistakes:
            raise UsageError("\n".join(mistakes))
        return policy

    def texts(self) -> list[str]:
        """What `read` makes this policy of: the answers that are not the defaults."""
        return [
            f"{_named(one.name)}={getattr(self, one.name)}"
            for one in fields(self)
            if one.default is not MISSING and getattr(self, one.name) != one.default
        ]

    @classmethod
    def help(cls) -> str:
        """A line for each question: its name, its answers with the default first, and what it is about."""
        rows = [(_named(one.name), one.metadata["choices"] or ("0", "N"), one.metadata["help"]) for one in fields(cls)]
        return "\n".join(f"{name + '=' + '|'.join(choices):40}  {text}" for name, choices, text in rows)


def _named(field_name: str) -> str:
    return field_name.replace("_", "-")


def _answer(choices: tuple[str, ...], word: str) -> str | int | None:
    """What a word says; None if it is none of the choices, or no number where there are none."""
    if choices:
        return word if word in choices else None
    return int(word) if word.isascii() and word.isdecimal() and int(word) <= _MOST else None


DEFAULT: Final = Policy()
