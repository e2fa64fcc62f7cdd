"""Changes to expressions: signs, constants, comparisons, and what matters for arrays: axes, transposes, slices."""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING, Any

from autograder.audit.changes import Change, called, is_number, loaded, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from autograder.audit.syntax import Place

_ARITHMETIC: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_FUNCTIONS = {
    "sum": ("mean",), "mean": ("sum",), "nansum": ("sum",), "prod": ("sum",),
    "max": ("min", "maximum"), "min": ("max", "minimum"), "maximum": ("minimum", "max"),
    "minimum": ("maximum", "min"), "amax": ("amin",), "amin": ("amax",),
    "argmax": ("argmin",), "argmin": ("argmax",), "any": ("all",), "all": ("any",),
    "floor": ("ceil",), "ceil": ("floor",), "exp": ("expm1",), "expm1": ("exp",),
    "log": ("log1p", "log10"), "log1p": ("log",), "sin": ("cos",), "cos": ("sin",), "tanh": ("arctan",),
    "zeros": ("ones",), "ones": ("zeros",), "zeros_like": ("ones_like",), "ones_like": ("zeros_like",),
    "empty": ("ones",), "var": ("std",), "std": ("var",), "vstack": ("hstack",), "hstack": ("vstack",),
    "outer": ("dot",), "cumsum": ("cumprod",), "floor_divide": ("divide",), "divide": ("multiply",),
    "multiply": ("divide",), "add": ("subtract",), "subtract": ("add",),
}  # fmt: skip
_COPIES = {"copy", "deepcopy", "array", "dict", "list", "ascontiguousarray"}


def changes(place: Place) -> Iterator[Change]:
    """Yield the changes that can be made at a node of an expression."""
    for kind, change in _CHANGES.items():
        if isinstance(place.node, kind):
            yield from change(place.node, place)


def _arithmetic(node: ast.BinOp, _place: Place) -> Iterator[Change]:
    if _is_text(node.left) or _is_text(node.right):
        return
    for other in _ARITHMETIC.get(type(node.op), ()):
        yield Change("arithmetic", ast.BinOp(node.left, other(), node.right))
    if isinstance(node.op, ast.Sub | ast.Div | ast.FloorDiv | ast.MatMult | ast.Pow):
        yield Change("operands swapped", ast.BinOp(node.right, node.op, node.left))
    yield Change("operand dropped", node.left)
    if isinstance(node.op, ast.Add | ast.Mult | ast.MatMult):
        yield Change("operand dropped", node.right)
    if isinstance(node.op, ast.MatMult):
        for side in ("left", "right"):
            factor = getattr(node, side)
            if not (isinstance(factor, ast.Attribute) and factor.attr == "T"):
                new = copy.copy(node)
                setattr(new, side, ast.Attribute(factor, "T", ast.Load()))
                yield Change("transpose", new)


def _unary(node: ast.UnaryOp, place: Place) -> Iterator[Change]:
    if is_number(node):
        if not _is_axis(place):
            value = ast.literal_eval(node)
            for other in (-value, value + 1, value - 1):
                yield Change("constant", number(other))
    elif isinstance(node.op, ast.USub):
        yield Change("sign", node.operand)
    elif isinstance(node.op, ast.Not | ast.Invert):
        yield Change("condition", node.operand)


def _comparison(node: ast.Compare, _place: Place) -> Iterator[Change]:
    for at, operator in enumerate(node.ops):
        for other in _COMPARISONS.get(type(operator), ()):
            yield Change(
                "comparison",
                ast.Compare(node.left, [*node.ops[:at], other(), *node.ops[at + 1 :]], node.comparators),
            )


def _boolean(node: ast.BoolOp, _place: Place) -> Iterator[Change]:
    yield Change(
        "condition", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    )
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield Change("condition", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest))


def _constant(node: ast.Constant, place: Place) -> Iterator[Change]:
    value = node.value
    if is_number(place.parent) or _is_axis(place):
        return  # with its minus, or as an axis
    if isinstance(value, bool):
        if not (isinstance(place.parent, ast.keyword) and place.parent.arg == "keepdims"):
            yield Change("constant", ast.Constant(not value))
    elif isinstance(value, int | float) and float(value).is_integer():
        yield Change("constant", number(value + 1))
        yield Change("constant", number(value - 1))
    elif isinstance(value, float):
        yield Change("constant", number(value * 2.0))
        yield Change("constant", number(value + 1.0))


def _call(node: ast.Call, place: Place) -> Iterator[Change]:
    name = called(node)
    method = isinstance(node.func, ast.Attribute) and not _is_module(node.func.value)
    for other in _FUNCTIONS.get(name, ()) if isinstance(node.func, ast.Attribute) else ():
        if other in {"maximum", "minimum"} and (method or len(node.args) < 2):  # noqa: PLR2004 - they take two
            continue
        if method and other in {"log1p", "log10", "expm1"}:
            continue
        func = ast.Attribute(node.func.value, other, ast.Load())  # type: ignore[attr-defined]
        yield Change("function", ast.Call(func, node.args, node.keywords))
    yield from _keywords(node)
    yield from _arguments(node, name)
    if name == "range":
        yield from _range(node)
    if isinstance(place.parent, ast.Raise) or name in {"range", "enumerate", "zip", "len", "isinstance"}:
        return
    left = (
        node.func.value
        if method and isinstance(node.func, ast.Attribute)
        else (node.args[0] if node.args else None)
    )
    if left is not None and not isinstance(left, ast.Starred) and not isinstance(place.parent, ast.Expr):
        yield Change("copy" if name in _COPIES else "call dropped", left)


def _keywords(node: ast.Call) -> Iterator[Change]:
    for at, word in enumerate(node.keywords):
        if word.arg is None or word.arg == "dtype":
            continue
        new = copy.copy(node)
        new.keywords = [*node.keywords[:at], *node.keywords[at + 1 :]]
        yield Change(word.arg if word.arg in {"axis", "keepdims", "out"} else "argument dropped", new)
        if word.arg != "axis":
            continue
        for other in _axes(word.value):
            new = copy.copy(node)
            new.keywords = [*node.keywords[:at], ast.keyword("axis", other), *node.keywords[at + 1 :]]
            yield Change("axis", new)


def _axes(value: ast.expr) -> list[ast.expr]:
    """Return other axes than this one; constants change by one elsewhere."""
    if isinstance(value, ast.Tuple):
        return [
            ast.Tuple([*value.elts[:at], *value.elts[at + 1 :]], ast.Load()) for at in range(len(value.elts))
        ]
    if is_number(value):
        written = ast.literal_eval(value)
        return [number(other) for other in (0, 1, -1) if other != written]
    return []


def _arguments(node: ast.Call, name: str) -> Iterator[Change]:
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return
    pairs = range(len(node.args) - 1)
    for at in [1] if name == "where" and len(node.args) == 3 else pairs:  # noqa: PLR2004 - where(condition, a, b)
        if name in {"maximum", "minimum", "max", "min", "add", "multiply", "isinstance", "zeros", "full"}:
            break
        args = list(node.args)
        args[at], args[at + 1] = args[at + 1], args[at]
        yield Change("arguments swapped", ast.Call(node.func, args, node.keywords))


def _range(node: ast.Call) -> Iterator[Change]:
    """Have a loop begin or end one too early or too late."""
    last = 0 if len(node.args) == 1 else 1
    bounds = list(node.args)
    if len(bounds) == 1 and not is_number(bounds[0]):
        yield Change("range", ast.Call(node.func, [ast.Constant(1), bounds[0]], []))
    for at in range(last + 1):
        if is_number(bounds[at]):
            continue  # constants change by one of themselves
        for operator in (ast.Sub, ast.Add) if at == last else (ast.Add,):
            args = list(bounds)
            args[at] = ast.BinOp(bounds[at], operator(), ast.Constant(1))
            yield Change("range", ast.Call(node.func, args, []))
    if len(bounds) == 3:  # noqa: PLR2004 - range(start, stop, step)
        yield Change("range", ast.Call(node.func, bounds[:2], []))


def _subscript(node: ast.Subscript, _place: Place) -> Iterator[Change]:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for at, part in enumerate(parts):
        if isinstance(part, ast.Slice):
            for other in _slices(part):
                yield Change("slice", _with_index(node, [*parts[:at], other, *parts[at + 1 :]]))
    if len(parts) == 2:  # noqa: PLR2004 - rows and columns
        yield Change("index swapped", _with_index(node, [parts[1], parts[0]]))
    if isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Constant):
        yield Change("index dropped", node.value)


def _with_index(node: ast.Subscript, parts: list[ast.expr]) -> ast.Subscript:
    index = parts[0] if len(parts) == 1 else ast.Tuple(parts, ast.Load())
    return ast.Subscript(node.value, index, node.ctx)


def _slices(part: ast.Slice) -> Iterator[ast.Slice]:
    for field in ("lower", "upper"):
        bound = getattr(part, field)
        if bound is None:
            continue
        new = copy.copy(part)
        setattr(new, field, None)
        yield new
        if not is_number(bound):
            for operator in (ast.Add, ast.Sub):
                new = copy.copy(part)
                setattr(new, field, ast.BinOp(bound, operator(), ast.Constant(1)))
                yield new
    if part.step is not None:
        yield ast.Slice(part.lower, part.upper)


def _alike(node: ast.Name, place: Place) -> Iterator[Change]:
    """Have a name stand for another of the function's that looks like it: h_a for h_s, W1 for W2."""
    function = place.function
    if function is None or not isinstance(node.ctx, ast.Load):
        return
    names = [argument.arg for argument in function.args.args]
    names += [n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    for other in dict.fromkeys(names):
        if other != node.id and _look_alike(other, node.id):
            yield Change("name", loaded(other))


def _look_alike(one: str, other: str) -> bool:
    """Whether two names differ in one letter, and have more than one."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _is_axis(place: Place) -> bool:
    return isinstance(place.parent, ast.keyword) and place.parent.arg == "axis"


def _is_module(node: ast.AST) -> bool:
    return (isinstance(node, ast.Name) and node.id in {"np", "numpy", "math", "scipy", "linalg", "plt"}) or (
        isinstance(node, ast.Attribute) and _is_module(node.value)
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _conditional(node: ast.IfExp, _place: Place) -> Iterator[Change]:
    yield Change("condition", ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse))
    yield Change("branch", node.body)
    yield Change("branch", node.orelse)


def _attribute(node: ast.Attribute, _place: Place) -> Iterator[Change]:
    if node.attr in {"T", "mT"}:
        yield Change("transpose", node.value)


def _comprehension(node: ast.comprehension, _place: Place) -> Iterator[Change]:
    if node.ifs:
        yield Change("condition", ast.comprehension(node.target, node.iter, [], node.is_async))


_CHANGES: dict[type[ast.AST], Callable[[Any, Place], Iterator[Change]]] = {
    ast.BinOp: _arithmetic,
    ast.UnaryOp: _unary,
    ast.Compare: _comparison,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.Constant: _constant,
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.comprehension: _comprehension,
    ast.Name: _alike,
}
