"""The page as a file: `reports/ASSIGNMENT-alike.html` in the course folder, and CSV where it is asked for.

Without names it is a file of its own, `reports/ASSIGNMENT-alike-no-names.html`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.alike.page import render_page
from autograder.alike.pairs import find_pairs
from autograder.alike.reading import read_class
from autograder.alike.sheet import sheet
from autograder.desk.gradebook import open_gradebook
from autograder.desk.report.people import People
from autograder.desk.report.write import FOLDER, put

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course


@dataclass(frozen=True)
class Written:
    """What was written, and what it is about."""

    page: Path
    sheet: Path | None
    students: int
    unread: int
    pairs: int


def write_similar(
    course: Course,
    assignment: str,
    *,
    names: bool = True,
    csv: Path | None = None,
    many: int | None = None,
    made: dt.datetime | None = None,
) -> Written:
    """Compare what a class handed in, and write the page.

    Parameters
    ----------
    course : Course
        From ``autograder.lesson.course.open_course``.
    assignment : str
        Its name.
    names : bool
        Show students by name; otherwise by pseudonyms, those of the reports.
    csv : Path, optional
        A folder for the pairs as CSV.
    many : int, optional
        How many students may share a phrase before it is common knowledge; 5, and a twentieth of a larger class.
    made : datetime, optional
        The time that the page shows; now by default.

    Raises
    ------
    SourceFailsError
        If the lesson cannot be read, without which nobody knows what was given.
    PseudonymError
        If pseudonyms are asked for and their key cannot be made.
    """
    people = People.of(course.root, names=names)
    found = read_class(course, assignment)
    alike = find_pairs(found, many)
    with open_gradebook(course.db_url) as gradebook:
        called = {student: " ".join(name).strip() for student, name in gradebook.students().items()}
    page = course.root / FOLDER / f"{assignment}-alike{'' if people.named else '-no-names'}.html"
    put(page, render_page(found, alike, people, called, made or dt.datetime.now(dt.UTC)))
    path = None if csv is None else csv / f"{assignment}-alike{'' if people.named else '-no-names'}.csv"
    if path is not None:
        put(path, sheet(found, alike, lambda student: people.of_student(student, "")[0]))
    return Written(page, path, len(found.works), len(found.unread), len(alike.pairs))
