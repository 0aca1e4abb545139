"""What else could stand where a piece of code stands: the slips that a rule is made wrong by."""

import ast
from collections.abc import Iterator
from copy import copy
from typing import Any, Final, TypeVar

Node = TypeVar("Node", bound=ast.AST)

_OPPOSITE: Final[dict[type[ast.AST], type[ast.AST]]] = {
    one: other
    for pair in (
        (ast.Lt, ast.LtE),
        (ast.Gt, ast.GtE),
        (ast.Eq, ast.NotEq),
        (ast.Is, ast.IsNot),
        (ast.In, ast.NotIn),
        (ast.Add, ast.Sub),
        (ast.BitAnd, ast.BitOr),
        (ast.And, ast.Or),
        (ast.Break, ast.Continue),
    )
    for one, other in (pair, pair[::-1])
}
_OTHER_WORD: Final = {
    one: other
    for pair in (("min", "max"), ("any", "all"), ("bisect_left", "bisect_right"), ("before", "up_to"))
    for one, other in (pair, pair[::-1])
}


def variants(node: ast.AST) -> Iterator[ast.AST]:
    """Nodes to put in a node's place, each a small mistake; the node is left as it is."""
    match node:
        case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.UnaryOp():
            yield from _of_operator(node)
        case ast.comprehension(ifs=conditions):
            yield from (_with(node, ifs=_without(conditions, at)) for at in range(len(conditions)))
        case ast.IfExp(body=body, orelse=otherwise):
            yield _with(node, body=otherwise, orelse=body)
        case ast.Call():
            yield from _of_call(node)
        case ast.Constant() | ast.Name() | ast.Attribute():
            yield from _of_word(node)
        case ast.stmt():
            yield from _of_statement(node)


def _of_operator(node: ast.Compare | ast.BoolOp | ast.BinOp | ast.UnaryOp) -> Iterator[ast.AST]:
    """The opposite, or one side less."""
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                if type(op) in _OPPOSITE:
                    yield _with(node, ops=[*ops[:at], _OPPOSITE[type(op)](), *ops[at + 1 :]])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=_OPPOSITE[type(op)]())
            if len(values) == 2:
                yield from values
            else:
                yield from (_with(node, values=_without(values, at)) for at in range(len(values)))
        case ast.BinOp(op=op) if type(op) in _OPPOSITE:
            yield _with(node, op=_OPPOSITE[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.Invert() | ast.USub(), operand=operand):
            yield operand


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    """A sort by something else, the other end of an order."""
    for at, keyword in enumerate(node.keywords):
        if keyword.arg in ("key", "reverse", "kind", "side"):
            yield _with(node, keywords=_without(node.keywords, at))
    if isinstance(node.func, ast.Name) and node.func.id == "sorted":
        yield node.args[0]


def _of_word(node: ast.Constant | ast.Name | ast.Attribute) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=bool() as value):
            yield _with(node, value=not value)
        case ast.Constant(value=int() as value):
            yield _with(node, value=value + 1)
        case ast.Name(id=word) if word in _OTHER_WORD:
            yield _with(node, id=_OTHER_WORD[word])
        case ast.Attribute(attr=word) if word in _OTHER_WORD:
            yield _with(node, attr=_OTHER_WORD[word])


def _of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare):
            yield _with(node, test=ast.UnaryOp(ast.Not(), test))
        case ast.Break() | ast.Continue():
            yield _OPPOSITE[type(node)]()
        case ast.AugAssign(op=op):
            if type(op) in _OPPOSITE:
                yield _with(node, op=_OPPOSITE[type(op)]())
            yield ast.Pass()
        case ast.Expr(value=value) if not isinstance(value, ast.Constant):
            yield ast.Pass()


def _with(node: Node, **fields: Any) -> Node:  # noqa: ANN401 - a node's fields are of any type
    changed = copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _without(items: list[Any], at: int) -> list[Any]:
    return [*items[:at], *items[at + 1 :]]
