"""Test cells without what takes them long and tells a mutant's fate no better.

A mutant that is wrong on ten numbers need not be tried on a million, and nobody reads which known mistake it is like.
What loses points without these parts loses them with these parts, too. The others are graded in full.
"""

from __future__ import annotations

import ast
import copy
from typing import TYPE_CHECKING

from autograder.audit.changes import called
from autograder.audit.needs import decorator
from autograder.audit.syntax import parse
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

_SLOW = "cost"
_UNNAMED = """
import dataclasses as __dataclasses
from autograder.check import _context as __context, grading as __grading
__context.session.set(__dataclasses.replace(__context.session.get(), mistakes=__grading.Mistakes()))
"""


def with_quick_tests(notebook: NotebookNode) -> tuple[NotebookNode, dict[int, int]]:
    """Add a quick copy of each slow test cell, at the end.

    Returns
    -------
    NotebookNode, dict of int to int
        The notebook, and where the quick copy of a test cell stands; what is not there is quick itself.
    """
    made = copy.copy(notebook)
    made = type(made)(made, cells=list(notebook.cells))
    places = {}
    for at, cell in enumerate(notebook.cells):
        quick = _quick(cell.source) if cells.is_test(cell) else None
        if quick is not None:
            twin = copy.deepcopy(cell)
            twin.source = quick
            twin.id = f"{cell.get('id', at)}-quick"[-64:]
            twin.metadata.nbgrader["grade_id"] = f"{cells.grade_id(cell)}-quick"
            places[at] = len(made.cells)
            made.cells.append(twin)
    return made, places


def _quick(source: str) -> str | None:
    """Return a test without its known mistakes and its blocks that call `check.cost`; None where it has neither."""
    try:
        tree = parse(source)
    except SyntaxError:
        return None
    kept = [node for node in tree.body if not (_is_slow(node) or _is_mistake(node))]
    if len(kept) == len(tree.body):
        return None
    return _UNNAMED + ast.unparse(ast.Module(kept, []))


def _is_slow(node: ast.stmt) -> bool:
    return isinstance(node, ast.With) and any(called(inner) == _SLOW for inner in ast.walk(node))


def _is_mistake(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and any(
        decorator(mark) == "mistake" for mark in node.decorator_list
    )
