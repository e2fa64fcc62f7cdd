"""A class's grades as a table: every student the gradebook knows, every assignment asked for, one grade each or none.

Read from nbgrader's gradebook, so points given by a person, extra credit and late penalties are in. A student who handed
nothing in has no grade, which is not the same as 0: whoever exports decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.lesson.whereabouts import closest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from autograder.desk.gradebook import Gradebook
    from autograder.desk.marks import Marks


class NoGradesError(ValueError):
    """There is nothing to export; the message says why and what to run."""


@dataclass(frozen=True)
class Student:
    """A student as the gradebook knows them; empty where it does not."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""


@dataclass(frozen=True)
class Grade:
    """What one student has for one assignment.

    Attributes
    ----------
    points
        In the end: the late penalty is taken off, never below 0.
    max_points
        What the assignment is worth.
    penalty
        Points taken off for being late.
    waiting
        Graded cells that a person has still to mark.
    unread
        Nothing of it could be graded: it was no readable notebook.
    handed_in, due
        In UTC; None where the gradebook does not know.
    """

    points: float
    max_points: float
    penalty: float = 0.0
    waiting: int = 0
    unread: bool = False
    handed_in: dt.datetime | None = None
    due: dt.datetime | None = None

    @property
    def status(self) -> str:
        """Say in words what the grade rests on."""
        if self.unread:
            return "could not be read"
        return f"waits for a person ({self.waiting})" if self.waiting else "graded"


@dataclass(frozen=True)
class Grades:
    """The table.

    Attributes
    ----------
    students
        By id, in the order of last and first name.
    worth
        Points of each assignment, in the order in which they were asked for.
    grades
        (student, assignment) to grade, for those who handed in.
    due
        When each assignment was due, in UTC.
    left_out
        Assignments that nobody has a grade for, where all were asked for.
    """

    students: Mapping[str, Student]
    worth: Mapping[str, float]
    grades: Mapping[tuple[str, str], Grade] = field(default_factory=dict)
    due: Mapping[str, dt.datetime | None] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    def of(self, student: str, assignment: str) -> Grade | None:
        """Return a grade; None for who handed nothing in."""
        return self.grades.get((student, assignment))


def read_grades(gradebook: Gradebook, asked: Collection[str] = ()) -> Grades:
    """Read the grades of some assignments, or of all that somebody has a grade for.

    Raises
    ------
    NoGradesError
        If there is no such assignment, or nobody has a grade yet.
    """
    known = gradebook.assignments()
    missing = [name for name in asked if name not in known]
    if missing:
        there = f"It has {', '.join(known)}." if known else "It has none yet: run `autograder grade` first."
        meant = closest(missing[0], known)
        raise NoGradesError(f"The gradebook has no assignment {', '.join(missing)}.{meant} {there}")
    names = list(dict.fromkeys(asked or known))
    students = {key: Student(key, *rest) for key, *rest in gradebook.roster()}
    worth: dict[str, float] = {}
    grades: dict[tuple[str, str], Grade] = {}
    for name in names:
        worth[name] = sum(cell.max_score for cell in gradebook.cells(name))
        due = gradebook.due(name)
        parts: dict[str, list[Marks]] = defaultdict(list)
        for (student, _), marks in gradebook.marks(name).items():
            parts[student].append(marks)
        for student, found in parts.items():
            grades[student, name] = _one(found, worth[name], due)
    if not grades:
        raise NoGradesError("Nobody has a grade yet. Run `autograder grade` first.")
    order = sorted(students.values(), key=lambda who: (who.last_name.lower(), who.first_name.lower(), who.id))
    graded = {name for _, name in grades}
    left_out = () if asked else tuple(name for name in names if name not in graded)
    kept = [name for name in names if name not in left_out]
    return Grades(
        {who.id: who for who in order},
        {name: worth[name] for name in kept},
        grades,
        {name: gradebook.due(name) for name in kept},
        left_out,
    )


def _one(notebooks: list[Marks], worth: float, due: dt.datetime | None) -> Grade:
    """Add up the notebooks of one submission."""
    cells = [cell for marks in notebooks for cell in marks.cells.values()]
    return Grade(
        points=sum(marks.score for marks in notebooks),
        max_points=worth,
        penalty=sum(marks.penalty for marks in notebooks),
        waiting=sum(cell.pending for cell in cells),
        unread=bool(cells) and all(cell.auto_score is None and cell.manual_score is None for cell in cells),
        handed_in=notebooks[0].handed_in,
        due=due,
    )
