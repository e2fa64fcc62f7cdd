"""nbgrader's gradebook, read: a whole assignment in a handful of queries, by SQLAlchemy and without nbgrader.

nbgrader's own classes read one grade at a time, and importing them takes longer than writing a class its pages.
So the tables are named here, as far as they are needed. Nothing in this file writes: a gradebook that is not
there stays so and reads as empty.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, DateTime, Float, Interval, case, column, create_engine, func, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from autograder.desk.marks import CellMark, Marks

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection

_assignment = table("assignment", column("id"), column("name"), column("duedate", DateTime))
_notebook = table("notebook", column("id"), column("name"), column("assignment_id"))
_cell = table("base_cell", column("id"), column("name"), column("notebook_id"))
_grade_cell = table("grade_cells", column("id"), column("max_score", Float), column("cell_type"))
_task_cell = table("task_cells", column("id"), column("max_score", Float), column("cell_type"))
_student = table("student", column("id"), column("first_name"), column("last_name"), column("email"))
_submission = table(
    "submitted_assignment",
    column("id"),
    column("assignment_id"),
    column("student_id"),
    column("timestamp", DateTime),
    column("extension", Interval),
)
_handed_in = table(
    "submitted_notebook",
    column("id"),
    column("assignment_id"),
    column("notebook_id"),
    column("late_submission_penalty", Float),
)
_grade = table(
    "grade",
    column("notebook_id"),
    column("cell_id"),
    column("auto_score", Float),
    column("manual_score", Float),
    column("extra_credit", Float),
    column("needs_manual_grade", Boolean),
)
_comment = table(
    "comment", column("notebook_id"), column("cell_id"), column("auto_comment"), column("manual_comment")
)

#: A gradebook without these tables is one that nbgrader has not filled yet.
_NO_TABLES = (OperationalError, ProgrammingError)


@dataclass(frozen=True)
class Cell:
    """One graded cell of an assignment, as the gradebook lists it.

    Parameters
    ----------
    notebook, name
        Its notebook, and its grade id.
    max_score
        What it is worth.
    kind
        "code" or "markdown".
    """

    notebook: str
    name: str
    max_score: float
    kind: str


class Gradebook:
    """A course's gradebook, open for reading; get one with `open_gradebook`."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection

    def _rows(self, query: Any) -> list[Any]:
        if self._connection is None:
            return []
        return list(self._connection.execute(query).all())

    def assignments(self) -> list[str]:
        """Names of the assignments."""
        return sorted(name for (name,) in self._rows(select(_assignment.c.name)))

    def students(self) -> dict[str, tuple[str, str]]:
        """First and last name of everybody the gradebook knows, by id."""
        query = select(_student.c.id, _student.c.first_name, _student.c.last_name)
        return {key: (first or "", last or "") for key, first, last in self._rows(query)}

    def submissions(self, assignment: str | None = None) -> list[tuple[str, str]]:
        """List (assignment, student) of all that was handed in."""
        query = select(_assignment.c.name, _submission.c.student_id).where(
            _assignment.c.id == _submission.c.assignment_id
        )
        if assignment is not None:
            query = query.where(_assignment.c.name == assignment)
        return [(name, student) for name, student in self._rows(query)]

    def due(self, assignment: str) -> dt.datetime | None:
        """When the assignment was due, in UTC."""
        rows = self._rows(select(_assignment.c.duedate).where(_assignment.c.name == assignment))
        return rows[0][0] if rows else None

    def cells(self, assignment: str) -> list[Cell]:
        """Graded cells and tasks of an assignment, by notebook and name."""
        found = []
        for kind in (_grade_cell, _task_cell):
            query = (
                select(_notebook.c.name, _cell.c.name, kind.c.max_score, kind.c.cell_type)
                .join_from(_assignment, _notebook, _notebook.c.assignment_id == _assignment.c.id)
                .join(_cell, _cell.c.notebook_id == _notebook.c.id)
                .join(kind, kind.c.id == _cell.c.id)
                .where(_assignment.c.name == assignment)
            )
            found += [
                Cell(book, name, worth or 0.0, str(what)) for book, name, worth, what in self._rows(query)
            ]
        return sorted(found, key=lambda cell: (cell.notebook, cell.name))

    def marks(self, assignment: str, student: str | None = None) -> dict[tuple[str, str], Marks]:
        """Read the marks of everybody who handed in, or of one student.

        Returns
        -------
        dict
            (student, notebook) to that notebook's marks.
        """
        worth: dict[str, float] = defaultdict(float)
        for cell in self.cells(assignment):
            worth[cell.notebook] += cell.max_score
        heads = self._heads(assignment, student)
        grades = self._grades(assignment, student)
        comments = self._comments(assignment, student)
        return {
            (marks.student, notebook): replace(
                marks,
                cells=dict(sorted(grades.get(key, {}).items())),
                comments=dict(sorted(comments.get(key, {}).items())),
                max_score=worth.get(notebook, 0.0),
            )
            for key, (notebook, marks) in heads.items()
        }

    def _heads(self, assignment: str, student: str | None) -> dict[str, tuple[str, Marks]]:
        """Map each handed-in notebook's id to its name and its marks without cells."""
        query = _of(assignment, student).with_only_columns(
            _handed_in.c.id, _notebook.c.name, _handed_in.c.late_submission_penalty, _submission.c.student_id,
            _student.c.first_name, _student.c.last_name, _submission.c.timestamp, _submission.c.extension,
            _assignment.c.duedate,
        )  # fmt: skip
        found = {}
        for key, notebook, penalty, who, first, last, handed_in, extension, due in self._rows(query):
            found[key] = (
                notebook,
                Marks(
                    student=who,
                    first_name=first or "",
                    last_name=last or "",
                    penalty=penalty or 0.0,
                    seconds_late=_seconds_late(handed_in, due, extension),
                    handed_in=handed_in,
                ),
            )
        return found

    def _grades(self, assignment: str, student: str | None) -> Mapping[str, dict[str, CellMark]]:
        worth = func.coalesce(_grade_cell.c.max_score, _task_cell.c.max_score, 0.0)
        query = (
            _of(assignment, student)
            .join(_grade, _grade.c.notebook_id == _handed_in.c.id)
            .join(_cell, _cell.c.id == _grade.c.cell_id)
            .outerjoin(_grade_cell, _grade_cell.c.id == _cell.c.id)
            .outerjoin(_task_cell, _task_cell.c.id == _cell.c.id)
            .with_only_columns(
                _handed_in.c.id, _cell.c.name, worth, _grade.c.auto_score, _grade.c.manual_score,
                _grade.c.extra_credit, _grade.c.needs_manual_grade,
            )
        )  # fmt: skip
        found: dict[str, dict[str, CellMark]] = defaultdict(dict)
        for key, name, max_score, auto, manual, extra, pending in self._rows(query):
            given = manual if manual is not None else auto
            score = 0.0 if given is None else given + (extra or 0.0)
            found[key][name] = CellMark(score, max_score, auto, manual, extra, bool(pending))
        return found

    def _comments(self, assignment: str, student: str | None) -> Mapping[str, dict[str, str]]:
        said = case(
            (_comment.c.manual_comment.is_not(None), _comment.c.manual_comment),
            else_=_comment.c.auto_comment,
        )
        query = (
            _of(assignment, student)
            .join(_comment, _comment.c.notebook_id == _handed_in.c.id)
            .join(_cell, _cell.c.id == _comment.c.cell_id)
            .where(said.is_not(None))
            .with_only_columns(_handed_in.c.id, _cell.c.name, said)
        )
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for key, name, text in self._rows(query):
            if text:
                found[key][name] = text
        return found


@contextmanager
def open_gradebook(db_url: str) -> Iterator[Gradebook]:
    """Open the gradebook at nbgrader's ``db_url`` for reading.

    Yields
    ------
    Gradebook
        Empty when there is no database, or none of nbgrader's tables in it.
    """
    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        yield Gradebook(None)  # connecting would make the file
        return
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield Gradebook(connection if _is_filled(connection) else None)
    finally:
        engine.dispose()


def _is_filled(connection: Connection) -> bool:
    try:
        connection.execute(select(_grade.c.needs_manual_grade).limit(1)).all()
    except _NO_TABLES as error:
        # PostgreSQL wants the failed transaction ended; a locked or lost database is no empty one.
        connection.rollback()
        if "locked" in str(error):
            raise
        return False
    return True


def _of(assignment: str, student: str | None) -> Any:
    """Select the handed-in notebooks of an assignment, of everybody or of one student."""
    query = (
        select(_handed_in.c.id)
        .join_from(_assignment, _submission, _submission.c.assignment_id == _assignment.c.id)
        .join(_student, _student.c.id == _submission.c.student_id)
        .join(_handed_in, _handed_in.c.assignment_id == _submission.c.id)
        .join(_notebook, _notebook.c.id == _handed_in.c.notebook_id)
        .where(_assignment.c.name == assignment)
    )
    return query if student is None else query.where(_submission.c.student_id == student)


def _seconds_late(
    handed_in: dt.datetime | None, due: dt.datetime | None, extension: dt.timedelta | None
) -> float:
    """Count as nbgrader's ``total_seconds_late`` does."""
    if handed_in is None or due is None:
        return 0
    if extension is not None:
        due += extension
    return max(0, (handed_in - due).total_seconds())
