"""The course's own lessons: a sound notebook needs no mending, and one without metadata is known cell by cell."""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from autograder.grading.mend import mend
from autograder.grading.reading import read_submission
from autograder.lesson import notebook as cells
from autograder.lesson.course import open_course
from autograder.lesson.source import Lesson, read_lesson

from .course import raw
from .programs import stripped

if TYPE_CHECKING:
    from nbformat import NotebookNode

ROOT = Path(__file__).parents[2]
COURSE = open_course(ROOT)
NAMES = COURSE.assignments()
each = pytest.mark.parametrize("name", NAMES)


@cache
def _lesson(name: str) -> Lesson:
    return read_lesson(COURSE.source(name) / f"{name}.py")


def _answered(name: str) -> NotebookNode:
    """Return the released notebook with the lesson's own answers in it."""
    notebook: NotebookNode = nbformat.read(COURSE.release(name) / f"{name}.ipynb", as_version=4)
    answers = {cells.grade_id(c): c.source for c in _lesson(name).notebook.cells if cells.is_solution(c)}
    for cell in notebook.cells:
        text = answers.get(cells.grade_id(cell), cell.source)
        cell.source = "\n".join(line for line in text.split("\n") if "### " not in line)
    return notebook


def _order(notebook: NotebookNode) -> list[str | None]:
    return [name for cell in notebook.cells if (name := cells.grade_id(cell)) is not None]


@each
def test_a_sound_notebook_needs_no_mending(name: str) -> None:
    for notebook in (_answered(name), nbformat.read(COURSE.release(name) / f"{name}.ipynb", as_version=4)):
        assert mend(notebook, _lesson(name).notebook, COURSE.config) == []


@each
@pytest.mark.parametrize("answered", [True, False])
def test_every_cell_is_known_without_its_metadata(name: str, answered: bool) -> None:
    whole = (
        _answered(name) if answered else nbformat.read(COURSE.release(name) / f"{name}.ipynb", as_version=4)
    )
    bare = read_submission(raw(stripped(copy.deepcopy(whole))))
    notes = mend(bare, _lesson(name).notebook, COURSE.config)
    assert _order(bare) == _order(whole)
    mend(whole, _lesson(name).notebook, COURSE.config)
    assert [cell.source for cell in bare.cells] == [cell.source for cell in whole.cells]
    count = len(_order(whole))
    assert [note for note in notes if f"{count} of {count} cells were recognised" not in note] == []
