"""nbgrader's gradebook, read: a whole assignment in a handful of queries, by SQLAlchemy and without nbgrader.

nbgrader's own classes read one grade at a time, and importing them takes longer than writing a class its pages.
Nothing in this file writes: a gradebook that is not there stays so and reads as empty.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError

from autograder.desk.marks import CellMark, Marks
from autograder.grading import tables

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection

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
        return sorted(name for (name,) in self._rows(select(tables.assignment.c.name)))

    def students(self) -> dict[str, tuple[str, str]]:
        """First and last name of everybody the gradebook knows, by id."""
        query = select(tables.student.c.id, tables.student.c.first_name, tables.student.c.last_name)
        return {key: (first or "", last or "") for key, first, last in self._rows(query)}

    def roster(self) -> list[tuple[str, str, str, str, str]]:
        """List everybody: id, first and last name, email, and the learning platform's own id; empty where unknown."""
        them = tables.student.c
        rows = self._rows(
            select(them.id, them.first_name, them.last_name, them.email, them.lms_user_id).order_by(them.id)
        )
        return [(key, *(text or "" for text in rest)) for key, *rest in rows]

    def submissions(self, assignment: str | None = None) -> list[tuple[str, str]]:
        """List (assignment, student) of all that was handed in."""
        query = select(tables.assignment.c.name, tables.submitted_assignment.c.student_id).where(
            tables.assignment.c.id == tables.submitted_assignment.c.assignment_id
        )
        if assignment is not None:
            query = query.where(tables.assignment.c.name == assignment)
        return [(name, student) for name, student in self._rows(query)]

    def due(self, assignment: str) -> dt.datetime | None:
        """When the assignment was due, in UTC."""
        rows = self._rows(select(tables.assignment.c.duedate).where(tables.assignment.c.name == assignment))
        return rows[0][0] if rows else None

    def cells(self, assignment: str) -> list[Cell]:
        """Graded cells and tasks of an assignment, by notebook and name."""
        found = []
        for kind in (tables.grade_cells, tables.task_cells):
            query = (
                select(tables.notebook.c.name, tables.base_cell.c.name, kind.c.max_score, kind.c.cell_type)
                .join_from(
                    tables.assignment,
                    tables.notebook,
                    tables.notebook.c.assignment_id == tables.assignment.c.id,
                )
                .join(tables.base_cell, tables.base_cell.c.notebook_id == tables.notebook.c.id)
                .join(kind, kind.c.id == tables.base_cell.c.id)
                .where(tables.assignment.c.name == assignment)
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
            tables.submitted_notebook.c.id,
            tables.notebook.c.name,
            tables.submitted_notebook.c.late_submission_penalty,
            tables.submitted_assignment.c.student_id,
            tables.student.c.first_name,
            tables.student.c.last_name,
            tables.submitted_assignment.c.timestamp,
            tables.submitted_assignment.c.extension,
            tables.assignment.c.duedate,
        )
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
        worth = func.coalesce(tables.grade_cells.c.max_score, tables.task_cells.c.max_score, 0.0)
        query = (
            _of(assignment, student)
            .join(tables.base_cell, tables.base_cell.c.notebook_id == tables.notebook.c.id)
            .join(tables.grade, _both(tables.grade))
            .outerjoin(tables.grade_cells, tables.grade_cells.c.id == tables.base_cell.c.id)
            .outerjoin(tables.task_cells, tables.task_cells.c.id == tables.base_cell.c.id)
            .with_only_columns(
                tables.submitted_notebook.c.id,
                tables.base_cell.c.name,
                worth,
                tables.grade.c.auto_score,
                tables.grade.c.manual_score,
                tables.grade.c.extra_credit,
                tables.grade.c.needs_manual_grade,
            )
        )
        found: dict[str, dict[str, CellMark]] = defaultdict(dict)
        for key, name, max_score, auto, manual, extra, pending in self._rows(query):
            given = manual if manual is not None else auto
            score = 0.0 if given is None else given + (extra or 0.0)
            found[key][name] = CellMark(score, max_score, auto, manual, extra, bool(pending))
        return found

    def _comments(self, assignment: str, student: str | None) -> Mapping[str, dict[str, str]]:
        said = case(
            (tables.comment.c.manual_comment.is_not(None), tables.comment.c.manual_comment),
            else_=tables.comment.c.auto_comment,
        )
        query = (
            _of(assignment, student)
            .join(tables.base_cell, tables.base_cell.c.notebook_id == tables.notebook.c.id)
            .join(tables.comment, _both(tables.comment))
            .where(said.is_not(None))
            .with_only_columns(tables.submitted_notebook.c.id, tables.base_cell.c.name, said)
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
        connection.execute(select(tables.grade.c.needs_manual_grade).limit(1)).all()
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
        select(tables.submitted_notebook.c.id)
        .join_from(
            tables.assignment,
            tables.submitted_assignment,
            tables.submitted_assignment.c.assignment_id == tables.assignment.c.id,
        )
        .join(tables.student, tables.student.c.id == tables.submitted_assignment.c.student_id)
        .join(
            tables.submitted_notebook,
            tables.submitted_notebook.c.assignment_id == tables.submitted_assignment.c.id,
        )
        .join(tables.notebook, tables.notebook.c.id == tables.submitted_notebook.c.notebook_id)
        .where(tables.assignment.c.name == assignment)
    )
    return query if student is None else query.where(tables.submitted_assignment.c.student_id == student)


def _both(table: Any) -> Any:
    """Join grades or comments by cell and notebook: nbgrader's only index on them has the two."""
    return and_(
        table.c.cell_id == tables.base_cell.c.id,
        table.c.notebook_id == tables.submitted_notebook.c.id,
    )


def _seconds_late(
    handed_in: dt.datetime | None, due: dt.datetime | None, extension: dt.timedelta | None
) -> float:
    """Count as nbgrader's ``total_seconds_late`` does."""
    if handed_in is None or due is None:
        return 0
    if extension is not None:
        due += extension
    return max(0, (handed_in - due).total_seconds())
