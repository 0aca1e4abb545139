"""The mutants are what they say they are; whether they are noticed is `make mutants`."""

import ast
from typing import Any, Final

import pytest

from tests.mutation.mutants import functions_of, mutants, mutated
from tests.mutation.targets import MODULES, source

TEXT: Final = '''
class Zone:
    def holds(self, time: int) -> bool:
        """A docstring with 1 in it."""
        return self.f < time and not self.open

def first(ops: list[int]) -> int:
    for op in sorted(ops, key=abs):
        if op >= 0:
            continue
        return op + 1
    return min(ops)
'''


def test_every_slip_is_tried_in_every_function() -> None:
    assert [one.name for one in mutants("m", TEXT)] == [
        "m.first: sorted(ops, key=abs) → sorted(ops)",
        "m.first: sorted(ops, key=abs) → ops",
        "m.first: op >= 0 → op > 0",
        "m.first: 0 → 1",
        "m.first: continue → break",
        "m.first: op + 1 → op - 1",
        "m.first: 1 → 2",
        "m.first: min → max",
        "m.Zone.holds: self.f < time and (not self.open) → self.f < time or not self.open",
        "m.Zone.holds: self.f < time and (not self.open) → self.f < time",
        "m.Zone.holds: self.f < time and (not self.open) → not self.open",
        "m.Zone.holds: self.f < time → self.f <= time",
        "m.Zone.holds: not self.open → self.open",
    ]


def test_a_mutant_is_the_function_with_its_change() -> None:
    scope: dict[str, Any] = {}
    exec(TEXT, scope)  # noqa: S102 - our own text
    first, found = scope["first"], []
    for one in mutants("m", TEXT):
        if one.function == "first":
            first.__code__ = mutated(one, TEXT)
            found.append((one.after, first([-3, 0, 7])))
    assert found == [
        ("sorted(ops)", -2),
        ("ops", -2),
        ("op > 0", 1),
        ("1", 1),
        ("break", -3),
        ("op - 1", -4),
        ("2", -1),
        ("max", -2),
    ]


@pytest.mark.parametrize("module", MODULES)
def test_every_function_of_the_judge_has_mutants_that_can_be_compiled(module: str) -> None:
    text = source(module)
    found = mutants(module, text)
    assert len({one.name for one in found}) == len(found)
    assert {name for name, _ in functions_of(ast.parse(text))} >= {one.function for one in found}
    for one in found[:: max(1, len(found) // 10)]:
        assert mutated(one, text).co_name == one.function.rpartition(".")[2]
