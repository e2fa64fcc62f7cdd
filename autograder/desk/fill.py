"""Grades filled into a file that Canvas or Moodle itself gave out: people and columns keep the system's own ids.

Canvas: Grades, Export. Moodle: the assignment's offline grading worksheet. What has no grade here keeps what it had.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from autograder.desk.export import CANVAS, Export, ExportError, number, remarks, shown, written
from autograder.desk.roster import NAMES, Roster, some

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from autograder.desk.grades import Grades

_WITH_ID = re.compile(r"(.*?)\s*\((\d+)\)\s*")  # Canvas writes an assignment as "Name (its number)"
_CANVAS_INFO = {*CANVAS, "Integration ID", "Root Account", "LastName", "FirstName"}
_EXCUSED = "EX"  # what Canvas writes in the place of a score
_IDENTIFIER, _GRADE, _MODIFIED = "Identifier", "Grade", "Last modified (grade)"
_MAXIMUM = "maximum grade"  # Moodle has written "Maximum Grade", too


def fill_canvas(
    grades: Grades, text: str, *, columns: Mapping[str, str] | None = None, missing: str = "", scale: bool = False
) -> Export:  # fmt: skip
    """Fill Canvas's exported gradebook; only the columns of people and of these assignments are kept.

    Parameters
    ----------
    columns
        Assignment to the title of its column, where Canvas calls it something else.
    missing
        Written for who handed nothing in; when empty, what Canvas has is kept.
    scale
        Where Canvas's points possible are not the assignment's, write the same share of Canvas's.

    Raises
    ------
    ExportError
        If the file is not Canvas's, an assignment has no column, or points possible differ without `scale`.
    """
    rows, delimiter = _read(text)
    header = rows[0]
    names = _names(header)
    kept = [place for place, name in enumerate(header) if name in _CANVAS_INFO]
    people, body, places, scales = Roster(grades.students), [header], {}, {}
    excused: dict[str, list[str]] = {}
    possible = next((row for row in rows[1:] if "Points Possible" in row[0]), None)
    for name, worth in grades.worth.items():
        place = _column(header, (columns or {}).get(name, name), name)
        theirs = _float(possible[place]) if possible else None
        places[name], scales[name] = place, _factor(name, "Canvas", theirs, worth, scale=scale)
    filled = 0
    for row in rows[1:]:
        body.append(row)
        if row is possible or not any(row[header.index(name)].strip() for name in NAMES if name in header):
            continue
        shown_as = ", ".join(filter(None, (row[place].strip() for place in range(names))))
        student = people.in_row(header, row, shown_as)
        if student is None:
            continue
        for name, place in places.items():
            cell = shown(grades.of(student, name), missing=missing, scale=scales[name])
            if cell and row[place].strip().upper() == _EXCUSED:
                excused.setdefault(name, []).append(shown_as)
                continue
            row[place] = cell or row[place]
            filled += bool(cell)
    cut = [[row[place] for place in (*kept, *places.values())] for row in body]
    kept_so = [
        f"{name}: {some(them)}: excused in Canvas, and left so. To give the grade, take that back there first."
        for name, them in excused.items()
    ]
    notes = (*remarks(grades, missing), *kept_so, *people.notes("Canvas"))
    return Export(written(cut, delimiter), filled, notes)


def _names(header: Sequence[str]) -> int:
    """Return how many columns have a student's name: Canvas may be set to write the last and the first one apart."""
    if len(header) > 4 and header[0] == "LastName" and header[1] == "FirstName" and "ID" in header[2]:  # noqa: PLR2004
        return 2
    if len(header) > 3 and "Student" in header[0] and "ID" in header[1]:  # noqa: PLR2004
        return 1
    raise ExportError(
        "This is not a gradebook that Canvas exported: its first columns are not Student and ID. In Canvas: "
        "Grades, Export, Export Entire Gradebook."
    )


def fill_moodle(
    grades: Grades, assignment: str, text: str, *, missing: str = "", scale: bool = False
) -> Export:  # fmt: skip
    """Fill the offline grading worksheet of a Moodle assignment; nothing but the grades is changed.

    Raises
    ------
    ExportError
        If the file is no worksheet, or its maximum grade is not the assignment's and `scale` is not asked for:
        Moodle leaves grades above its maximum out without a word.
    """
    rows, delimiter = _read(text)
    header = rows[0]
    lacking = [name for name in (_IDENTIFIER, _GRADE, _MODIFIED) if name not in header]
    if lacking:
        raise ExportError(
            f"This is not an offline grading worksheet: it has no column {', '.join(lacking)}. In Moodle: the "
            'assignment, View all submissions, Download grading worksheet. Its feedback type "Offline grading '
            'worksheet" has to be on, and the language English.'
        )
    grade_at = header.index(_GRADE)
    maximum = next((place for place, name in enumerate(header) if name.strip().lower() == _MAXIMUM), None)
    people, filled = Roster(grades.students), 0
    for row in rows[1:]:
        student = people.in_row(header, row, row[header.index(_IDENTIFIER)])
        if student is None:
            continue
        theirs = _float(row[maximum]) if maximum is not None else None
        factor = _factor(assignment, "Moodle", theirs, grades.worth[assignment], scale=scale)
        cell = shown(grades.of(student, assignment), missing=missing, scale=factor)
        row[grade_at] = cell or row[grade_at]
        filled += bool(cell)
    return Export(written(rows, delimiter), filled, (*remarks(grades, missing), *people.notes("Moodle")))


def _read(text: str) -> tuple[list[list[str]], str]:
    """Read a table with commas or semicolons; every row as long as the first."""
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter, strict=True) if row]
    except csv.Error as error:
        raise ExportError(f"The file to fill cannot be read as a table: {error}.") from error
    if not rows:
        raise ExportError("The file to fill is empty.")
    width = len(rows[0])
    return [(row + [""] * width)[:width] for row in rows], delimiter


def _column(header: Sequence[str], title: str, assignment: str) -> int:
    """Return the place of an assignment's column: by its whole head, or by its name before the number."""
    wanted = title.strip().lower()
    for place, name in enumerate(header):
        bare = _WITH_ID.fullmatch(name)
        if name not in _CANVAS_INFO and wanted in (name.strip().lower(), bare and bare[1].strip().lower()):
            return place
    there = [name for name in header if _WITH_ID.fullmatch(name)]
    raise ExportError(
        f'Canvas\'s file has no column for {assignment}. Name it with --column "{assignment}=its title". '
        f"Columns: {'; '.join(there) or 'none'}."
    )


def _factor(assignment: str, system: str, theirs: float | None, worth: float, *, scale: bool) -> float:
    if theirs is None or theirs == worth or not worth:
        return 1.0
    if scale:
        return theirs / worth
    raise ExportError(
        f"{assignment} has {number(worth)} points, and {system} gives at most {number(theirs)}. Set {number(worth)} "
        f"there, or add --scale to write the same share of {number(theirs)}."
    )


def _float(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None  # "(read only)"
