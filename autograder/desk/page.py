"""One submission's page: the autograded notebook and its marks in, one self-contained HTML document out.

Decides what is said and in what order; how it looks is in `templates/`, one cell is in `cells`. Files and folders are
in `feedback`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograder.desk.cells import draw, weight
from autograder.desk.notebook import exercise_of
from autograder.desk.redact import Redactor, plain, without_paths
from autograder.desk.templating import points, render
from autograder.grading.later import is_the_lessons

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograder.desk.cells import CellView
    from autograder.desk.marks import CellMark, Marks
    from autograder.desk.notebook import Cell, Notebook

#: Characters of a student's that are drawn on one page, three times what a long lesson holds; more is shown as it was
#: written. Drawing may take time that grows as the square of a cell, and thirty times its room.
MAX_DRAWN = 300_000


@dataclass(frozen=True)
class Row:
    """One line of the table of exercises."""

    name: str
    anchor: str
    mark: CellMark | None
    reason: str


@dataclass(frozen=True)
class Notices:
    """What the reader should know before the table: how the submission was handled."""

    status: str
    reason: str
    mends: Sequence[str]
    later: Sequence[str] = ()
    notes: Sequence[str] = ()


def render_page(nb: Notebook, *, assignment: str, notebook: str, student: str, marks: Marks | None) -> str:
    """Return the feedback page of one autograded notebook.

    Parameters
    ----------
    nb : Notebook
        From ``autograder.desk.notebook``.
    assignment, notebook, student : str
        Their ids.
    marks : Marks or None
        From the gradebook; None when it does not know the submission.
    """
    redactor = Redactor.for_cells(nb.cells)
    views, drawn = [], 0
    for number, cell in enumerate(nb.cells, 1):
        drawn += weight(cell)
        views.append(draw(number, cell, marks, redactor, plainly=drawn > MAX_DRAWN))
    return render(
        "feedback.html.j2",
        assignment=assignment,
        title=assignment if notebook == assignment else f"{assignment}: {notebook}",
        student=student,
        full_name=marks.name if marks else "",
        marks=marks,
        notices=_notices(nb),
        rows=_rows(nb.cells, views, marks),
        cells=views,
        missing=_missing(nb.cells, marks),
    )


def render_rejected(*, assignment: str, student: str, full_name: str, reason: str) -> str:
    """Return the page of a submission that could not be graded: why, and what to do."""
    return render(
        "rejected.html.j2",
        assignment=assignment,
        title=assignment,
        student=student,
        full_name=full_name,
        reason=without_paths(plain(reason)).strip() or "The file could not be read.",
    )


def _rows(cells: Sequence[Cell], views: Sequence[CellView], marks: Marks | None) -> list[Row]:
    """Pair each graded cell with the answer it marks: the solution cell of the same name."""
    answers = {cell.grade_id: view.anchor for cell, view in zip(cells, views, strict=True) if cell.is_answer}
    return [
        Row(
            name=cell.exercise or "exercise",
            anchor=answers.get(cell.exercise, view.anchor),
            mark=view.mark,
            reason=_why(view.mark, view.reason, marks),
        )
        for cell, view in zip(cells, views, strict=True)
        if cell.counts
    ]


def _why(mark: CellMark | None, reason: str, marks: Marks | None) -> str:
    """One line on why a cell has the points it has."""
    if mark is None:
        return reason if marks is None else "not in the gradebook"
    if mark.pending:
        return "not marked yet: a person reads this answer"
    if mark.manual_score is not None and mark.manual_score != mark.auto_score:
        return (
            "marked by a person"
            if mark.auto_score is None
            else (f"changed by a person, from {points(mark.auto_score)} to {points(mark.manual_score)}")
        )
    if mark.score >= mark.max_score:
        return "all checks passed"
    return reason or ("some checks failed" if mark.score else "the checks failed")


def _missing(cells: Sequence[Cell], marks: Marks | None) -> list[tuple[str, CellMark]]:
    """Graded cells of the gradebook that this notebook does not hold."""
    if marks is None:
        return []
    present = {cell.grade_id for cell in cells}
    return [(exercise_of(name), mark) for name, mark in sorted(marks.cells.items()) if name not in present]


def _notices(nb: Notebook) -> Notices:
    own: Any = nb.metadata.get("autograder", {})
    if not isinstance(own, dict):
        own = {}
    found, notes = own.get("mends", ()), own.get("notes", ())
    mends = [str(mend) for mend in found] if isinstance(found, (list, tuple)) else []
    return Notices(
        status=str(own.get("status", "")),
        reason=without_paths(plain(str(own.get("reason") or ""))),
        mends=[mend for mend in mends if not is_the_lessons(mend)],
        later=[mend for mend in mends if is_the_lessons(mend)],
        notes=[str(note) for note in notes] if isinstance(notes, (list, tuple)) else [],
    )
