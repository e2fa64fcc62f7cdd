"""What a line was meant to say: cases without their brackets, and two lines glued for want of a comma.

In Python `a - b if c else d + e` chooses between `a - b` and `d + e`, and `"a" "-b"` is the text `a-b`.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from autograder.derive._read import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS = (ast.Add, ast.Sub)
MOST_HALVES = 12


def regrouped(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield what a line of cases may have been meant to say: the cases as one term of the sum around them.

    Examples
    --------
    >>> [ast.unparse(tree) for tree in regrouped(ast.parse("a - b if c else d + e", mode="eval").body)]
    ['(a - b if c else d) + e', 'a - (b if c else d + e)', 'a - (b if c else d) + e']
    """
    if not isinstance(tree, ast.IfExp):
        return
    before, after = _last(tree.body), _first(tree.orelse)
    both = before is not None and after is not None
    for left, right in [(None, after), (before, None), (before, after)] if both else [(before, after)]:
        if left is None and right is None:
            return
        body = tree.body if left is None else left[2]
        other = tree.orelse if right is None else right[0]
        cases: ast.expr = _at(tree, ast.IfExp(tree.test, body, other))
        if left is not None:
            cases = _at(tree, ast.BinOp(left[0], left[1], cases))
        for operator, term in [] if right is None else right[1]:
            cases = _at(tree, ast.BinOp(cases, operator, term))
        yield cases


def _at(place: ast.expr, node: ast.expr) -> ast.expr:
    return ast.copy_location(node, place)


def _last(node: ast.expr) -> tuple[ast.expr, ast.operator, ast.expr] | None:
    """Split a sum into all but its last term, the sign and the last term."""
    return (
        (node.left, node.op, node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, SUMS)
        else None
    )


def _first(node: ast.expr) -> tuple[ast.expr, list[tuple[ast.operator, ast.expr]]] | None:
    """Split a sum into its first term and the rest with their signs."""
    rest: list[tuple[ast.operator, ast.expr]] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, SUMS):
        rest.insert(0, (node.op, node.right))
        node = node.left
    return (node, rest) if rest else None


def halves(text: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield a line as two: cut before each sign that stands in no bracket.

    Examples
    --------
    >>> [ast.unparse(two) for one, two in halves("-exp(-x)-1 / exp(x)")]
    ['-1 / exp(x)']
    """
    depth, cuts = 0, []
    for place, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character in "+-" and depth == 0 and text[:place].strip():
            cuts.append(place)
    for place in cuts[:MOST_HALVES]:
        try:
            yield read(text[:place]), read(text[place:])
        except Unreadable:
            continue
