"""Changes to statements: one removed, a condition turned round, an array changed in place, another result given."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from autograder.audit.changes import Change, called, is_number, loaded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.audit.syntax import Place

_AUGMENTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
_UNCHANGEABLE = re.compile(r"(int|float|number|bool|str|tuple|None|callable|function)\b")
_UFUNCS = {
    "maximum",
    "minimum",
    "exp",
    "log",
    "tanh",
    "abs",
    "negative",
    "sqrt",
    "square",
    "clip",
    "log1p",
    "sign",
}


def changes(place: Place, documents: dict[str, str]) -> Iterator[Change]:
    """Yield the changes that can be made to a statement.

    Parameters
    ----------
    place
        The statement.
    documents
        Each function's docstring: it tells which arguments are arrays, that can be changed in place.
    """
    node = place.node
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _result(node, node.value, place)
    elif isinstance(node, ast.AugAssign):
        other = _AUGMENTED.get(type(node.op))
        if other is not None:
            yield Change("arithmetic", ast.AugAssign(node.target, other(), node.value))
        yield Change("accumulation", ast.Assign([node.target], node.value))
        yield Change("statement removed", [])
    elif isinstance(node, ast.If | ast.While):
        turned = type(node)(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        yield Change("condition", turned)
        if isinstance(node, ast.If):
            yield Change("statement removed", list(node.orelse))
            yield Change("condition", list(node.body))
    elif isinstance(node, ast.Raise):
        if (
            isinstance(node.exc, ast.Call)
            and isinstance(node.exc.func, ast.Name)
            and node.exc.func.id != "RuntimeError"
        ):
            yield Change("error", ast.Raise(ast.Call(loaded("RuntimeError"), node.exc.args, []), node.cause))
    elif _can_go(node, place):
        yield Change("statement removed", [])
    yield from _in_place(place, documents)


def _result(node: ast.Return, value: ast.expr, place: Place) -> Iterator[Change]:
    if isinstance(value, ast.Tuple):
        for at in range(len(value.elts) - 1):
            items = list(value.elts)
            items[at], items[at + 1] = items[at + 1], items[at]
            yield Change("result", ast.Return(ast.Tuple(items, ast.Load())))
    elif not isinstance(value, ast.Constant | ast.Dict | ast.List | ast.JoinedStr):
        yield Change("sign", ast.Return(ast.UnaryOp(ast.USub(), value)))
        yield Change("factor", ast.Return(ast.BinOp(ast.Constant(2), ast.Mult(), value)))
    if isinstance(value, ast.Name):
        for other in _locals(place):
            if other != value.id:
                yield Change("result", ast.Return(loaded(other)))
    elif isinstance(value, ast.Dict | ast.List):
        for at in range(len(_items(value))):
            yield Change("result", ast.Return(_without(value, at)))
    yield (
        Change("return removed", [ast.Return(ast.Constant(None))])
        if not _is_none(value)
        else Change("return removed", [ast.Return(ast.Constant(0))])
    )
    del node


def _can_go(node: ast.AST, place: Place) -> bool:
    """Whether a line can be left out and its names still have a value: they had one before, or stand in one."""
    if not isinstance(node, ast.Assign):
        return isinstance(node, ast.Break | ast.Continue) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        )
    target = node.targets[0]
    if isinstance(target, ast.Subscript | ast.Attribute):
        return True
    function = place.function
    if not isinstance(target, ast.Name) or function is None:
        return False
    earlier = {argument.arg for argument in [*function.args.args, *function.args.kwonlyargs]}
    earlier |= {
        n.id
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.lineno < node.lineno
    }
    return target.id in earlier


def _in_place(place: Place, documents: dict[str, str]) -> Iterator[Change]:
    """Have an argument changed where it lies, though the result is right."""
    node, function = place.node, place.function
    if function is None or not isinstance(node, ast.Assign | ast.Return) or node.value is None:
        return
    arrays = _arrays(function, documents.get(function.name, ""))
    value = node.value
    if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and value.left.id in arrays:
        if isinstance(value.op, ast.MatMult | ast.FloorDiv | ast.Pow) or is_number(value.left):
            return
        name = value.left.id
        step = ast.AugAssign(ast.Name(name, ast.Store()), value.op, value.right)
        yield Change("in place", [step, _with_value(node, loaded(name))])
    elif isinstance(value, ast.Call) and called(value) in _UFUNCS and value.args:
        first = value.args[0]
        if isinstance(first, ast.Name) and first.id in arrays and not value.keywords:
            call = ast.Call(value.func, value.args, [ast.keyword("out", loaded(first.id))])
            yield Change("in place", _with_value(node, call))


def _with_value(node: ast.Assign | ast.Return, value: ast.expr) -> ast.stmt:
    return ast.Return(value) if isinstance(node, ast.Return) else ast.Assign(node.targets, value)


def _arrays(function: ast.FunctionDef, document: str) -> set[str]:
    """Return the arguments that may be arrays: those that the docstring does not call something unchangeable."""
    found = set()
    for argument in function.args.args:
        said = re.search(rf"^\s*(?:\w+, )*{argument.arg}(?:, \w+)* : (.+)$", document, re.MULTILINE)
        if said is None or not _UNCHANGEABLE.match(said[1]):
            found.add(argument.arg)
    return found


def _locals(place: Place) -> list[str]:
    function = place.function
    if function is None:
        return []
    names = [argument.arg for argument in function.args.args]
    names += [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(names))


def _items(value: ast.Dict | ast.List) -> list[ast.expr]:
    return value.values if isinstance(value, ast.Dict) else value.elts


def _without(value: ast.Dict | ast.List, at: int) -> ast.expr:
    if isinstance(value, ast.Dict):
        return ast.Dict(
            [*value.keys[:at], *value.keys[at + 1 :]], [*value.values[:at], *value.values[at + 1 :]]
        )
    return ast.List([*value.elts[:at], *value.elts[at + 1 :]], ast.Load())


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
