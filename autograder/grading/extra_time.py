"""Extra time for one student and one assignment: `extra_time.csv` in the course, a line for each.

    student,assignment,hours,reason
    ada,01_activations,48,ill
    b.pascal,*,24,has a right to more time

Grading writes it into nbgrader's gradebook as that submission's extension, so that every tool counts with it. A line may be
there before anything is handed in.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE = "extra_time.csv"
HEAD = ("student", "assignment", "hours", "reason")
EVERY = "*"
_MOST = 24 * 366


class ExtraTimeError(ValueError):
    """The file cannot be read; the message names the line and says what is wanted."""


class ExtraTime:
    """Who has extra time for what.

    Parameters
    ----------
    lines
        (student, assignment or "*") to hours and the reason.
    """

    def __init__(self, lines: dict[tuple[str, str], tuple[float, str]] | None = None) -> None:
        self.lines = dict(lines or {})

    def of(self, student: str, assignment: str) -> timedelta | None:
        """Return a student's extra time; None where the file says nothing. A line for the assignment comes first."""
        found = self.lines.get((student, assignment)) or self.lines.get((student, EVERY))
        return None if found is None else timedelta(hours=found[0])

    def text(self) -> str:
        """Return the file's text."""
        made = io.StringIO()
        writer = csv.writer(made, lineterminator="\n")
        writer.writerow(HEAD)
        for (student, assignment), (hours, reason) in sorted(self.lines.items()):
            writer.writerow((student, assignment, f"{hours:g}", reason))
        return made.getvalue()


def read_extra_time(root: Path) -> ExtraTime:
    """Read a course's file; nobody has extra time where there is none.

    Raises
    ------
    ExtraTimeError
        If a line is none.
    """
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return ExtraTime()
    except (OSError, UnicodeDecodeError) as error:
        raise ExtraTimeError(f"{path} cannot be read: {error}") from error
    found: dict[tuple[str, str], tuple[float, str]] = {}
    reader = csv.reader(io.StringIO(text))
    for row in reader:
        cells = [cell.strip() for cell in row]
        if not any(cells) or tuple(cells[:3]) == HEAD[:3]:
            continue
        where = f"{path}, line {reader.line_num}"
        student, assignment, hours, reason = [*cells, "", "", "", ""][:4]
        if not student or not assignment or not hours:
            raise ExtraTimeError(f"{where}: wants student,assignment,hours,reason.")
        if (student, assignment) in found:
            raise ExtraTimeError(f"{where}: {student} has a line for {assignment} already.")
        found[student, assignment] = _hours(hours, where), reason
    return ExtraTime(found)


def _hours(text: str, where: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= _MOST:
        raise ExtraTimeError(f"{where}: {text!r} is no number of hours from 0 to {_MOST}.")
    return hours
