"""What nbgrader's gradebook says about one submitted notebook, as plain frozen data.

Scores, hand-given points, comments and the late penalty are these and nothing else. They are read in `gradebook`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
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

    @property
    def unmarked(self) -> bool:
        """Whether neither the grader nor a person has given points."""
        return self.auto_score is None and self.manual_score is None


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
    handed_in
        When, in UTC; None where the gradebook does not know.
    """

    student: str
    first_name: str
    last_name: str
    cells: Mapping[str, CellMark] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    max_score: float = 0.0
    penalty: float = 0.0
    seconds_late: float = 0.0
    handed_in: dt.datetime | None = None

    @property
    def score(self) -> float:
        """Points in the end, never below zero, as nbgrader's export counts them."""
        return max(0.0, sum(cell.score for cell in self.cells.values()) - self.penalty)

    @property
    def waiting(self) -> float:
        """Points of the answers that nobody has marked yet; none where nothing of the notebook was marked."""
        open_ = [cell.max_score for cell in self.cells.values() if cell.pending and cell.unmarked]
        return sum(open_) if len(open_) < len(self.cells) else 0.0

    @property
    def name(self) -> str:
        """First and last name, empty when the gradebook has neither."""
        return f"{self.first_name} {self.last_name}".strip()
