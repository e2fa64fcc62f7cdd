"""What nbgrader itself does to a gradebook: make it, and note an assignment's cells. Slow to import, seldom needed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from nbformat import from_dict
from nbgrader import preprocessors as steps
from nbgrader.api import Gradebook

from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.lesson.course import Course

_SAVING = (
    steps.IncludeHeaderFooter, steps.InstantiateTests, steps.LockCells, ClearSolutions, steps.ClearOutput,
    steps.CheckCellMetadata, steps.ComputeChecksums, steps.SaveCells,
)  # fmt: skip


def make_gradebook(course: Course) -> None:
    """Make the tables that are missing, as every command of nbgrader's does."""
    with course.entered(), Gradebook(course.db_url, course.course_id):
        pass


def save_cells(course: Course, assignment: str, name: str, notebook: NotebookNode) -> None:
    """Make an assignment's notebook and cells known, as ``nbgrader generate_assignment`` does."""
    with course.entered():
        with Gradebook(course.db_url, course.course_id) as book:
            book.update_or_create_assignment(assignment)
        copied = from_dict(notebook)
        names = {"student": ".", "assignment": assignment, "notebook": name, "db_url": course.db_url}
        resources: dict[str, Any] = {"nbgrader": names, "unique_key": name}
        for step in _SAVING:
            made = step(config=course.config)
            made.log.setLevel(logging.ERROR)
            copied, resources = made.preprocess(copied, resources)


def late_policy(course: Course) -> Any:
    """Return the course's plugin for late submissions."""
    penalties = steps.AssignLatePenalties(config=course.config)
    penalties.init_plugin()
    return penalties.plugin_inst
