"""Changes to data answers: a text that is code itself (a line of a derivation, a shape), another key, a line less."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from autograder.audit.changes import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from autograder.audit.syntax import Place


def changes(place: Place) -> Iterator[Change]:
    """Yield the changes that can be made to a text, or to a list of texts."""
    node = place.node
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if isinstance(place.parent, ast.Call | ast.JoinedStr | ast.FormattedValue) or any(
            isinstance(above, ast.Raise) for above in place.above
        ):
            return
        yield from _text(node.value, place)
    elif isinstance(node, ast.List) and place.function is None and len(node.elts) > 1 and _is_texts(node):
        # The last line is where a chain must arrive. A line left out in between is a larger step, and may be fine.
        yield Change("line dropped", ast.List(node.elts[:-1], ast.Load()))


def _text(value: str, place: Place) -> Iterator[Change]:
    if place.function is None and (tree := _expression(value)) is not None:
        for new in dict.fromkeys(_formulas(tree)):
            if new != ast.unparse(tree):
                yield Change("formula", ast.Constant(new))
    elif isinstance(place.parent, ast.Subscript | ast.Dict | ast.Compare):
        for other in _texts_beside(value, place):
            yield Change("key", ast.Constant(other))
    elif place.function is None:
        yield Change("text", ast.Constant(value + "x"))


def _expression(value: str) -> ast.Expression | None:
    """Read a text as a formula; a bare word or number is none."""
    try:
        tree = ast.parse(value.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return None
    simple = isinstance(tree.body, ast.Name | ast.Constant)
    return None if simple else tree


def _formulas(tree: ast.Expression) -> Iterator[str]:
    """Yield a formula with one slip in it, written as text."""
    from autograder.audit import expressions  # noqa: PLC0415 - they change what stands in a text, too
    from autograder.audit.syntax import replaced, walk  # noqa: PLC0415

    for place in walk(tree):
        if isinstance(place.node, ast.Constant) and not isinstance(place.node.value, int | float):
            continue
        for change in expressions.changes(place):
            if change.operator in _IN_FORMULAS and not _is_noise(change, place):
                yield ast.unparse(replaced(tree, place.path, change.new))


_IN_FORMULAS = {
    "arithmetic",
    "operand dropped",
    "sign",
    "constant",
    "transpose",
    "operands swapped",
    "comparison",
}


def _is_noise(change: Change, place: Place) -> bool:
    """Whether a slip is one that nobody makes on paper, or says what another has said."""
    new, old = change.new, place.node
    if change.operator == "operands swapped":
        return isinstance(old, ast.BinOp) and not isinstance(old.op, ast.MatMult | ast.Div)
    if change.operator == "arithmetic" and isinstance(new, ast.BinOp):
        return isinstance(new.op, ast.FloorDiv) or (
            isinstance(old, ast.BinOp) and isinstance(old.op, ast.Pow)
        )
    return change.operator == "constant" and isinstance(new, ast.UnaryOp) and isinstance(old, ast.Constant)


def _texts_beside(value: str, place: Place) -> list[str]:
    """Return the other texts that stand as keys in the same function and look like this one."""
    top = place.function or place.above[0]
    found = [
        n.value
        for n in ast.walk(top)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value != value
    ]
    alike = [
        f for f in found if len(f) == len(value) and sum(a != b for a, b in zip(f, value, strict=True)) == 1
    ]
    return list(dict.fromkeys(alike or found[:1]))[:2]


def _is_texts(node: ast.List) -> bool:
    return all(isinstance(e, ast.Constant) and isinstance(e.value, str) for e in node.elts)
