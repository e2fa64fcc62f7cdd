"""What nbgrader's gradebook says about one submitted notebook, read in a handful of queries.

Scores, hand-given points, comments and the late penalty come from here and from nowhere else. Reads only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class CellMark:
    """The points of one graded cell.

    Parameters
    ----------
    score, max_score
        As nbgrader counts them: points given by hand win over the grader's, extra credit is added.
    auto_score, manual_score, extra_credit
        The parts of `score`; None where there are none.
    pending
        A person has still to mark this cell.
    """

    score: float
    max_score: float
    auto_score: float | None = None
    manual_score: float | None = None
    extra_credit: float | None = None
    pending: bool = False


@dataclass(frozen=True)
class Marks:
    """The gradebook's view of one student's notebook.

    Parameters
    ----------
    cells
        Graded cells and tasks by grade id.
    comments
        Comments by the grade id of the cell they stand under.
    max_score
        Points of the whole notebook, cells that are missing from the submission included.
    penalty
        Points taken off for being late.
    seconds_late
        How late the submission is, extensions counted in.
    """

    student: str
    first_name: str
    last_name: str
    cells: Mapping[str, CellMark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    max_score: float = 0.0
    penalty: float = 0.0
    seconds_late: float = 0.0

    @property
    def score(self) -> float:
        """Points in the end, never below zero, as nbgrader's export counts them."""
        return max(0.0, sum(cell.score for cell in self.cells.values()) - self.penalty)

    @property
    def name(self) -> str:
        """First and last name, empty when the gradebook has neither."""
        return f"{self.first_name} {self.last_name}".strip()


def read_marks(gradebook: Any, assignment: str, notebook: str, student: str) -> Marks | None:
    """Read the marks of one notebook from an open ``nbgrader.api.Gradebook``.

    Returns
    -------
    Marks or None
        None when the gradebook has no such submission.
    """
    from nbgrader.api import BaseCell, Comment, Grade, MissingEntry  # noqa: PLC0415  slow to import

    try:
        submission = gradebook.find_submission_notebook(notebook, assignment, student)
    except MissingEntry:
        return None
    grades = (
        gradebook.db.query(
            BaseCell.name,
            Grade.score,
            Grade.max_score,
            Grade.auto_score,
            Grade.manual_score,
            Grade.extra_credit,
            Grade.needs_manual_grade,
        )
        .join(Grade.cell)
        .filter(Grade.notebook_id == submission.id)
    )
    comments = (
        gradebook.db.query(BaseCell.name, Comment.comment)
        .join(Comment.cell)
        .filter(Comment.notebook_id == submission.id)
    )
    person = submission.assignment.student
    return Marks(
        student=person.id,
        first_name=person.first_name or "",
        last_name=person.last_name or "",
        cells={
            name: CellMark(score or 0.0, max_score or 0.0, auto, manual, extra, bool(pending))
            for name, score, max_score, auto, manual, extra, pending in grades
        },
        comments={name: comment for name, comment in comments if comment},
        max_score=submission.max_score or 0.0,
        penalty=submission.late_submission_penalty or 0.0,
        seconds_late=submission.assignment.total_seconds_late,
    )


def read_name(gradebook: Any, student: str) -> str:
    """Return a student's full name from the gradebook, empty when it has none."""
    from nbgrader.api import MissingEntry  # noqa: PLC0415  slow to import

    try:
        person = gradebook.find_student(student)
    except MissingEntry:
        return ""
    return f"{person.first_name or ''} {person.last_name or ''}".strip()
