"""The call of nbgrader's own generate_assignment, through its Python API, kept quiet unless it fails."""

from __future__ import annotations

import contextlib
import glob
import io
import logging
from typing import TYPE_CHECKING

from autograder.lesson.trouble import trouble_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from autograder.lesson.course import Course


_OTHER_CELLS = "Cannot add or remove cells"
_KEPT = (
    "{0} is graded already, and while the gradebook has its marks, nbgrader lets no cell of it come or go. Nothing was "
    "written. If cells came and none went, copy the gradebook and add them; marks stay, and those who have handed in get "
    "nothing for them unless they hand in again: autograder build {0} --add-cells\n"
    "If those marks were a trial, take them out and build again, in {1}: nbgrader db assignment remove {0} --force"
)
_GONE = (
    "{0} is graded already, and a cell of it went. The gradebook has marks of that cell, and nbgrader keeps them. Nothing "
    "was written. Bring it back. If those marks were a trial, take them out and build again, in {1}: "
    "nbgrader db assignment remove {0} --force"
)


class BuildError(Exception):
    """A build that could not be done. The message says why and what to do."""


def generate(
    course: Course, names: list[str], *, source: Path, release: Path, record: bool, add_cells: bool = False
) -> dict[str, tuple[str, ...]]:
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
    add_cells : bool
        Add new cells also where the gradebook has marks of the assignment.

    Returns
    -------
    dict
        The grade ids of cells that were added so, by assignment; one that gained none is left out.

    Raises
    ------
    BuildError
        With everything that nbgrader logged.
    OSError
        If the gradebook cannot be written, or the disk is full; it names which.
    """
    # nbgrader takes a second to import; a course can be opened without it.
    from nbgrader.converters import GenerateAssignment  # noqa: PLC0415

    config = type(course.config)(course.config)
    if not record:  # what `nbgrader generate_assignment --no-db` sets
        config.SaveCells.enabled = False
        config.GenerateAssignment.no_database = True
    said = io.StringIO()
    log = _quiet_log(said)
    gained: dict[str, tuple[str, ...]] = {}
    for name in names:
        course_directory = course.coursedir(
            log=log,
            source_directory=str(source),
            release_directory=str(release),
            directory_structure="{nbgrader_step}/{student_id}/{assignment_id}",
            assignment_id=glob.escape(name),
        )
        converter = GenerateAssignment(coursedir=course_directory, config=config, log=log)
        if add_cells:
            added: list[str] = []
            converter.preprocessors = [_adding(step, added) for step in converter.preprocessors]
        try:
            with course.entered(), _heard(log):
                converter.start()
        except Exception as error:
            if _OTHER_CELLS in said.getvalue():
                raise BuildError((_GONE if add_cells else _KEPT).format(name, course.root)) from error
            if trouble := trouble_in(said.getvalue(), _gradebook(course), str(release.parent.parent)):
                raise trouble from error
            raise BuildError(
                f"nbgrader could not make the release of {name}: {error}\n{said.getvalue().rstrip()}"
            ) from error
        if not (release / name).is_dir():
            raise BuildError(f"nbgrader made no release of {name}.\n{said.getvalue().rstrip()}")
        if add_cells and added:
            gained[name] = tuple(added)
    return gained


def _gradebook(course: Course) -> str:
    """Return where the gradebook is, without a password: a file's path, or a URL."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - slow to import, not always needed

    url = make_url(course.db_url)
    is_file = url.get_backend_name() == "sqlite" and url.database
    return url.database or "" if is_file else url.render_as_string(hide_password=True)


def _adding(step: object, added: list[str]) -> object:
    """Return the step that adds cells, and notes them, in the place of nbgrader's that refuses them."""
    from nbgrader.preprocessors import SaveCells  # noqa: PLC0415

    from autograder.lesson.more_cells import that_notes  # noqa: PLC0415

    names = {"nbgrader.preprocessors.SaveCells", "nbgrader.preprocessors.savecells.SaveCells"}
    refuses = step is SaveCells or step in names
    return that_notes(added) if refuses else step


@contextlib.contextmanager
def _heard(log: logging.Logger) -> Iterator[None]:
    """Let what nbgrader's gradebook says of a failure come to our log too, and not to the terminal."""
    spoken = logging.getLogger("tornado.application")  # which nbgrader.api takes
    propagate, spoken.propagate = spoken.propagate, False
    for handler in log.handlers:
        spoken.addHandler(handler)
    try:
        yield
    finally:
        spoken.propagate = propagate
        for handler in log.handlers:
            spoken.removeHandler(handler)


def _quiet_log(target: io.StringIO) -> logging.Logger:
    """Make a logger that belongs to nobody else and keeps what it is told."""
    log = logging.Logger("autograder.lesson.generate", level=logging.INFO)  # noqa: LOG001  registered nowhere
    handler = logging.StreamHandler(target)
    handler.setFormatter(logging.Formatter("[nbgrader] %(message)s"))
    log.addHandler(handler)
    return log
