"""One small change to a syntax tree, and small words for making the nodes of it."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """A change at one place of a tree.

    Attributes
    ----------
    operator : str
        Its kind; `hints.HINTS` says what a test lacks that does not notice it.
    new : node or list of statements
        What stands there instead; an empty list removes the statement.
    up : int
        How many nodes above the place it is made.
    """

    operator: str
    new: ast.AST | list[ast.stmt]
    up: int = 0


def number(value: object) -> ast.expr:
    """Write a number, a text, a truth value or None as an expression; a negative number with its minus."""
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)  # type: ignore[arg-type]


def loaded(name: str) -> ast.Name:
    """Return a name that is read."""
    return ast.Name(name, ast.Load())


def is_number(node: ast.AST) -> bool:
    """Whether a node is a number as it is written, with or without a minus."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        node = node.operand
    return isinstance(node, ast.Constant) and type(node.value) in {int, float}


def called(node: ast.AST) -> str:
    """Return the last name of what a call calls, such as sum of np.sum(x) or x.sum(); "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
