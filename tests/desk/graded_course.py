"""A graded course to make pages from: real notebooks and a real gradebook, filled through nbgrader's API."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import nbformat.v4
from nbgrader.api import Gradebook

from autograder.check import AspectResult, Finding, Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from autograder.lesson.course import Course

#: nbformat's makers of cells and outputs, which carry no types.
nbf: Any = nbformat.v4

ASSIGNMENT = "01_activations"
POINTS = {"test_relu": 3.0, "test_sign": 2.0}
DUE = dt.datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001  nbgrader keeps naive UTC

TEST_RELU = """\
marks = check.marks("relu", values=2, shapes=1)
with marks.values:
    check.close(relu(np.array([-1.0, 2.0])), [0.0, 2.0])
### BEGIN HIDDEN TESTS
with marks.values:
    check.matches(relu, reference.relu, cases.reals())
### END HIDDEN TESTS
marks.total()"""

TEST_SIGN = """\
assert sign(3.0) == 1.0
### BEGIN HIDDEN TESTS
assert sign(-7.25) == -1.0, "a negative number has sign -1"
### END HIDDEN TESTS"""

TRACEBACK = [
    "\x1b[31m---------------------------------------------------------------\x1b[39m",
    "\x1b[31mAssertionError\x1b[39m                    Traceback (most recent call last)",
    """\
File /home/grader/venv/lib/python3.11/site-packages/numpy/testing/_utils.py:12
----> 4 \x1b[38;5;28;01massert\x1b[39;00m sign(-7.25) == -1.0, "a negative number has sign -1"
""",
    "\x1b[31mAssertionError\x1b[39m: a negative number has sign -1",
]

RELU_REPORT = Report(
    title="relu",
    aspects=(
        AspectResult(
            "values",
            2.0,
            0.0,
            "failed",
            Finding(
                "expected shape (3,), got ()",
                "x of shape (3,)",
                "np.max reduces an array to one number. What shape should relu(x) have?",
                "np.max for np.maximum",
            ),
        ),
        AspectResult("shapes", 1.0, 1.0, "passed"),
    ),
    earned=1.0,
    points=3.0,
    student_side=False,
)


def solution(grade_id: str, source: str, outputs: list[Any] | None = None) -> Any:
    meta = {"grade_id": grade_id, "grade": False, "solution": True, "locked": False, "schema_version": 3}
    return nbf.new_code_cell(source, outputs=outputs or [], metadata={"nbgrader": meta | {"task": False}})


def check_cell(grade_id: str, source: str, points: float, outputs: list[Any] | None = None) -> Any:
    meta = {"grade_id": grade_id, "grade": True, "solution": False, "locked": True, "schema_version": 3}
    return nbf.new_code_cell(
        source, outputs=outputs or [], metadata={"nbgrader": meta | {"task": False, "points": points}}
    )


def reported(report: Report) -> list[Any]:
    """Give the outputs that grading writes into a test cell."""
    data = {"text/html": report._repr_html_(), "text/plain": str(report)}
    return [
        nbf.new_output("display_data", data=data, metadata={"autograder": report.as_dict()}),
        nbf.new_output("execute_result", data={"text/plain": str(report.earned)}, execution_count=1),
    ]


def failed_assert() -> list[Any]:
    message = "a negative number has sign -1"
    return [nbf.new_output("error", ename="AssertionError", evalue=message, traceback=TRACEBACK)]


def lesson(*extra: Any, relu: str = "def relu(x):\n    return np.max(x, 0)", **metadata: Any) -> Any:
    """Build the autograded notebook of a student who got relu half right and sign wrong."""
    cells = [
        nbf.new_markdown_cell(
            "# Activations\n\nThe derivative of $\\sigma(x) = \\frac{1}{1 + e^{-x}}$ is\n\n"
            "$$\\begin{aligned} \\sigma'(x) &= \\sigma(x)\\,(1 - \\sigma(x)) \\\\ "
            "&\\le \\tfrac{1}{4} \\end{aligned}$$"
        ),
        nbf.new_code_cell("import numpy as np\nfrom autograder import check"),
        solution("relu", relu),
        check_cell("test_relu", TEST_RELU, 3, reported(RELU_REPORT)),
        solution("sign", "def sign(x):\n    return 1.0"),
        check_cell("test_sign", TEST_SIGN, 2, failed_assert()),
        *extra,
    ]
    return nbf.new_notebook(cells=cells, metadata=metadata)


@dataclass(frozen=True)
class Desk:
    """A course folder with one assignment, to hand in to and to read pages from."""

    course: Course

    @cached_property
    def book(self) -> Gradebook:
        """The gradebook, opened once: that takes longer than a hand-in."""
        return Gradebook(self.course.db_url)

    def hand_in(
        self,
        student: str,
        nb: Any | None = None,
        *,
        scores: dict[str, float] | None = None,
        late: dt.timedelta = dt.timedelta(),
        penalty: float = 0.0,
        **person: str,
    ) -> Path:
        folder = self.course.autograded(ASSIGNMENT, student)
        folder.mkdir(parents=True)
        text = nbformat.writes(nb if nb is not None else lesson())
        (folder / f"{ASSIGNMENT}.ipynb").write_text(text)
        (folder / "timestamp.txt").write_text("2026-03-01 12:00:00 UTC")
        (folder / "submission_secret.txt").write_text("secret of " + student)
        book = self.book
        book.update_or_create_student(student, **person)
        submission = book.add_submission(ASSIGNMENT, student, timestamp=DUE + late)
        submission.notebooks[0].late_submission_penalty = penalty
        for name, score in (scores or {"test_relu": 1.0, "test_sign": 0.0}).items():
            grade = book.find_grade(name, ASSIGNMENT, ASSIGNMENT, student)
            grade.auto_score, grade.needs_manual_grade = score, False
        book.db.commit()
        return folder

    def change(self, edit: Callable[[Gradebook], None]) -> None:
        edit(self.book)
        self.book.db.commit()

    def page(self, student: str) -> Path:
        return self.course.feedback(ASSIGNMENT, student) / f"{ASSIGNMENT}.html"
