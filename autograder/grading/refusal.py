"""What comes of a hand-in that cannot be graded. Loads nothing of what grading itself needs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from autograder.grading.outcome import CellOutcome, Graded, Outcome, Record, Work
from autograder.grading.places import without_places
from autograder.lesson import node
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.setting import Setting

REJECTED = "rejected.json"
NOT_YOURS = "This is not your fault: ask for it to be graded again."


class LostError(Exception):
    """An examination was lost by nothing of the submission's doing: it is done again, and refuses nothing."""


def failed(error: Exception) -> str:
    """Return what is told where grading itself went wrong."""
    said = (error.strerror or "") if isinstance(error, OSError) else without_places(str(error))[:200]
    what = ", ".join(filter(None, (type(error).__name__, said)))
    return f"grading it failed ({what}). {NOT_YOURS}".encode("utf-8", "replace").decode()


def rejected(setting: Setting, student: str, reason: str, timestamp: str | None) -> Work:
    """Return what comes of a hand-in that could not be graded: no points, and a person looks at it."""
    nothing: dict[str, CellOutcome] = {}
    for text in setting.notebooks.values():
        nothing |= no_points(node.reads(text))
    outcome = outcome_of(setting.assignment, student, "rejected", nothing, reason=reason)
    file = json.dumps({"reason": reason}, ensure_ascii=False) + "\n"
    record = Record(setting.assignment, student, timestamp)
    return Work(Graded(outcome, record), [(REJECTED, file.encode())])


def outcome_of(
    assignment: str, student: str, status: str, found: dict[str, CellOutcome], *, reason: str = "",
    mends: list[str] | None = None,
) -> Outcome:  # fmt: skip
    """Return an outcome whose points are those of its cells."""
    return Outcome(
        student=student,
        assignment=assignment,
        status=status,  # type: ignore[arg-type]
        score=sum(cell.score for cell in found.values()),
        max_score=sum(cell.max_score for cell in found.values()),
        cells=found,
        reason=reason,
        mends=mends or [],
    )


def no_points(source: NotebookNode) -> dict[str, CellOutcome]:
    """Every graded cell of a notebook, with no points."""
    found = {}
    for cell in source.cells:
        if cells.is_graded(cell):
            name, points = cells.grade_id(cell), cells.points(cell) or 0.0
            found[name or ""] = CellOutcome(0.0, points, "not run", "not handed in as a readable notebook")
    return found
