"""What a line was meant to say: cases and fractions without their brackets, two lines glued for want of a comma.

In Python `a - b if c else d + e` chooses between `a - b` and `d + e`, `a / b * c` is `(a / b) * c`, and `"a" "-b"` is
the text `a-b`.
"""

from __future__ import annotations

import ast
from itertools import islice
from typing import TYPE_CHECKING

from autograder.derive._read import Unreadable, read

if TYPE_CHECKING:
    from collections.abc import Iterator

SUMS = (ast.Add, ast.Sub)
MOST_HALVES = 12
MOST_FRACTIONS = 12


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


def fractions(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield what a line may have been meant to say: more of it above the stroke of a fraction, or below.

    Examples
    --------
    >>> [ast.unparse(tree) for tree in fractions(ast.parse("a / b * c", mode="eval").body)]
    ['a / (b * c)']
    >>> [ast.unparse(tree) for tree in fractions(ast.parse("a - b / c + d", mode="eval").body)]
    ['(a - b) / (c + d)', 'a - b / (c + d)', '(a - b) / c + d']
    """
    return islice(_anywhere(tree), MOST_FRACTIONS)


def _anywhere(tree: ast.expr) -> Iterator[ast.expr]:
    """Yield the tree with one fraction regrouped, the outermost first."""
    terms = _terms(tree)
    if len(terms) > 1:
        yield from _of_sum(terms)
        for at, (sign, term) in enumerate(terms):
            for inner in _anywhere(term):
                yield _sum([*terms[:at], (sign, inner), *terms[at + 1 :]])
        return
    yield from _of_product(tree)
    for field, value in ast.iter_fields(tree):
        if isinstance(value, ast.expr):
            for inner in _anywhere(value):
                yield _with(tree, field, inner)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                for inner in _anywhere(item) if isinstance(item, ast.expr) else ():
                    yield _with(tree, field, [*value[:at], inner, *value[at + 1 :]])


def _with(tree: ast.expr, field: str, value: object) -> ast.expr:
    return _at(tree, type(tree)(**{**dict(ast.iter_fields(tree)), field: value}))


def _terms(tree: ast.expr) -> list[tuple[ast.operator, ast.expr]]:
    """Split a sum into its terms with their signs; the first one's is a plus."""
    first, rest = _first(tree) or (tree, [])
    return [(ast.Add(), first), *rest]


def _of_sum(terms: list[tuple[ast.operator, ast.expr]]) -> Iterator[ast.expr]:
    for at, (sign, term) in enumerate(terms):
        if isinstance(term, ast.BinOp) and isinstance(term.op, ast.Div):
            before, after = terms[:at], terms[at + 1 :]
            above = _sum([*before, (sign, term.left)])
            below = _sum([(ast.Add(), term.right), *after])
            if before and after:
                yield _over(above, below)
            if after:
                yield _sum([*before, (sign, _over(term.left, below))])
            if before:
                yield _sum([(ast.Add(), _over(above, term.right)), *after])


def _of_product(tree: ast.expr) -> Iterator[ast.expr]:
    factors: list[ast.expr] = []
    node = tree
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        factors.insert(0, node.right)
        node = node.left
    if factors and isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        below = node.right
        for factor in factors:
            below = _at(factor, ast.BinOp(below, ast.Mult(), factor))
        yield _over(node.left, below)


def _over(above: ast.expr, below: ast.expr) -> ast.expr:
    return _at(above, ast.BinOp(above, ast.Div(), below))


def _sum(terms: list[tuple[ast.operator, ast.expr]]) -> ast.expr:
    total = terms[0][1]
    for sign, term in terms[1:]:
        total = _at(term, ast.BinOp(total, sign, term))
    return total


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
