"""A lesson's exercises: which test cells grade which solution cell, and the known mistakes beside them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.audit.syntax import parse, plain
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class KnownMistake:
    """A wrong version that stands in a test cell, as a student would hand it in."""

    name: str
    source: str


@dataclass(frozen=True)
class Exercise:
    """A solution cell and the test cells that grade it.

    Attributes
    ----------
    name : str
        The solution cell's grade id, or where it stands if it has none.
    solution : int
        Its place in the notebook.
    tests : tuple of int
        Places of its test cells; empty where nothing looks at it.
    source : str
        The reference.
    mistakes : tuple of KnownMistake
        In the order in which the tests name them.
    """

    name: str
    solution: int
    tests: tuple[int, ...]
    source: str
    mistakes: tuple[KnownMistake, ...] = ()


def exercises(notebook: NotebookNode) -> list[Exercise]:
    """Return the exercises of an instructor's notebook that tests are to grade, in its order.

    A test cell named "test_" and the exercise is its test. Without one, the test cells up to the next solution
    count; without these, every later test cell that speaks of a name that the solution binds.
    """
    found = []
    solutions = [at for at, cell in enumerate(notebook.cells) if _is_exercise(cell)]
    ids = {cells.grade_id(cell): at for at, cell in enumerate(notebook.cells) if cells.is_test(cell)}
    tests = sorted(ids.values())
    for number, at in enumerate(solutions):
        cell = notebook.cells[at]
        name = cells.grade_id(cell) or f"cell {at}"
        following = solutions[number + 1] if number + 1 < len(solutions) else len(notebook.cells)
        if f"test_{name}" in ids:
            ours = [ids[f"test_{name}"]]
        else:
            ours = [test for test in tests if at < test < following] or [
                test
                for test in tests
                if test > at and mentioned(notebook.cells[test].source) & bound(cell.source)
            ]
        found.append(
            Exercise(name, at, tuple(ours), cell.source, tuple(_mistakes(notebook, cell.source, ours)))
        )
    return found


def mentioned(source: str) -> set[str]:
    """Return every name that a cell speaks of; nothing where it is no Python."""
    try:
        tree = parse(source)
    except SyntaxError:
        return set()
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def bound(source: str) -> set[str]:
    """Return the names that a cell binds or changes at its top level; a known mistake binds nothing for good."""
    try:
        tree = parse(source)
    except SyntaxError:
        return set()
    found: set[str] = set()
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {name.asname or name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not any(_named(mark) == "mistake" for mark in node.decorator_list):
                found.add(node.name)
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            found |= _changed(node)
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _changed(node: ast.AST) -> set[str]:
    """Return the names that one node binds, or whose object it changes: x = 1, x[0] = 1, x.sort()."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return {node.id}
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        return _root(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        return _root(node.value.func)
    return set()


def _root(node: ast.AST) -> set[str]:
    if not isinstance(node, ast.Attribute | ast.Subscript):
        return set()
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _is_exercise(cell: NotebookNode) -> bool:
    """Whether a student writes code here that tests are to grade."""
    return cell.cell_type == "code" and cells.is_solution(cell) and not cells.is_graded(cell)


def _mistakes(notebook: NotebookNode, reference: str, tests: list[int]) -> list[KnownMistake]:
    """Return the mistakes of an exercise's functions, each with the helpers beside it that it uses."""
    ours = bound(reference)
    found = []
    for at in tests:
        try:
            body = parse(notebook.cells[at].source).body
        except SyntaxError:
            continue
        helpers = {
            node.name: node for node in body if isinstance(node, ast.FunctionDef) and not node.decorator_list
        }
        for node in body:
            if not isinstance(node, ast.FunctionDef) or node.name not in ours:
                continue
            for mark in node.decorator_list:
                if _named(mark) == "mistake" and isinstance(mark, ast.Call) and mark.args:
                    name = str(ast.literal_eval(mark.args[0]))
                    found.append(KnownMistake(name, _handed_in(node, helpers, reference)))
    return found


def _handed_in(mistake: ast.FunctionDef, helpers: dict[str, ast.FunctionDef], reference: str) -> str:
    """Write a mistake as a solution cell: with what the cell binds besides it, and helpers that it uses."""
    lines = ast.unparse(mistake).split("\n")
    while lines[0].startswith("@") or not lines[0].startswith(("def ", "async def ")):
        del lines[0]
    text = "\n".join(lines)
    parts, waiting = [text], mentioned(text)
    beside = [
        node
        for node in plain(parse(reference)).body
        if not (isinstance(node, ast.FunctionDef) and node.name == mistake.name)
    ]
    used = [ast.unparse(node) for node in beside if bound(ast.unparse(node)) & waiting]
    used += [ast.unparse(helpers[name]) for name in sorted(waiting & set(helpers))]
    return "\n\n".join([*used, *parts])


def _named(mark: ast.expr) -> str:
    call = mark.func if isinstance(mark, ast.Call) else mark
    return call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "")
