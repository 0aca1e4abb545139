"""Every small change to a module's functions, each of which some test must notice."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any

from tests.mutation.variants import variants


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change to one function or method; `number` counts the changes to its module."""

    module: str
    function: str
    line: int
    before: str
    after: str
    number: int

    @property
    def name(self) -> str:
        """What tells it from all others, and outlives changes elsewhere in the file."""
        return f"{self.module}.{self.function}: {self.before} → {self.after}"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a tree a node stands."""

    function: str
    parent: ast.AST
    field: str
    at: int | None  # in a list

    def put(self, node: ast.AST) -> None:
        if self.at is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.at] = node


def mutants(module: str, source: str) -> list[Mutant]:
    """All changes to a module's functions."""
    found, times = [], Counter[str]()
    for number, (place, node, instead) in enumerate(_changes(ast.parse(source))):
        line = getattr(node, "lineno", 0) or getattr(place.parent, "lineno", 0)
        one = Mutant(module, place.function, line, _told(node), _told(instead), number)
        times[one.name] += 1
        again = times[one.name]  # those that read the same are numbered
        found.append(one if again == 1 else replace(one, after=f"{one.after} ({again})"))
    return found


def mutated(mutant: Mutant, source: str) -> CodeType:
    """The code of the function with the change, as it is compiled in its module."""
    tree = ast.parse(source)
    place, _, instead = next(change for number, change in enumerate(_changes(tree)) if number == mutant.number)
    place.put(instead)
    return code_of(compile(ast.fix_missing_locations(tree), mutant.module, "exec"), mutant.function)


def code_of(code: CodeType, function: str) -> CodeType:
    """The code of a function or method within its module's."""
    for part in function.split("."):
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == part)
    return code


def functions_of(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """A module's functions and methods, by name: `judge`, `Furthest.before`."""
    for prefix, body in [("", tree.body), *((f"{c.name}.", c.body) for c in tree.body if isinstance(c, ast.ClassDef))]:
        yield from ((f"{prefix}{each.name}", each) for each in body if isinstance(each, ast.FunctionDef))


def _changes(tree: ast.Module) -> Iterator[tuple[_Place, ast.AST, ast.AST]]:
    for name, function in functions_of(tree):
        yield from _within(function, name, ("body",))


def _within(parent: ast.AST, function: str, fields: tuple[str, ...]) -> Iterator[tuple[_Place, ast.AST, ast.AST]]:
    for field in fields:
        value: Any = getattr(parent, field)
        many = isinstance(value, list)
        for at, node in enumerate(value if many else [value]):
            if isinstance(node, ast.AST) and not _is_typing(parent, field):
                yield from (
                    (_Place(function, parent, field, at if many else None), node, one) for one in variants(node)
                )
                yield from _within(node, function, node._fields)


def _is_typing(parent: ast.AST, field: str) -> bool:
    return field in ("annotation", "returns") or (isinstance(parent, ast.Subscript) and field == "ctx")


def _told(node: ast.AST) -> str:
    text = ast.unparse(ast.fix_missing_locations(node))
    first, _, more = text.partition("\n")
    return f"{first} …" if more else first
