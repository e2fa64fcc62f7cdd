"""nbgrader's gradebook, written through nbgrader's own API: one writer, one session, commits in batches."""

from __future__ import annotations

import copy
import logging
from typing import TYPE_CHECKING, Any, Self

from nbgrader import preprocessors as steps
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.utils import compute_checksum

from autograder.grading import marks
from autograder.lesson import notebook as cells
from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from nbformat import NotebookNode
    from nbgrader.api import SubmittedAssignment, SubmittedNotebook

    from autograder.lesson.course import Course

_SAVING = (
    steps.IncludeHeaderFooter, steps.InstantiateTests, steps.LockCells, ClearSolutions, steps.ClearOutput,
    steps.CheckCellMetadata, steps.ComputeChecksums, steps.SaveCells,
)  # fmt: skip


class Book:
    """A course's gradebook, open for writing. Use as a context manager; what was recorded is committed at its end.

    Parameters
    ----------
    course
        Its db_url decides where the gradebook is.
    batch
        Commit after so many submissions.
    """

    def __init__(self, course: Course, batch: int = 20) -> None:
        self._course = course
        self._batch = batch
        self._waiting = 0
        with course.entered():
            self._gradebook = Gradebook(course.db_url, course.course_id)
        self._penalties = steps.AssignLatePenalties(config=course.config)
        self._penalties.init_plugin()
        self.checksums: dict[tuple[str, str], dict[str, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.db.commit()
        self._gradebook.close()

    def ensure_assignment(self, assignment: str, notebooks: Mapping[str, NotebookNode]) -> None:
        """Make the assignment, its notebooks and cells known, as ``nbgrader generate_assignment`` does.

        An assignment that is known and has the same cells is left as it is.
        """
        for name, notebook in notebooks.items():
            if not self._knows(assignment, name, notebook):
                self._gradebook.update_or_create_assignment(assignment)
                self._gradebook.db.commit()
                self._save_cells(assignment, name, notebook)
                self._gradebook.db.expire_all()
            known = self._gradebook.find_notebook(name, assignment)
            self.checksums[assignment, name] = {cell.name: cell.checksum for cell in known.source_cells}

    def _knows(self, assignment: str, name: str, notebook: NotebookNode) -> bool:
        try:
            known = self._gradebook.find_notebook(name, assignment)
        except MissingEntry:
            return False
        graded = {
            cells.grade_id(cell): cells.points(cell) for cell in notebook.cells if cells.is_graded(cell)
        }
        return {cell.name: cell.max_score for cell in (*known.grade_cells, *known.task_cells)} == graded

    def _save_cells(self, assignment: str, name: str, notebook: NotebookNode) -> None:
        copied = copy.deepcopy(notebook)
        names = {"student": ".", "assignment": assignment, "notebook": name, "db_url": self._course.db_url}
        resources: dict[str, Any] = {"nbgrader": names, "unique_key": name}
        with self._course.entered():
            for step in _SAVING:
                made = step(config=self._course.config)
                made.log.setLevel(logging.ERROR)
                copied, resources = made.preprocess(copied, resources)

    def record(
        self,
        assignment: str,
        student: str,
        notebooks: Mapping[str, NotebookNode | None],
        timestamp: datetime | None,
    ) -> str:
        """Write the marks of one submission; return how late it was, in words, or nothing.

        Parameters
        ----------
        notebooks
            The graded notebooks by name; None for one that was not handed in, which earns nothing. Empty for a
            submission that could not be read: its grades then wait for a person.
        timestamp
            When it was handed in, in UTC.
        """
        book = self._gradebook
        book.update_or_create_student(student)
        when = {} if timestamp is None else {"timestamp": timestamp.isoformat()}
        with book.db.no_autoflush:  # nbgrader builds a submission piece by piece
            submission: SubmittedAssignment = book.update_or_create_submission(assignment, student, **when)
        for handed_in in submission.notebooks:
            if not notebooks:
                for grade in handed_in.grades:
                    grade.auto_score, grade.needs_manual_grade = None, True
                continue
            self._record_notebook(assignment, handed_in, notebooks.get(handed_in.name))
            self._penalise(submission, handed_in, student)
        self._waiting += 1
        if self._waiting >= self._batch:
            book.db.commit()
            self._waiting = 0
        return _lateness(submission)

    def _record_notebook(
        self, assignment: str, handed_in: SubmittedNotebook, graded: NotebookNode | None
    ) -> None:
        by_name = {cells.grade_id(cell): cell for cell in graded.cells} if graded is not None else {}
        checksums = self.checksums.get((assignment, handed_in.name), {})
        for grade in handed_in.grades:
            cell = by_name.get(grade.name)
            if cell is not None and cells.is_task(cell):
                continue  # a person's from the start, as nbgrader leaves it
            grade.auto_score = 0.0 if cell is None else marks.score(cell)[0]
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in handed_in.comments:
            cell = by_name.get(comment.name)
            untouched = cell is None or (
                not cells.is_task(cell) and compute_checksum(cell) == checksums.get(comment.name)
            )
            comment.auto_comment = "No response." if untouched else None

    def _penalise(self, submission: SubmittedAssignment, handed_in: SubmittedNotebook, student: str) -> None:
        """Apply the course's own late policy: nbgrader's plugin."""
        handed_in.late_submission_penalty = None
        if submission.total_seconds_late <= 0:
            return
        self._gradebook.db.flush()
        late = submission.total_seconds_late
        penalty = self._penalties.plugin_inst.late_submission_penalty(student, handed_in.score, late)
        if penalty is not None:
            handed_in.late_submission_penalty = min(max(penalty, 0), handed_in.score)


def _lateness(submission: SubmittedAssignment) -> str:
    seconds = submission.total_seconds_late
    if seconds <= 0:
        return ""
    minutes, hours = seconds / 60, seconds / 3600
    for number, unit in ((hours / 24, "days"), (hours, "hours"), (minutes, "minutes")):
        if number >= 2:  # noqa: PLR2004 - from two on, the unit is in the plural
            length = f"{int(number)} {unit}"
            break
    else:
        length = "less than two minutes"
    penalty = sum(handed_in.late_submission_penalty or 0.0 for handed_in in submission.notebooks)
    return f"handed in {length} late" + (f", which costs {penalty:g} points" if penalty else "")
