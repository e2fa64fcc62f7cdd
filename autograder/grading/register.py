"""What nbgrader itself does to a gradebook: make it, and note an assignment's cells. Slow to import, seldom needed."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from nbformat import from_dict
from nbgrader import api, dbutil
from nbgrader import preprocessors as steps
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy.exc import DBAPIError

from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from autograder.lesson.course import Course

_SAVING = (
    steps.IncludeHeaderFooter, steps.InstantiateTests, steps.LockCells, ClearSolutions, steps.ClearOutput,
    steps.CheckCellMetadata, steps.ComputeChecksums, steps.SaveCells,
)  # fmt: skip


@contextmanager
def _quietly(course: Course) -> Iterator[None]:
    """Stand in the course; what the database says comes out as it said it, and is not logged as well."""
    log = logging.getLogger("tornado.application")
    before = log.level
    log.setLevel(logging.CRITICAL + 1)
    try:
        with course.entered():
            yield
    except InvalidEntry as error:
        if isinstance(error.__context__, DBAPIError):
            raise error.__context__ from None
        raise
    finally:
        log.setLevel(before)


def make_gradebook(course: Course) -> None:
    """Make the tables that are missing, as every command of nbgrader's does."""
    asked = api.get_alembic_version
    # nbgrader starts alembic's command for this, which takes another three seconds to say one word
    api.get_alembic_version = ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head
    try:
        with _quietly(course), Gradebook(course.db_url, course.course_id):
            pass
    finally:
        api.get_alembic_version = asked


def save_cells(course: Course, assignment: str, name: str, notebook: NotebookNode) -> None:
    """Make an assignment's notebook and cells known, as ``nbgrader generate_assignment`` does.

    Raises
    ------
    RuntimeError
        If submissions are recorded already, of other cells.
    """
    with _quietly(course):
        with Gradebook(course.db_url, course.course_id) as book:
            book.update_or_create_assignment(assignment)
        copied = from_dict(notebook)
        names = {"student": ".", "assignment": assignment, "notebook": name, "db_url": course.db_url}
        resources: dict[str, Any] = {"nbgrader": names, "unique_key": name}
        for step in _SAVING:
            made = step(config=course.config)
            made.log.setLevel(logging.ERROR)
            copied, resources = made.preprocess(copied, resources)


def remove_assignment(course: Course, assignment: str) -> None:
    """Remove an assignment with all marks, as ``nbgrader db assignment remove --force`` does."""
    with _quietly(course), Gradebook(course.db_url, course.course_id) as book:
        book.remove_assignment(assignment)


def late_policy(course: Course) -> Any:
    """Return the course's plugin for late submissions."""
    penalties = steps.AssignLatePenalties(config=course.config)
    penalties.init_plugin()
    return penalties.plugin_inst
