"""What a batch changes of marks that the gradebook had: cell by cell, with the totals before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from autograder.grading import tables as t

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection


class CellDifference(NamedTuple):
    """Automatic points of one cell, before and after; None where a person gives them. `by_hand` stands over both."""

    cell: str
    before: float | None
    after: float | None
    by_hand: float | None

    @property
    def counts(self) -> float:
        """What the total gains."""
        return 0.0 if self.by_hand is not None else (self.after or 0.0) - (self.before or 0.0)


class Difference(NamedTuple):
    """One submission's marks, before and after; with late penalties taken off.

    Attributes
    ----------
    known
        Whether the gradebook had this submission before. If not, nothing is told of what was.
    after
        What counts now; told of every submission.
    """

    known: bool
    cells: tuple[CellDifference, ...] = ()
    before: float = 0.0
    after: float = 0.0
    penalty_before: float = 0.0
    penalty_after: float = 0.0


class Differences:
    """Collects what a batch changes, while it writes."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}  # by student
        self._cells: dict[str, list[CellDifference]] = {}
        self._penalties: dict[str, tuple[float, float]] = {}

    def submission(self, student: str, *, is_new: bool) -> None:
        """Note whose submission is written."""
        self._known[student] = not is_new

    def grade(
        self, student: str, cell: str, row: tuple[float | None, float | None], after: float | None
    ) -> None:
        """Note a grade whose (automatic, manual) points are about to become others."""
        before, by_hand = row
        if (before or 0.0) != (after or 0.0):
            found = CellDifference(cell, before, after, by_hand)
            self._cells.setdefault(student, []).append(found)

    def penalty(self, student: str, before: float | None, after: float | None) -> None:
        """Note what one notebook loses for being late."""
        old, new = self._penalties.get(student, (0.0, 0.0))
        self._penalties[student] = old + (before or 0.0), new + (after or 0.0)

    def found(self, connection: Connection, submissions: Mapping[str, str]) -> dict[str, Difference]:
        """Return the differences by student, once all is written.

        Parameters
        ----------
        submissions
            The gradebook's ids by student.
        """
        late = {student for student, (old, new) in self._penalties.items() if old != new}
        changed = sorted(student for student in {*self._cells, *late} if self._known[student])
        totals = _totals(connection, list(submissions.values()))
        result = {
            student: Difference(known, after=totals.get(submissions[student], 0.0) - self._taken(student))
            for student, known in self._known.items()
        }
        for student in changed:
            cells = tuple(self._cells.get(student, ()))
            old, new = self._penalties.get(student, (0.0, 0.0))
            earned = totals.get(submissions[student], 0.0)
            gained = sum(cell.counts for cell in cells)
            result[student] = Difference(True, cells, earned - gained - old, earned - new, old, new)
        return result

    def _taken(self, student: str) -> float:
        return self._penalties.get(student, (0.0, 0.0))[1]


def _totals(connection: Connection, keys: Sequence[str]) -> dict[str, float]:
    of = t.submitted_notebook.c.assignment_id
    rows = connection.execute(
        select(of.label("submission"), func.coalesce(func.sum(t.score), 0.0).label("earned"))
        .join(t.grade, t.grade.c.notebook_id == t.submitted_notebook.c.id)
        .where(of.in_(keys))
        .group_by(of)
    )
    return {row.submission: row.earned for row in rows}
