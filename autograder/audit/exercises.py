"""A lesson's exercises: which test cells grade which solution cell, and the known mistakes beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.audit.mistakes import KnownMistake, known_mistakes
from autograder.audit.needs import names_of
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode


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

    A test cell named "test_" and the exercise is its test, and so are the test cells up to the next solution.
    Without any, every later test cell that speaks of a name that the solution binds is one.
    """
    found = []
    solutions = [at for at, cell in enumerate(notebook.cells) if _is_exercise(cell)]
    ids = {cells.grade_id(cell): at for at, cell in enumerate(notebook.cells) if cells.is_test(cell)}
    tests = sorted(ids.values())
    others = {cells.grade_id(notebook.cells[at]) for at in solutions}
    for number, at in enumerate(solutions):
        cell = notebook.cells[at]
        bound = names_of(cell.source).binds
        name = cells.grade_id(cell) or f"cell {at}"
        following = solutions[number + 1] if number + 1 < len(solutions) else len(notebook.cells)
        ours = [
            test
            for test in tests
            if test == ids.get(f"test_{name}")
            or (at < test < following and _named_for(notebook.cells[test]) not in others)
        ] or [test for test in tests if test > at and _speaks_of(notebook.cells[test].source) & bound]
        known = known_mistakes(
            cell.source,
            [notebook.cells[test].source for test in ours],
            [notebook.cells[test].source for test in tests if ours and test < ours[0]],
        )
        found.append(Exercise(name, at, tuple(ours), cell.source, tuple(known)))
    return found


def _named_for(test: NotebookNode) -> str:
    """Return the exercise that a test cell is named for."""
    return (cells.grade_id(test) or "").removeprefix("test_")


def _speaks_of(source: str) -> frozenset[str]:
    names = names_of(source)
    return names.reads | names.later


def _is_exercise(cell: NotebookNode) -> bool:
    """Whether a student writes code here that tests are to grade."""
    return cell.cell_type == "code" and cells.is_solution(cell) and not cells.is_graded(cell)
