"""Reports as files: `reports/ASSIGNMENT.html` in the course folder, and CSV where it is asked for.

One without names is another file: neither is taken for the other, and neither overwrites the other.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.desk import files
from autograder.desk.gradebook import open_gradebook
from autograder.desk.report import sheets
from autograder.desk.report.page import points_table, render_report
from autograder.desk.report.people import People
from autograder.desk.report.reading import read_class
from autograder.desk.report.statistics import items

if TYPE_CHECKING:
    from pathlib import Path

    from autograder.lesson.course import Course

FOLDER = "reports"


@dataclass(frozen=True)
class Written:
    """What was written for one assignment: the page, the CSV files, and the size of the class it is about."""

    assignment: str
    page: Path
    sheets: tuple[Path, ...]
    graded: int


def write_report(
    course: Course,
    assignment: str | None = None,
    *,
    names: bool = True,
    csv: Path | None = None,
    made: dt.datetime | None = None,
) -> list[Written]:
    """Write the report on each assignment that somebody handed in.

    Parameters
    ----------
    course : Course
        From ``autograder.lesson.course.open_course``.
    assignment : str, optional
        Only this one; it then gets a page even if nobody handed in.
    names : bool
        Show students by id and name; otherwise by pseudonyms, the same ones in every report of the course.
    csv : Path, optional
        A folder for the numbers as CSV.
    made : datetime, optional
        The time that the page shows; now by default.

    Raises
    ------
    LookupError
        If the course knows no such assignment.
    PseudonymError
        If pseudonyms are asked for and their key cannot be made.
    """
    made = made or dt.datetime.now(dt.UTC)
    people = People.of(course.root, names=names)
    return [_write(course, name, people, csv, made) for name in _assignments(course, assignment)]


def _assignments(course: Course, assignment: str | None) -> list[str]:
    with open_gradebook(course.db_url) as gradebook:
        known = {*course.assignments(), *gradebook.assignments()}
        handed_in = {name for name, _ in (*course.submissions(), *gradebook.submissions())}
    if assignment is None:
        return sorted(handed_in)
    if assignment not in known | handed_in:
        raise LookupError(assignment)
    return [assignment]


def _write(course: Course, assignment: str, people: People, csv: Path | None, made: dt.datetime) -> Written:
    record = read_class(course, assignment)
    statistics = items(points_table(record), [item.points for item in record.items])
    unnamed = "" if people.named else "-no-names"
    page = course.root / FOLDER / f"{assignment}{unnamed}.html"
    put(page, render_report(record, statistics, people, made))
    written = []
    if csv is not None:
        for name, text in (
            (f"marks{unnamed}", sheets.marks(record, people.of_work)),
            ("items", sheets.items(record, statistics)),  # nobody is in it
        ):
            written.append(csv / f"{assignment}-{name}.csv")
            put(written[-1], text)
    return Written(assignment, page, tuple(written), len(record.counted))


def put(path: Path, text: str) -> None:
    """Put a file in place: it holds marks, and is for the course's owner and group."""
    files.put(path, text, mode=0o640)
