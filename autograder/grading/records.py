"""From a graded notebook's cells to what the gradebook holds of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.grading.outcome import NotebookRecord
from autograder.lesson import notebook as cells
from autograder.lesson.nbgraded import checksum, determine_grade

if TYPE_CHECKING:
    from nbformat import NotebookNode


def notebook_record(notebook: NotebookNode) -> NotebookRecord:
    """Return the scores and responses of a graded notebook, as nbgrader's ``SaveAutoGrades`` finds them.

    A solution cell is unanswered where its text is still the one that ``nbgrader.checksum`` was made of.
    """
    scores: dict[str, float | None] = {}
    tasks: list[str] = []
    answered: list[str] = []
    for cell in notebook.cells:
        name = cells.grade_id(cell)
        if name is None:
            continue
        if cells.is_task(cell):
            tasks.append(name)
            answered.append(name)
            continue
        if cells.is_graded(cell):
            earned = determine_grade(cell)[0]
            scores[name] = None if earned is None else float(earned)
        if cells.is_solution(cell) and cell.metadata["nbgrader"].get("checksum") != checksum(cell):
            answered.append(name)
    return NotebookRecord(scores, tasks, answered)
