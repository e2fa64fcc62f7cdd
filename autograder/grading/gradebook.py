"""nbgrader's gradebook, written in batches: the rows that nbgrader's own ``autograde`` would leave, in one transaction.

What is there is read in bulk and only differences are written. So recording a submission again costs next to nothing,
and whatever a person gave or said in the meantime stays.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Self

from sqlalchemy import exc, insert, inspect, select

from autograder.grading import tables as t
from autograder.grading.batch import Batch, known_assignment
from autograder.grading.database import PATIENCE, BookBusyError, BookError, Database
from autograder.grading.extra_time import ExtraTimeError
from autograder.grading.late import LatePolicy
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from nbformat import NotebookNode
    from sqlalchemy import Connection

    from autograder.grading.differences import Difference
    from autograder.grading.outcome import Record
    from autograder.lesson.course import Course

__all__ = ["Book", "BookBusyError", "BookError", "OtherCellsError"]
_TRIES = 5  # at a batch in which another writer made the same rows
_TOGETHER = 200  # submissions in one question: databases limit how much may be asked at once
_OTHER_CELLS = (
    "the cells of {0} are others than those that the gradebook {1} keeps marks for. Bring the source back in step "
    "with it. Where cells came and none went, autograder build {2} --add-cells takes them in, and marks stay. Or take the "
    "assignment out of it, with all marks: nbgrader db assignment remove {2} --force"
)
_NO_COURSE = (
    "the gradebook {0} keeps marks by course, and this course has no name. Give it one in nbgrader_config.py: "
    'c.CourseDirectory.course_id = "..."'
)
_LATEST = (t.assignment.c.course_id, t.student.c.lms_user_id, t.grade.c.extra_credit, t.notebook.c.kernelspec)


class OtherCellsError(BookError):
    """An assignment has other cells than the gradebook keeps marks for; the message says what to do."""


class Book:
    """A course's gradebook, open for writing. Use as a context manager, or close it.

    Parameters
    ----------
    course
        Its db_url decides where the gradebook is. One that is not there is made.
    patience
        Seconds that each attempt waits for another writer.

    Attributes
    ----------
    checksums
        Of the source cells of each notebook that was ensured, by (assignment, notebook) and grade id.
    differences
        What the last `write` changed of marks that were there, by (assignment, student).

    Raises
    ------
    BookError
        If it cannot be opened; `BookBusyError`, if another program keeps it all the time.
    """

    def __init__(self, course: Course, patience: float = PATIENCE) -> None:
        self._course = course
        self._database = Database(course.db_url, patience)
        try:
            self._policy = LatePolicy(course)
        except ExtraTimeError as error:
            raise BookError(str(error)) from error
        self.checksums: dict[tuple[str, str], dict[str, str]] = {}
        self.differences: dict[tuple[str, str], Difference] = {}
        self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; everything is written by now."""
        self._database.close()

    def _open(self) -> None:
        course = self._course.course_id
        if not course and not self._database.is_sqlite:
            raise BookError(_NO_COURSE.format(self._database))
        with self._database.reading() as connection:
            there = set(inspect(connection).get_table_names())
        if not set(t.metadata.tables) <= there:
            from autograder.grading.register import make_gradebook  # noqa: PLC0415 - imports nbgrader

            with self._database.told():
                make_gradebook(self._course)
        with self._database.reading() as connection:
            self._is_up_to_date(connection)
            known = select(t.course.c.id).where(t.course.c.id == course)
            is_new = bool(course) and connection.execute(known).first() is None
        if is_new:
            with self._database.writing() as connection:
                if connection.execute(known).first() is None:
                    connection.execute(insert(t.course), [{"id": course}])

    def _is_up_to_date(self, connection: Connection) -> None:
        for column in _LATEST:
            try:
                connection.execute(select(column).limit(1))
            except (exc.OperationalError, exc.ProgrammingError) as error:
                if f"{column.name}" not in str(error.orig) or "column" not in str(error.orig):
                    raise
                raise BookError(
                    f"the gradebook {self._database} is of an older nbgrader. Run `nbgrader db upgrade` in "
                    f"{self._course.root} first; it keeps a copy."
                ) from error

    def ensure_assignment(self, assignment: str, notebooks: Mapping[str, NotebookNode]) -> None:
        """Make the assignment, its notebooks and cells known, as ``nbgrader generate_assignment`` does.

        An assignment that is known and has the same cells is left as it is.
        """
        known = self._points(assignment)
        for name, notebook in notebooks.items():
            if known.get(name) != _points(notebook):
                from autograder.grading.register import save_cells  # noqa: PLC0415 - imports nbgrader

                try:
                    with self._database.told():
                        save_cells(self._course, assignment, name, notebook)
                except RuntimeError as error:
                    if isinstance(error, BookError):
                        raise
                    raise OtherCellsError(_OTHER_CELLS.format(name, self._database, assignment)) from error
        with self._database.reading() as connection:
            for name in notebooks:
                rows = connection.execute(
                    select(t.source_cell.c.name, t.source_cell.c.checksum)
                    .join(t.notebook, t.notebook.c.id == t.source_cell.c.notebook_id)
                    .join(t.assignment, t.assignment.c.id == t.notebook.c.assignment_id)
                    .where(t.assignment.c.name == assignment, t.notebook.c.name == name)
                )
                self.checksums[assignment, name] = {row.name: row.checksum for row in rows}

    def forget(self, assignment: str) -> None:
        """Take an assignment out of the gradebook, with all of its marks."""
        from autograder.grading.register import remove_assignment  # noqa: PLC0415 - imports nbgrader

        with self._database.told():
            remove_assignment(self._course, assignment)

    def _points(self, assignment: str) -> dict[str, dict[str, float]]:
        """Return the graded cells of an assignment and their points, by notebook."""
        found: dict[str, dict[str, float]] = {}
        with self._database.reading() as connection:
            known = known_assignment(connection, assignment)
            for notebook in known.notebooks if known else ():
                own = found.setdefault(notebook.name, {})
                names = dict(notebook.graded)
                for table in (t.grade_cells, t.task_cells):
                    rows = connection.execute(
                        select(table.c.id, table.c.max_score).where(table.c.id.in_(list(names)))
                    )
                    own |= {names[row.id]: row.max_score for row in rows}
        return found

    def write(
        self, records: Iterable[Record], steady: Collection[tuple[str, str]] = ()
    ) -> dict[tuple[str, str], str]:
        """Write the marks of some submissions, all of them or none.

        Students that the gradebook does not know are added. What differs from what is there is written, and what a
        person gave stays.

        Parameters
        ----------
        records
            What grading found.
        steady
            The (assignment, student) of work that is what it was: what a person marked there waits for nobody again.

        Returns
        -------
        dict
            For each (assignment, student) how late it was, in words, or nothing.

        Raises
        ------
        BookBusyError
            If another program writes all the time. Nothing was written; ask again.
        BookError
            If the gradebook cannot be written: the disk is full, the server gone. Nothing was; it may be asked again.
        """
        batches: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            batches[record.assignment].append(record)
        for _ in range(_TRIES):
            try:
                with self._database.writing() as connection:
                    return self._write(connection, batches, steady)
            except (
                exc.IntegrityError
            ) as error:  # another writer made the same student or submission meanwhile
                reason = error
        raise BookError(
            f"the gradebook {self._database} does not take these marks: {reason.orig}"
        ) from reason

    def _write(
        self, connection: Connection, batches: Mapping[str, Sequence[Record]], steady: Collection[tuple[str, str]]
    ) -> dict[tuple[str, str], str]:  # fmt: skip
        late: dict[tuple[str, str], str] = {}
        self.differences = {}
        for assignment, records in batches.items():
            known = known_assignment(connection, assignment)
            if known is None:
                raise BookError(f"the gradebook {self._database} does not know the assignment {assignment}")
            same = {student for name, student in steady if name == assignment}
            for at in range(0, len(records), _TOGETHER):
                batch = Batch(connection, known, records[at : at + _TOGETHER], self._policy, same)
                late |= {(assignment, student): words for student, words in batch.write().items()}
                self.differences |= {(assignment, who): one for who, one in batch.differences.items()}
        return late


def _points(notebook: NotebookNode) -> dict[str, float]:
    return {
        cells.grade_id(cell) or "": cells.points(cell) or 0.0
        for cell in notebook.cells
        if cells.is_graded(cell)
    }
