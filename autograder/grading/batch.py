"""Some submissions of one assignment, on their way into the gradebook: a few questions, and what differs is written.

nbgrader's grades and comments are indexed by cell and notebook together, so that is how they are asked for: what a
batch costs does not grow with the class.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, func, insert, select, update

from autograder.grading import tables as t
from autograder.grading.differences import Differences
from autograder.grading.ids import new_id
from autograder.grading.late import lateness, seconds_late

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from autograder.grading.differences import Difference
    from autograder.grading.late import LatePolicy
    from autograder.grading.outcome import NotebookRecord, Record

NO_RESPONSE = "No response."
_DEFINES = {"GradeCell", "TaskCell"}


class KnownNotebook(NamedTuple):
    """A notebook as the gradebook knows it: its cells with points and those with comments, (id, name) each."""

    id: str
    name: str
    graded: tuple[tuple[str, str], ...]
    commented: tuple[tuple[str, str], ...]


class KnownAssignment(NamedTuple):
    """An assignment as the gradebook knows it."""

    id: str
    due: datetime | None
    notebooks: tuple[KnownNotebook, ...]


class _Submission(NamedTuple):
    id: str
    record: Record
    late: float
    is_new: bool


def known_assignment(connection: Connection, name: str) -> KnownAssignment | None:
    """Return what the gradebook knows of an assignment's cells."""
    found = connection.execute(
        select(t.assignment.c.id, t.assignment.c.duedate).where(t.assignment.c.name == name)
    ).first()
    if found is None:
        return None
    named = connection.execute(
        select(t.notebook.c.id, t.notebook.c.name).where(t.notebook.c.assignment_id == found.id)
    ).all()
    cells = connection.execute(
        select(t.base_cell.c.id, t.base_cell.c.name, t.base_cell.c.notebook_id, t.base_cell.c.type)
        .where(t.base_cell.c.notebook_id.in_([row.id for row in named]))
        .order_by(t.base_cell.c.id)
    ).all()
    notebooks = []
    for row in sorted(named, key=lambda row: str(row.name)):
        own = [(cell.id, cell.name, cell.type) for cell in cells if cell.notebook_id == row.id]
        graded = tuple((key, name) for key, name, kind in own if kind in _DEFINES)
        commented = tuple((key, name) for key, name, kind in own if kind in {"SolutionCell", "TaskCell"})
        notebooks.append(KnownNotebook(row.id, row.name, graded, commented))
    return KnownAssignment(found.id, found.duedate, tuple(notebooks))


class Batch:
    """Submissions of one assignment, one for each student.

    Parameters
    ----------
    connection
        In a transaction.
    known
        The assignment.
    records
        What is to be written; the last one of a student counts.
    policy
        What being late costs.
    steady
        Students whose work is what it was when it was last written: what a person gave there needs no second look,
        unless the tests give something else now.

    Attributes
    ----------
    differences
        By student, once it is written.
    """

    def __init__(
        self, connection: Connection, known: KnownAssignment, records: Sequence[Record], policy: LatePolicy,
        steady: Collection[str] = (),
    ) -> None:  # fmt: skip
        self._connection = connection
        self._known = known
        self._records = {record.student: record for record in records}
        self._policy = policy
        self._steady = steady
        self._penalties: dict[str, float] = {}  # by submission
        self._changes = Differences()
        self.differences: dict[str, Difference] = {}

    def write(self) -> dict[str, str]:
        """Write everything; return how late each student was, in words."""
        self._students()
        submissions = self._submissions()
        for notebook in self._known.notebooks:
            self._notebook(notebook, submissions)
        keys = {one.record.student: one.id for one in submissions}
        self.differences = self._changes.found(self._connection, keys)
        return {
            one.record.student: lateness(one.late, self._penalties.get(one.id, 0.0)) for one in submissions
        }

    def _students(self) -> None:
        there = self._connection.scalars(select(t.student.c.id).where(t.student.c.id.in_(self._records)))
        missing = [{"id": student} for student in self._records.keys() - set(there)]
        self._run(insert(t.student), missing)

    def _submissions(self) -> list[_Submission]:
        table, due = t.submitted_assignment, self._known.due
        rows = {
            row.student_id: row
            for row in self._connection.execute(
                select(table).where(
                    table.c.assignment_id == self._known.id, table.c.student_id.in_(self._records)
                )
            )
        }
        found: list[_Submission] = []
        fresh: list[dict[str, Any]] = []
        later: list[dict[str, Any]] = []
        for student, record in self._records.items():
            row = rows.get(student)
            said = datetime.fromisoformat(record.timestamp) if record.timestamp else None
            when, extension = said, None
            key = new_id() if row is None else row.id
            if row is not None:
                when, extension = (row.timestamp if said is None else said), row.extension
            granted = self._policy.extra_time(student, record.assignment)
            if granted is not None:
                extension = granted or None  # nbgrader's way to say "none"
            if row is None:
                fresh.append(
                    {
                        "id": key, "assignment_id": self._known.id, "student_id": student, "timestamp": said,
                        "extension": extension,
                    }
                )  # fmt: skip
            elif (when, extension) != (row.timestamp, row.extension):
                later.append({"row": key, "when": when, "more": extension})
            found.append(_Submission(key, record, seconds_late(when, due, extension), row is None))
            self._changes.submission(student, is_new=row is None)
        self._run(insert(table), fresh)
        self._run(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(timestamp=bindparam("when"), extension=bindparam("more")),
            later,
        )
        return found

    def _notebook(self, known: KnownNotebook, submissions: Sequence[_Submission]) -> None:
        table = t.submitted_notebook
        of = {one.id: one for one in submissions}
        there = self._connection.execute(
            select(table.c.id, table.c.assignment_id, table.c.late_submission_penalty).where(
                table.c.notebook_id == known.id,
                table.c.assignment_id.in_([one.id for one in submissions if not one.is_new]),
            )
        ).all()
        rows = [
            {"id": new_id(), "assignment_id": one.id, "notebook_id": known.id, "flagged": False}
            for one in submissions
            if one.is_new
        ]
        self._run(insert(table), rows)
        fresh = {str(row["id"]): of[str(row["assignment_id"])].record for row in rows}
        old = {row.id: of[row.assignment_id].record for row in there}
        self._new_rows(known, fresh)
        self._old_grades(known, old)
        self._old_comments(known, old)
        penalties = {row.id: row.late_submission_penalty for row in there} | dict.fromkeys(fresh)
        owner = {row.id: of[row.assignment_id] for row in there}
        self._late(known, owner | {str(row["id"]): of[str(row["assignment_id"])] for row in rows}, penalties)

    def _new_rows(self, known: KnownNotebook, fresh: Mapping[str, Record]) -> None:
        """Insert the grades and comments of submissions that the gradebook did not know."""
        grades, comments = [], []
        for key, record in fresh.items():
            for cell, name in known.graded:
                points, waits = _graded(record, known.name, name, None) or (None, True)
                grades.append(
                    {
                        "id": new_id(), "notebook_id": key, "cell_id": cell, "auto_score": points,
                        "needs_manual_grade": waits,
                    }
                )  # fmt: skip
            for cell, name in known.commented:
                said = _comment(record, known.name, name)
                comments.append({"id": new_id(), "notebook_id": key, "cell_id": cell, "auto_comment": said})
        self._run(insert(t.grade), grades)
        self._run(insert(t.comment), comments)

    def _old_grades(self, known: KnownNotebook, old: Mapping[str, Record]) -> None:
        names = dict(known.graded)
        changed = []
        asked = ("id", "notebook_id", "cell_id", "auto_score", "manual_score", "needs_manual_grade")
        for row, key, cell, points, by_hand, waits in self._of(t.grade, asked, names, old):
            record = old[key]
            wanted = _graded(record, known.name, names[cell], by_hand)
            if by_hand is not None and record.student in self._steady and wanted:
                wanted = wanted[0], wanted[1] and (waits or wanted[0] != points)
            if wanted is not None and wanted != (points, waits):
                changed.append({"row": row, "points": wanted[0], "waits": wanted[1]})
                self._changes.grade(record.student, names[cell], (points, by_hand), wanted[0])
        self._run(
            update(t.grade)
            .where(t.grade.c.id == bindparam("row"))
            .values(auto_score=bindparam("points"), needs_manual_grade=bindparam("waits")),
            changed,
        )

    def _old_comments(self, known: KnownNotebook, old: Mapping[str, Record]) -> None:
        names = dict(known.commented)
        changed = []
        judged = {key: one for key, one in old.items() if one.notebooks.get(known.name)}
        asked = ("id", "notebook_id", "cell_id", "auto_comment")
        for row, key, cell, said in self._of(t.comment, asked, names, judged):
            wanted = _comment(old[key], known.name, names[cell])
            if wanted != said:
                changed.append({"row": row, "said": wanted})
        self._run(
            update(t.comment)
            .where(t.comment.c.id == bindparam("row"))
            .values(auto_comment=bindparam("said")),
            changed,
        )

    def _late(
        self, known: KnownNotebook, owner: Mapping[str, _Submission], there: Mapping[str, float | None]
    ) -> None:
        """Apply the course's own late policy, to what a notebook earned by now, a person's marks included."""
        wanted: dict[str, float | None] = {}
        # What was taken once is taken of what is left: a notebook that cannot be read any more has no points to lose.
        judged = {
            key: one
            for key, one in owner.items()
            if one.record.notebooks.get(known.name) or there[key] is not None
        }
        late = [key for key, one in judged.items() if one.late > 0 and self._policy.asks]
        earned = self._earned(known, late)
        for key, one in judged.items():
            asked = key in earned or (one.late > 0 and self._policy.asks)
            score = earned.get(key, 0.0)
            wanted[key] = self._policy.penalty(one.record.student, score, one.late) if asked else None
        changed = [{"row": key, "taken": taken} for key, taken in wanted.items() if taken != there[key]]
        table = t.submitted_notebook
        self._run(
            update(table)
            .where(table.c.id == bindparam("row"))
            .values(late_submission_penalty=bindparam("taken")),
            changed,
        )
        for key, one in owner.items():
            taken = wanted.get(key, there[key]) or 0.0
            self._penalties[one.id] = self._penalties.get(one.id, 0.0) + taken
            self._changes.penalty(one.record.student, there[key], taken)

    def _earned(self, known: KnownNotebook, keys: Sequence[str]) -> dict[str, float]:
        if not keys:
            return {}
        cells = [cell for cell, _ in known.graded]
        found = self._connection.execute(
            select(t.grade.c.notebook_id, func.coalesce(func.sum(t.score), 0.0).label("earned"))
            .where(t.grade.c.cell_id.in_(cells), t.grade.c.notebook_id.in_(keys))
            .group_by(t.grade.c.notebook_id)
        )
        return {row.notebook_id: row.earned for row in found}

    def _of(
        self, table: Any, asked: Sequence[str], cells: Mapping[str, str], keys: Mapping[str, Record]
    ) -> Iterable[Any]:
        """Return some columns of the rows of these cells and notebooks; of a class there are tens of thousands."""
        if not cells or not keys:
            return ()
        wanted = select(*(table.c[name] for name in asked)).where(
            table.c.cell_id.in_(list(cells)), table.c.notebook_id.in_(list(keys))
        )
        return self._connection.execute(wanted).all()

    def _run(self, statement: Any, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._connection.execute(statement, rows)


def _graded(
    record: Record, notebook: str, cell: str, by_hand: float | None
) -> tuple[float | None, bool] | None:
    """Return a grade's automatic points and whether it waits for a person; None where it stays as it is."""
    if not record.notebooks:
        return None, True
    graded: NotebookRecord | None = record.notebooks.get(notebook)
    if graded is None:
        return 0.0, False
    if cell in graded.tasks:
        return None
    points = graded.scores.get(cell, 0.0)
    return points, by_hand is not None or points is None


def _comment(record: Record, notebook: str, cell: str) -> str | None:
    graded = record.notebooks.get(notebook)
    return None if graded is None or cell in graded.answered else NO_RESPONSE
