"""Which cells above an exercise its test needs: worked out from the names that each cell reads and binds."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.audit.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True)
class Names:
    """The names of a cell.

    Attributes
    ----------
    reads : frozenset
        What must be there when the cell is run.
    later : frozenset
        What must be there when a function that it defines is called.
    binds : frozenset
        What it binds or changes; a known mistake binds nothing for good.
    anew : frozenset
        What it binds whatever it was before, without a condition.
    readable : bool
        False where the cell is no Python, or may bind anything.
    """

    reads: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    anew: frozenset[str] = frozenset()
    readable: bool = True


def names_of(source: str) -> Names:
    """Return what a cell reads and binds."""
    try:
        tree = parse(source)
    except SyntaxError:
        return Names(readable=False)
    reads: set[str] = set()
    later: set[str] = set()
    binds: set[str] = set()
    anew: set[str] = set()
    readable = True
    for statement in tree.body:
        now, inside, bound = _names(statement)
        reads |= now - anew
        later |= inside
        binds |= bound
        if isinstance(statement, ast.Import | ast.ImportFrom):
            readable &= "*" not in bound
        if not isinstance(statement, ast.If | ast.For | ast.While | ast.Try | ast.AugAssign | ast.Expr):
            anew |= bound - now
    return Names(frozenset(reads), frozenset(later - anew), frozenset(binds), frozenset(anew), readable)


def needed(cells: Mapping[int, Names], last: Sequence[Names]) -> list[int]:
    """Return the cells that must be run before others.

    Parameters
    ----------
    cells
        Those above, by place.
    last
        What is run after them.
    """
    waiting: set[str] = set().union(*(names.later for names in last))
    while True:
        found = []
        wanted: set[str] = set().union(*(names.reads for names in last))
        for at in sorted(cells, reverse=True):
            names = cells[at]
            if names.binds & (wanted | waiting) or not names.readable:
                found.append(at)
                wanted = (wanted - names.anew) | names.reads
        again = waiting.union(*(cells[at].later for at in found))
        if again == waiting:
            return sorted(found)
        waiting = again


def _names(statement: ast.stmt) -> tuple[set[str], set[str], set[str]]:
    """Return what a statement reads, what its functions read when called, and what it binds or changes."""
    reads: set[str] = set()
    later: set[str] = set()
    binds: set[str] = set()
    waiting: list[tuple[ast.AST, bool]] = [(statement, False)]
    while waiting:
        node, deferred = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            (later if deferred else reads).add(node.id)
        elif not deferred:
            binds |= _changed(node)
            reads |= (
                {node.target.id}
                if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
                else set()
            )
        for field, value in ast.iter_fields(node):
            inner = deferred or (isinstance(node, _FUNCTIONS) and field == "body")
            items = value if isinstance(value, list) else [value]
            waiting += [(item, inner) for item in items if isinstance(item, ast.AST)]
    return reads, later, binds


def _changed(node: ast.AST) -> set[str]:
    """Return the names that one node binds, or whose object it changes: x = 1, x[0] = 1, x.sort()."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {name.asname or name.name.split(".")[0] for name in node.names}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return set() if any(decorator(mark) == "mistake" for mark in node.decorator_list) else {node.name}
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return {node.id}
    if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _root(node.value.func)
    return set()


def decorator(mark: ast.expr) -> str:
    """Return the last name of a decorator, such as mistake of ``@check.mistake("...")``."""
    call = mark.func if isinstance(mark, ast.Call) else mark
    return call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")


def _root(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return set()
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
