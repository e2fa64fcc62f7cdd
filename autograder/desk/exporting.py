"""`autograder export`: which file is written from a course, and where."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from autograder.desk import export, fill
from autograder.desk.export import Export, ExportError
from autograder.desk.files import named
from autograder.desk.gradebook import open_gradebook
from autograder.desk.grades import read_grades

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from autograder.lesson.course import Course

System = Literal["csv", "canvas", "moodle"]
_NEXT = {
    "csv": "Open it in a spreadsheet; its columns are those of `nbgrader export`, and two more.",
    "canvas": "In Canvas: Grades, Import. Canvas shows what would change before it writes.",
    "moodle": 'In Moodle: Grades, Import, CSV file. Map from "Username" or "Email address", to the grade item.',
    "worksheet": "In Moodle: the assignment, View all submissions, Upload grading worksheet.",
}


def export_grades(
    course: Course, system: System, assignments: Sequence[str] = (), *, into: Path | None = None,
    columns: Sequence[str] = (), missing: str = "", scale: bool = False,
) -> Export:  # fmt: skip
    """Return the file for a system.

    Parameters
    ----------
    into
        A file that Canvas or Moodle gave out, to be filled.
    columns
        "assignment=title", where Canvas's column has another title.
    missing
        Written for who handed nothing in.

    Raises
    ------
    ExportError, NoGradesError
        With what to do.
    """
    named = _named(columns)
    with open_gradebook(course.db_url) as gradebook:
        grades = read_grades(gradebook, assignments)
    if into is None:
        if columns or scale:
            raise ExportError(
                "--column and --scale go with --into FILE, a file that the other system gave out."
            )
        if system == "csv":
            return export.plain(grades, missing=missing)
        return (export.canvas if system == "canvas" else export.moodle)(grades, missing=missing)
    try:
        text = into.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ExportError(
            f"{into} is no UTF-8, which Canvas and Moodle write: a spreadsheet saved it otherwise. Take the file as it was "
            'downloaded, or save it as "CSV UTF-8".'
        ) from error
    except OSError as error:
        raise ExportError(f"{into} cannot be read: {error.strerror}.") from error
    if system == "canvas":
        return fill.fill_canvas(grades, text, columns=named, missing=missing, scale=scale)
    if system == "moodle" and len(grades.worth) == 1:
        return fill.fill_moodle(grades, next(iter(grades.worth)), text, missing=missing, scale=scale)
    raise ExportError(
        "A Moodle worksheet is of one assignment: name it."
        if system == "moodle"
        else "--into goes with --to canvas or --to moodle."
    )


def next_step(system: System, *, filled: bool) -> str:
    """Say what a teacher does with the file."""
    return _NEXT["worksheet" if system == "moodle" and filled else system]


def save(text: str, target: Path) -> None:
    """Write a file whole or not at all: a full disk leaves the old one.

    Raises
    ------
    OSError
        With the file's path.
    """
    fresh = target.with_name(f".{target.name}.part")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise named(error, target) from error


def _named(columns: Sequence[str]) -> dict[str, str]:
    named = {}
    for column in columns:
        assignment, found, title = column.partition("=")
        if not found or not title.strip():
            raise ExportError(f'--column wants "assignment=its title", not {column!r}.')
        named[assignment.strip()] = title.strip()
    return named
