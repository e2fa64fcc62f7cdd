"""Which names a cell may read before it has bound them itself: what it takes from the cells above it.

Told from the tree alone, and a name too many rather than one too few: whatever a loop, a branch or a `with` binds counts
as bound inside it only, since a loop may be empty and a `with` may swallow the error that ends it early. What a function
reads counts as read where the function is made.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_HARD = (ast.Global, ast.Nonlocal, ast.Match, ast.Delete)


def read_first(tree: ast.Module) -> frozenset[str] | None:
    """Return the names that a cell's code may read before it binds them; None where that is hard to tell."""
    found = _Reads()
    for node in ast.walk(tree):
        if isinstance(node, _HARD) or (isinstance(node, ast.alias) and node.name == "*"):
            return None
    found.run(tree.body)
    return frozenset(found.outside)


class _Reads(ast.NodeVisitor):
    """Goes through statements in their order."""

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.outside: set[str] = set()

    def run(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _apart(self, *parts: Sequence[ast.AST]) -> None:
        """Go through parts that may be left out, or left early: what each binds, it binds for itself."""
        before = set(self.bound)
        for part in parts:
            self.bound = set(before)
            self.run(part)
        self.bound = before

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        elif node.id not in self.bound:
            self.outside.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.run([node.value, *node.targets])

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.run([node.annotation, node.value])
        if node.value is not None:
            self.visit(node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.bound:
            self.outside.add(node.target.id)
        self.run([node.value, node.target])

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)  # the name may be left unbound, as behind an `and`

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        self.visit(node.iter)
        self._apart([node.target, *node.body], node.orelse)

    visit_AsyncFor = visit_For  # noqa: N815 - the names that `ast` looks for

    def visit_While(self, node: ast.While) -> None:
        self.visit(node.test)
        self._apart(node.body, node.orelse)

    def visit_If(self, node: ast.If) -> None:
        self.visit(node.test)
        self._apart(node.body, node.orelse)

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            self.run([item.context_expr, item.optional_vars])
        self._apart(node.body)

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_Try(self, node: ast.Try | ast.TryStar) -> None:
        self._apart([*node.body, *node.orelse], *([one] for one in node.handlers), node.finalbody)

    visit_TryStar = visit_Try  # noqa: N815

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.run([node.type])
        self.bound |= {node.name} if node.name else set()
        self.run(node.body)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound |= {alias.asname or alias.name.split(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.run(node.decorator_list)
        self.run([node.returns, *(one.annotation for one in _arguments(node.args))])
        self._function(node.args, node.body)
        self.bound.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._function(node.args, [node.body])

    def _function(self, args: ast.arguments, body: Sequence[ast.AST]) -> None:
        self.run([*args.defaults, *args.kw_defaults])
        inside = _Reads()
        inside.bound = self.bound | {one.arg for one in _arguments(args)} | _stored(body)
        inside.run(body)
        self.outside |= inside.outside

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.run([*node.decorator_list, *node.bases, *node.keywords])
        read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
        self.outside |= read - self.bound
        self.bound.add(node.name)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        before = set(self.bound)
        for one in node.generators:
            self.run([one.iter, one.target, *one.ifs])
        self.run([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.bound = before

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815


def _arguments(args: ast.arguments) -> list[ast.arg]:
    return [
        one
        for one in (*args.posonlyargs, *args.args, args.vararg, *args.kwonlyargs, args.kwarg)
        if one is not None
    ]


def _stored(body: Iterable[ast.AST]) -> set[str]:
    """Return the names that a function's own statements bind: they are local to it."""
    found: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, _FUNCTIONS | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add(node.asname or node.name.split(".")[0])
        if not isinstance(node, _FUNCTIONS | ast.ClassDef | ast.Lambda | ast.comprehension):
            waiting.extend(ast.iter_child_nodes(node))
    return found
