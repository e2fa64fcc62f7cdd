"""nbgrader's gradebook, read: a whole assignment in a handful of queries, without nbgrader.

nbgrader's own classes read one grade at a time, and importing them takes longer than writing a class its pages. So
does importing SQLAlchemy for a small class: a gradebook that is an SQLite file, as nbgrader's is unless it is told
otherwise, is read by Python's own driver, and any other through SQLAlchemy. The queries are the same.
Nothing in this file writes: a gradebook that is not there stays so and reads as empty.
"""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections import defaultdict
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.desk.marks import CellMark, Marks
from autograder.lesson.trouble import database_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Rows = Callable[[str, Mapping[str, str]], Sequence[Sequence[Any]]]

_FILE = re.compile(r"sqlite:///(?P<path>[^?]+)")  # without a driver or options of its own
_NO_TABLE = "no such"
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - nbgrader's times are UTC and say no zone

_CELLS = """\
SELECT notebook.name, base_cell.name, kind.max_score, kind.cell_type FROM assignment
JOIN notebook ON notebook.assignment_id = assignment.id
JOIN base_cell ON base_cell.notebook_id = notebook.id
JOIN {kind} AS kind ON kind.id = base_cell.id
WHERE assignment.name = :assignment"""
# The handed-in notebooks of an assignment, of everybody or of one student. Grades and comments are joined by cell and
# notebook: nbgrader's only index on them has the two.
_OF = """
FROM assignment
JOIN submitted_assignment ON submitted_assignment.assignment_id = assignment.id
JOIN student ON student.id = submitted_assignment.student_id
JOIN submitted_notebook ON submitted_notebook.assignment_id = submitted_assignment.id
JOIN notebook ON notebook.id = submitted_notebook.notebook_id
{more}WHERE assignment.name = :assignment"""
#: A gradebook that cannot say this is one that nbgrader has not filled yet.
_FILLED = "SELECT needs_manual_grade FROM grade LIMIT 1"
_ONE = " AND submitted_assignment.student_id = :student"
_HEADS = """\
SELECT submitted_notebook.id, notebook.name, submitted_notebook.late_submission_penalty,
submitted_assignment.student_id, student.first_name, student.last_name, submitted_assignment.timestamp,
submitted_assignment.extension, assignment.duedate""" + _OF.format(more="")
_GRADES = """\
SELECT submitted_notebook.id, base_cell.name, COALESCE(grade_cells.max_score, task_cells.max_score, 0.0),
grade.auto_score, grade.manual_score, grade.extra_credit, grade.needs_manual_grade""" + _OF.format(more="""\
JOIN base_cell ON base_cell.notebook_id = notebook.id
JOIN grade ON grade.cell_id = base_cell.id AND grade.notebook_id = submitted_notebook.id
LEFT OUTER JOIN grade_cells ON grade_cells.id = base_cell.id
LEFT OUTER JOIN task_cells ON task_cells.id = base_cell.id
""")  # fmt: skip
_COMMENTS = """\
SELECT submitted_notebook.id, base_cell.name, COALESCE(comment.manual_comment, comment.auto_comment)""" + _OF.format(
    more="""\
JOIN base_cell ON base_cell.notebook_id = notebook.id
JOIN comment ON comment.cell_id = base_cell.id AND comment.notebook_id = submitted_notebook.id
"""
)


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

    def __init__(self, rows: Rows | None) -> None:
        self._ask = rows

    def _rows(self, query: str, **values: str | None) -> Sequence[Sequence[Any]]:
        if self._ask is None:
            return ()
        return self._ask(query, {name: value for name, value in values.items() if value is not None})

    def assignments(self) -> list[str]:
        """Names of the assignments."""
        return sorted(name for (name,) in self._rows("SELECT name FROM assignment"))

    def students(self) -> dict[str, tuple[str, str]]:
        """First and last name of everybody the gradebook knows, by id."""
        rows = self._rows("SELECT id, first_name, last_name FROM student")
        return {key: (first or "", last or "") for key, first, last in rows}

    def roster(self) -> list[tuple[str, str, str, str, str]]:
        """List everybody: id, first and last name, email, and the learning platform's own id; empty where unknown."""
        rows = self._rows("SELECT id, first_name, last_name, email, lms_user_id FROM student ORDER BY id")
        return [
            (key, first or "", last or "", email or "", lms or "") for key, first, last, email, lms in rows
        ]

    def submissions(self, assignment: str | None = None) -> list[tuple[str, str]]:
        """List (assignment, student) of all that was handed in."""
        query = (
            "SELECT assignment.name, submitted_assignment.student_id FROM assignment "
            "JOIN submitted_assignment ON assignment.id = submitted_assignment.assignment_id"
        )
        if assignment is not None:
            query += " WHERE assignment.name = :assignment"
        return [(name, student) for name, student in self._rows(query, assignment=assignment)]

    def due(self, assignment: str) -> dt.datetime | None:
        """When the assignment was due, in UTC."""
        query = "SELECT duedate FROM assignment WHERE name = :assignment"
        rows = self._rows(query, assignment=assignment)
        return _time(rows[0][0]) if rows else None

    def cells(self, assignment: str) -> list[Cell]:
        """Graded cells and tasks of an assignment, by notebook and name."""
        found = []
        for kind in ("grade_cells", "task_cells"):
            rows = self._rows(_CELLS.format(kind=kind), assignment=assignment)
            found += [Cell(book, name, worth or 0.0, str(what)) for book, name, worth, what in rows]
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
        found = {}
        for key, notebook, penalty, who, first, last, came, extension, due in self._of(
            _HEADS, assignment, student
        ):
            handed_in = _time(came)
            found[key] = (
                notebook,
                Marks(
                    student=who,
                    first_name=first or "",
                    last_name=last or "",
                    penalty=penalty or 0.0,
                    seconds_late=_seconds_late(handed_in, _time(due), _span(extension)),
                    handed_in=handed_in,
                ),
            )
        return found

    def _grades(self, assignment: str, student: str | None) -> Mapping[str, dict[str, CellMark]]:
        found: dict[str, dict[str, CellMark]] = defaultdict(dict)
        for key, name, max_score, auto, manual, extra, pending in self._of(_GRADES, assignment, student):
            given = manual if manual is not None else auto
            score = 0.0 if given is None else given + (extra or 0.0)
            found[key][name] = CellMark(score, max_score, auto, manual, extra, bool(pending))
        return found

    def _comments(self, assignment: str, student: str | None) -> Mapping[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for key, name, text in self._of(_COMMENTS, assignment, student):
            if text:
                found[key][name] = text
        return found

    def _of(self, query: str, assignment: str, student: str | None) -> Sequence[Sequence[Any]]:
        """Ask about everybody or one student."""
        return self._rows(query if student is None else query + _ONE, assignment=assignment, student=student)


@contextmanager
def open_gradebook(db_url: str) -> Iterator[Gradebook]:
    """Open the gradebook at nbgrader's ``db_url`` for reading.

    Yields
    ------
    Gradebook
        Empty when there is no database, or none of nbgrader's tables in it.

    Raises
    ------
    OSError
        If it is there and cannot be read: nobody's marks would be a wrong answer. The error names it.
    """
    file = _FILE.fullmatch(db_url)
    with _of_a_file(Path(file["path"])) if file else _of_any(db_url) as rows:
        yield Gradebook(rows)


@contextmanager
def _of_a_file(path: Path) -> Iterator[Rows | None]:
    if not path.is_file():
        yield None  # connecting would make the file
        return
    try:
        connection = sqlite3.connect(path)
    except sqlite3.Error as error:
        raise database_trouble(error, str(path)) from error
    with closing(connection):

        def rows(query: str, values: Mapping[str, str]) -> Sequence[Sequence[Any]]:
            try:
                return connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                if _NO_TABLE in str(error):
                    raise
                raise database_trouble(error, str(path)) from error

        try:
            rows(_FILLED, {})
        except sqlite3.OperationalError:  # none of nbgrader's tables
            yield None
            return
        yield rows


@contextmanager
def _of_any(db_url: str) -> Iterator[Rows | None]:
    from sqlalchemy import create_engine, text  # noqa: PLC0415 - takes longer than a small class its pages
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import OperationalError, ProgrammingError  # noqa: PLC0415

    url = make_url(db_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        yield None
        return
    engine = create_engine(url)
    try:
        try:
            connection = engine.connect()
        except OperationalError as error:
            where = url.render_as_string(hide_password=True)
            raise database_trouble(error.orig or error, where) from error
        with connection:

            def rows(query: str, values: Mapping[str, str]) -> Sequence[Sequence[Any]]:
                return connection.execute(text(query), values).all()

            try:
                rows(_FILLED, {})
            except (OperationalError, ProgrammingError) as error:
                # PostgreSQL wants the failed transaction ended; a locked or lost database is no empty one.
                connection.rollback()
                if "locked" in str(error):
                    raise
                yield None
                return
            yield rows
    finally:
        engine.dispose()


def _time(value: dt.datetime | str | None) -> dt.datetime | None:
    """Return a time; SQLite has none of its own, and SQLAlchemy writes them as text there."""
    return dt.datetime.fromisoformat(value) if isinstance(value, str) else value


def _span(value: dt.timedelta | dt.datetime | str | None) -> dt.timedelta | None:
    """Return a span of time; where a database has none, SQLAlchemy writes when it ends if it begins in 1970."""
    if isinstance(value, dt.timedelta):
        return value
    end = _time(value)
    return None if end is None else end - _EPOCH


def _seconds_late(
    handed_in: dt.datetime | None, due: dt.datetime | None, extension: dt.timedelta | None
) -> float:
    """Count as nbgrader's ``total_seconds_late`` does."""
    if handed_in is None or due is None:
        return 0
    if extension is not None:
        due += extension
    return max(0, (handed_in - due).total_seconds())
