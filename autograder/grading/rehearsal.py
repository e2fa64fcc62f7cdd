"""A notebook as it was given out, sent through reading, mending and writing once: before the first student's.

What a fork remembers of the lesson's texts ends with it. What its parent remembers, every fork knows: so the parent
looks once at each text that every student hands in again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from autograder.grading import marks
from autograder.grading.reading import read_submission
from autograder.grading.records import notebook_record
from autograder.grading.withhold import withhold
from autograder.lesson import node
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    from autograder.grading.exercises import Outline


def rehearse(source: NotebookNode, lesson: Outline, mend: Callable[[NotebookNode], list[str]]) -> None:
    """Send the lesson through, as students get it and as Colab would give it back; nothing is kept of it."""
    with suppress(Exception):  # what is wrong with the lesson is said where it matters
        for bare in (False, True):
            given = as_given(source, lesson)
            for cell in given.cells if bare else ():
                cell.metadata.pop("nbgrader", None)
            notebook = read_submission(node.writes(given).encode(), [])
            mend(notebook)
            marks.plan(notebook)
            withhold(notebook)
            notebook_record(notebook)
            node.writes(notebook)


def as_given(source: NotebookNode, lesson: Outline) -> NotebookNode:
    """Return a lesson's notebook as students get it."""
    given: NotebookNode = node.copied(source)
    for cell in given.cells:
        exercise = lesson.exercises.get(cells.grade_id(cell) or "")
        cell.source = exercise.cell.source if exercise else cells.strip_hidden(cell.source)
    return given
