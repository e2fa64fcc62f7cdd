"""The call of nbgrader's own generate_assignment, through its Python API, kept quiet unless it fails."""

from __future__ import annotations

import glob
import io
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course


_OTHER_CELLS = "Cannot add or remove cells"
_KEPT = (
    "{0} is graded already, and while the gradebook has its marks, no graded cell may come or go: nbgrader keeps to that. "
    "Nothing was written. Put the new exercise into another lesson. Or, if those marks were a trial, take them out and "
    "build again, in {1}: nbgrader db assignment remove {0} --force"
)


class BuildError(Exception):
    """A build that could not be done. The message says why and what to do."""


def generate(course: Course, names: list[str], *, source: Path, release: Path, record: bool) -> None:
    """Make students' versions of assignments.

    Parameters
    ----------
    course : Course
        Its configuration decides everything but the two folders.
    names : list of str
        The assignments.
    source, release : Path
        Folders that hold one folder per assignment; `release` is made.
    record : bool
        Save the cells to the course's gradebook, as grading needs them; otherwise no database is opened.

    Raises
    ------
    BuildError
        With everything that nbgrader logged.
    """
    # nbgrader takes a second to import; a course can be opened without it.
    from nbgrader.converters import GenerateAssignment  # noqa: PLC0415

    config = type(course.config)(course.config)
    if not record:  # what `nbgrader generate_assignment --no-db` sets
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
    said = io.StringIO()
    log = _quiet_log(said)
    for name in names:
        course_directory = course.coursedir(
            log=log,
            source_directory=str(source),
            release_directory=str(release),
            directory_structure="{nbgrader_step}/{student_id}/{assignment_id}",
            assignment_id=glob.escape(name),
        )
        converter = GenerateAssignment(coursedir=course_directory, config=config, log=log)
        try:
            with course.entered():
                converter.start()
        except Exception as error:
            if _OTHER_CELLS in said.getvalue():
                raise BuildError(_KEPT.format(name, course.root)) from error
            raise BuildError(
                f"nbgrader could not make the release of {name}: {error}\n{said.getvalue().rstrip()}"
            ) from error
        if not (release / name).is_dir():
            raise BuildError(f"nbgrader made no release of {name}.\n{said.getvalue().rstrip()}")


def _quiet_log(target: io.StringIO) -> logging.Logger:
    """Make a logger that belongs to nobody else and keeps what it is told."""
    log = logging.Logger("autograder.lesson.generate", level=logging.INFO)  # noqa: LOG001  registered nowhere
    handler = logging.StreamHandler(target)
    handler.setFormatter(logging.Formatter("[nbgrader] %(message)s"))
    log.addHandler(handler)
    return log
