"""Names of new exercises and lessons: which can be taken, and why another cannot.

An exercise's id is a name in Python, in nbgrader's metadata and in the gradebook, so it has to be one for all three.
"""

from __future__ import annotations

import ast
import builtins
import fnmatch
import keyword
import re
from typing import TYPE_CHECKING

from IPython.core.inputtransformer2 import TransformerManager

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nbformat import NotebookNode

_LONGEST = 60
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_LESSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
#: What lessons call by these names.
_TAKEN = ("np", "plt", "check", "explore", "marks", "cases", "reference", "mistake", "autograder")


class NewError(ValueError):
    """What was asked for cannot be made; nothing was written. The message says why and what to do."""


class CellError(ValueError):
    """A cell that is no Python.

    Attributes
    ----------
    offset
        The line of the cell, from 0.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def bound_names(source: str) -> set[str]:
    """Return the names that a code cell binds at its top: functions, classes, imports, values.

    Raises
    ------
    CellError
        If it is no Python, magics aside.
    """
    if source.lstrip().startswith("%%"):
        return set()
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CellError(str(getattr(error, "msg", error)), line - 1) from error
    found: set[str] = set()
    for node in _outside_functions(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {(name.asname or name.name).split(".")[0] for name in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def _outside_functions(node: ast.AST) -> Iterable[ast.AST]:
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield from _outside_functions(child)


def refuse_id(name: str) -> None:
    """Raise `NewError` where an exercise cannot be called so in any lesson."""
    why = ""
    if not _ID.fullmatch(name) or keyword.iskeyword(name) or keyword.issoftkeyword(name):
        why = "is no name in Python: letters without accents, digits and _, and a letter first, such as column_means"
    elif len(name) > _LONGEST:
        why = f"has {len(name)} letters; {_LONGEST} are enough"
    elif name.startswith("test_"):
        why = "is what a test is called: its exercise has the name without test_, and gets its test with it"
    elif name in _TAKEN or hasattr(builtins, name):
        what = "Python itself has" if hasattr(builtins, name) else "lessons use"
        why = f"is a name that {what}. Give it another, such as my_{name}"
    if why:
        raise NewError(f"{name!r} {why}.")


def refuse_taken(name: str, notebook: Sequence[NotebookNode], where: str) -> None:
    """Raise `NewError` where a lesson has such an id, or such a name, already."""
    ids = {grade_id for cell in notebook if (grade_id := cells.grade_id(cell))}
    for taken in (name, f"test_{name}"):
        if taken in ids:
            raise NewError(
                f"{where} has a cell {taken} already. Ids stay in gradebooks: give yours another name."
            )
    for cell in notebook:
        if cell.cell_type == "code" and name in _bound(cell):
            raise NewError(f"{where} uses the name {name} already. Give the exercise another.")


def _bound(cell: NotebookNode) -> set[str]:
    try:
        return bound_names(cell.source)
    except CellError:
        return set()


def refuse_lesson(name: str, ignored: Iterable[str]) -> None:
    """Raise `NewError` where a lesson cannot be called so: nbgrader, or this course, has another use for the name."""
    if not _LESSON.fullmatch(name):
        raise NewError(
            f"{name!r} cannot be a lesson's name: it is a folder's and a file's. Take letters, digits, _ - and ., "
            "such as 05_attention."
        )
    for glob in ignored:
        if any(fnmatch.fnmatch(file, glob) for file in (name, f"{name}.py", f"{name}.ipynb")):
            raise NewError(
                f"A lesson cannot be called {name}: files called {glob} are never released. Take another name."
            )
