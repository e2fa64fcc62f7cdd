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
        What it binds; a known mistake binds nothing for good.
    touches : frozenset
        What it may change in place: x of ``x[0] = 1`` and ``x.sort()``.
    imports : frozenset
        What it imports, which is not changed by calling it.
    anew : frozenset
        What it binds whatever it was before, without a condition.
    readable : bool
        False where the cell is no Python, or may bind anything.
    """

    reads: frozenset[str] = frozenset()
    later: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()
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
    touches: set[str] = set()
    imports: set[str] = set()
    anew: set[str] = set()
    for statement in tree.body:
        found = _Found()
        found.read(statement)
        reads |= found.reads - anew
        later |= found.later
        binds |= found.binds
        touches |= found.touches
        imports |= found.imports
        if not isinstance(statement, ast.If | ast.For | ast.While | ast.Try | ast.AugAssign | ast.Expr):
            anew |= found.binds - found.reads
    return Names(
        frozenset(reads),
        frozenset(later - anew),
        frozenset(binds),
        frozenset(touches),
        frozenset(imports),
        frozenset(anew),
        readable="*" not in imports,
    )


def needed(cells: Mapping[int, Names], last: Sequence[Names]) -> list[int]:
    """Return the cells that must be run before others.

    Parameters
    ----------
    cells
        Those above, by place.
    last
        What is run after them.
    """
    modules = frozenset[str]().union(*(names.imports for names in cells.values()))
    waiting: set[str] = set().union(*(names.later for names in last))
    while True:
        found = []
        wanted: set[str] = set().union(*(names.reads for names in last))
        for at in sorted(cells, reverse=True):
            names = cells[at]
            changed = names.binds | (names.touches - modules)
            if changed & (wanted | waiting) or not names.readable:
                found.append(at)
                wanted = (wanted - names.anew) | names.reads
        again = waiting.union(*(cells[at].later for at in found))
        if again == waiting:
            return sorted(found)
        waiting = again


class _Found:
    """What one statement reads, binds and touches."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.later: set[str] = set()
        self.binds: set[str] = set()
        self.touches: set[str] = set()
        self.imports: set[str] = set()

    def read(self, node: ast.AST, *, deferred: bool = False) -> None:
        """Note a node and what is below it; `deferred` is what waits until a function is called."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            (self.later if deferred else self.reads).add(node.id)
        elif not deferred:
            self._note(node)
        for field, value in ast.iter_fields(node):
            inner = deferred or (isinstance(node, _FUNCTIONS) and field == "body")
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, ast.AST):
                    self.read(item, deferred=inner)

    def _note(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            self.imports |= {name.asname or name.name.split(".")[0] for name in node.names}
            self.binds |= self.imports
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not any(decorator(mark) == "mistake" for mark in node.decorator_list):
                self.binds.add(node.name)
        elif isinstance(node, ast.Name):
            self.binds.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.reads.add(node.target.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            self.touches |= _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self.touches |= _root(node.value.func)


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
