"""Grades as files that other systems import as they are: a plain table, Canvas's gradebook, Moodle's.

What those systems ask of a file is in docs/export.md, with where it is written. Here: from `Grades` to rows, and into a
file that the system itself gave out (`fill_canvas`, `fill_moodle`), where people and columns have the system's own ids.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.lesson.whereabouts import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from autograder.desk.grades import Grade, Grades, Student

#: nbgrader's own columns in its own order, then what it does not say.
TABLE = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score", "status", "lms_user_id",
)  # fmt: skip
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("Username", "ID number", "First name", "Last name", "Email address")
POINTS_POSSIBLE = "    Points Possible"  # Canvas looks for the words in the first column


class ExportError(ValueError):
    """A file cannot be written; the message says what to do."""


@dataclass(frozen=True)
class Export:
    """A file's text, and what a teacher should know before importing it.

    Attributes
    ----------
    text
        CSV.
    grades
        How many grades are in it.
    notes
        Whole sentences.
    """

    text: str
    grades: int
    notes: tuple[str, ...] = ()


def number(value: float) -> str:
    """Write points as every system reads them: a point for decimals, at most four of them."""
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"


def shown(grade: Grade | None, *, missing: str, scale: float = 1.0) -> str:
    """Write a grade; `missing` for who handed nothing in, nothing for what could not be read."""
    if grade is None:
        return missing
    return "" if grade.unread else number(grade.points * scale)


def plain(grades: Grades, *, missing: str = "") -> Export:
    """Write one row for each student and assignment, with nbgrader's column names.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.

    Parameters
    ----------
    missing
        The score of who handed nothing in.
    """
    rows = []
    for name, worth in grades.worth.items():
        for who in grades.students.values():
            grade = grades.of(who.id, name)
            due = grades.due.get(name)
            head = [name, due or "", grade.handed_in or "" if grade else "", who.id, who.last_name]
            head += [who.first_name, who.email]
            if grade is None:
                points = ["", "", missing, number(worth), "not handed in"]
            elif grade.unread:
                points = ["", "", "", number(worth), grade.status]
            else:
                penalty, end = grade.penalty, grade.points
                points = [number(end + penalty), number(penalty), number(end), number(worth), grade.status]
            rows.append([_harmless(str(cell)) for cell in (*head, *points, who.lms_user_id)])
    return Export(written([TABLE, *rows]), _count(grades, missing), tuple(remarks(grades, missing)))


def canvas(grades: Grades, *, missing: str = "") -> Export:
    """Write a file for Canvas: Grades, Import. Students are found by Canvas's number or by login.

    Parameters
    ----------
    missing
        What stands for who handed nothing in. Canvas takes an empty cell as "no score".
    """
    rows: list[Sequence[str]] = [
        (*CANVAS, *grades.worth),
        (POINTS_POSSIBLE, "", "", "", "", *map(number, grades.worth.values())),
    ]
    for who in grades.students.values():
        points = [shown(grades.of(who.id, name), missing=missing) for name in grades.worth]
        rows.append((_harmless(_sortable(who)), *_canvas_numbers(who), who.id, "", *points))
    notes = remarks(grades, missing)
    notes.append("An assignment that Canvas does not know by this name is made new by the import.")
    return Export(written(rows), _count(grades, missing), tuple(notes))


def moodle(grades: Grades, *, missing: str = "") -> Export:
    """Write a file for Moodle: Grades, Import, CSV file; map from a column of people, to a grade item.

    Moodle refuses the whole file for one person whom it does not know.
    """
    rows: list[Sequence[str]] = [(*MOODLE, *grades.worth)]
    for who in grades.students.values():
        points = [shown(grades.of(who.id, name), missing=missing) for name in grades.worth]
        names = (_harmless(who.first_name), _harmless(who.last_name))  # Moodle finds nobody by these
        rows.append((who.id, who.lms_user_id, *names, who.email, *points))
    return Export(written(rows), _count(grades, missing), tuple(remarks(grades, missing)))


def remarks(grades: Grades, missing: str) -> list[str]:
    """Say what is not final, and what stands for those who handed nothing in."""
    notes = []
    for name in grades.worth:
        found = [grades.of(student, name) for student in grades.students]
        waiting = sum(1 for grade in found if grade and grade.waiting and not grade.unread)
        unread = sum(1 for grade in found if grade and grade.unread)
        absent = sum(1 for grade in found if grade is None)
        if waiting:
            notes.append(
                f"{name}: {counted(waiting, 'has', 'have')} answers that wait for a person. "
                f"{'The grade is' if waiting == 1 else 'Their grades are'} not final."
            )
        if unread:
            notes.append(
                f"{name}: {unread} could not be read and {'has' if unread == 1 else 'have'} no grade here."
            )
        if absent:
            has = "has" if absent == 1 else "have"
            notes.append(f"{name}: {absent} handed nothing in and {has} {missing or 'an empty cell'}.")
    if grades.left_out:
        notes.append(f"Nobody has a grade for {', '.join(grades.left_out)}: left out.")
    return notes


def written(rows: Iterable[Sequence[object]], delimiter: str = ",") -> str:
    """Return rows as CSV, quoted where it is needed."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _count(grades: Grades, missing: str) -> int:
    cells = (shown(grades.of(who, name), missing=missing) for who in grades.students for name in grades.worth)
    return sum(1 for cell in cells if cell)


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _sortable(who: Student) -> str:
    return ", ".join(filter(None, (who.last_name, who.first_name))) or who.id


def _canvas_numbers(who: Student) -> tuple[str, str]:
    """Return Canvas's own number and its SIS User ID; one of them, by what `lms_user_id` looks like.

    Canvas reads "12ab" and "0012" under ID as 12, somebody else's. A SIS User ID is compared letter by letter.
    """
    known = who.lms_user_id
    own = known.isascii() and known.isdigit() and not known.startswith("0")
    return (known, "") if own else ("", known)
