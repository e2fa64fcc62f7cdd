"""Known mistakes, written as a student would hand them in: the wrong version as the solution cell.

Beside its wrong version a test cell may have helpers, and the version may call the reference by its name. The
helpers come along; the reference comes along under another name, since the wrong version takes its own.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.audit.needs import decorator, names_of
from autograder.audit.syntax import parse, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

_REFERENCE = "reference"


@dataclass(frozen=True)
class KnownMistake:
    """A wrong version that stands in a test cell, as a student would hand it in."""

    name: str
    source: str


def known_mistakes(reference: str, tests: Sequence[str], above: Sequence[str] = ()) -> list[KnownMistake]:
    """Return the mistakes of an exercise's functions.

    Parameters
    ----------
    reference
        The solution cell.
    tests
        Its test cells.
    above
        Test cells above, whose helpers the mistakes may use.
    """
    ours = names_of(reference).binds
    helpers = [node for source in (*above, *tests) for node in _body(source) if _helps(node)]
    found = []
    for source in tests:
        for node in _body(source):
            if not isinstance(node, ast.FunctionDef) or node.name not in ours:
                continue
            for mark in node.decorator_list:
                if decorator(mark) == "mistake" and isinstance(mark, ast.Call) and mark.args:
                    name = str(ast.literal_eval(mark.args[0]))
                    found.append(KnownMistake(name, _handed_in(node, helpers, reference)))
    return found


def _body(source: str) -> list[ast.stmt]:
    try:
        return plain(parse(source)).body
    except SyntaxError:
        return []


def _helps(node: ast.stmt) -> bool:
    """Whether a statement of a test cell defines something that a mistake may use."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return not node.decorator_list
    return isinstance(node, ast.Assign | ast.Import | ast.ImportFrom)


def _handed_in(mistake: ast.FunctionDef, helpers: list[ast.stmt], reference: str) -> str:
    """Write a mistake as a solution cell."""
    bare = ast.FunctionDef(
        mistake.name, mistake.args, mistake.body, [], mistake.returns, mistake.type_comment, lineno=1
    )
    cell = plain(parse(reference))
    beside = [n for n in cell.body if not (isinstance(n, ast.FunctionDef) and n.name == mistake.name)]
    used: list[ast.stmt] = []
    wanted = _speaks_of(bare)
    pool = [*beside, *helpers]
    while fresh := [n for n in pool if n not in used and _binds(n) & wanted - {_REFERENCE, "mistake"}]:
        used += fresh
        wanted = wanted.union(*map(_speaks_of, fresh))
    made = ast.Module([*(n for n in pool if n in used), bare], [])
    called = {name for node in ast.walk(made) if (name := _called(node))}
    own = names_of(reference).binds & called
    made = ast.fix_missing_locations(_Renamed({name: f"{name}_as_it_is" for name in own}).visit(made))
    if own:
        kept = _Bound({name: f"{name}_as_it_is" for name in names_of(reference).binds}).visit(cell)
        return f"{ast.unparse(kept)}\n\n{ast.unparse(made)}"
    return ast.unparse(made)


def _called(node: ast.AST) -> str:
    """Return NAME of ``reference.NAME``."""
    if not isinstance(node, ast.Attribute):
        return ""
    whole = node.value
    name = whole.attr if isinstance(whole, ast.Attribute) else getattr(whole, "id", "")
    return node.attr if name == _REFERENCE else ""


class _Renamed(ast.NodeTransformer):
    """Writes ``reference.relu`` as a plain name: another exercise's own, or the one given for this one's."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        name = _called(node)
        return ast.Name(self._names.get(name, name), node.ctx) if name else self.generic_visit(node)


class _Bound(ast.NodeTransformer):
    """Gives what a cell binds other names, wherever they stand in it."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(self._names.get(node.id, node.id), node.ctx)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self._names.get(node.name, node.name)
        return self.generic_visit(node)


def _speaks_of(node: ast.stmt) -> frozenset[str]:
    names = names_of(ast.unparse(node))
    return names.reads | names.later


def _binds(node: ast.stmt) -> frozenset[str]:
    return names_of(ast.unparse(node)).binds
