"""Changing functions that are already imported, wherever they were imported to."""

import ast
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Final

from tests.mutation.mutants import Mutant, code_of, functions_of, mutated
from tests.mutation.targets import MODULES, source

Function = tuple[str, str]  # module and name

_NOTE: Final = "__entered__"


def functions(module: str) -> dict[str, FunctionType]:
    """The functions and methods that a module defines, by their names as mutants have them."""
    of_source = {name for name, _ in functions_of(ast.parse(source(module)))}
    found = {function.__qualname__: function for function in _defined_in(module)}
    return {name: found[name] for name in of_source}


def plant(mutant: Mutant) -> None:
    """Make the change in this process."""
    functions(mutant.module)[mutant.function].__code__ = mutated(mutant, source(mutant.module))


def watch() -> set[Function]:
    """Have every function of the modules that are mutated note that it was entered."""
    entered: set[Function] = set()
    for module in MODULES:
        vars(sys.modules[module])[_NOTE] = entered
        tree = ast.parse(source(module))
        for name, function in functions_of(tree):
            function.body.insert(0, ast.parse(f"{_NOTE}.add(({module!r}, {name!r}))").body[0])
        whole = compile(tree, module, "exec")
        for name, live in functions(module).items():
            live.__code__ = code_of(whole, name)
    return entered


def _defined_in(module: str) -> Iterator[FunctionType]:
    for thing in vars(sys.modules[module]).values():
        if getattr(thing, "__module__", None) != module:
            continue
        if isinstance(thing, FunctionType):
            yield thing
        elif isinstance(thing, type):
            for member in vars(thing).values():
                bare = getattr(member, "fget", None) or getattr(member, "__func__", member)
                if isinstance(bare, FunctionType) and bare.__module__ == module:
                    yield bare
