"""A small lesson, the ways of handing it in, and one examiner for all tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.grading.pool import Examiner, LessonSource
from autograder.lesson.notebook import strip_hidden
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

LIMITS = Limits(cell_seconds=2, call_seconds=1, memory_mib=400, restarts=2)

HELPER = "def apply_twice(x):\n    return double(double(x))"
TESTS = {
    "double": (
        "assert double(2) == 4\nassert apply_twice(1) == 4\n"
        "### BEGIN HIDDEN TESTS\nassert double(-3) == -6, 'negative numbers too'\n### END HIDDEN TESTS"
    ),
    "halve": "assert halve(4) == 2\n### BEGIN HIDDEN TESTS\nassert halve(3) == reference_half(3)\n### END HIDDEN TESTS",
    "answer": "earned = 2.0 * (answer == 42)\nearned",
}
SOLUTIONS = {
    "double": "### BEGIN SOLUTION\ndef double(x):\n    return 2 * x\n### END SOLUTION",
    "halve": "### BEGIN SOLUTION\ndef halve(x):\n    return x / 2\n### END SOLUTION",
    "answer": "### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION",
}


def cell(grade_id: str, source: str, **nbgrader: Any) -> NotebookNode:
    metadata = {
        "grade_id": grade_id, "grade": False, "solution": False, "locked": False, "task": False,
        "schema_version": 3, **nbgrader,
    }  # fmt: skip
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": metadata})  # type: ignore[no-any-return]


def tester(name: str, points: float) -> NotebookNode:
    return cell(f"test_{name}", TESTS[name], grade=True, locked=True, points=points)


def lesson(answers: dict[str, str] | None = None) -> NotebookNode:
    """Return the lesson with these answers; the author's where none is given."""
    given = SOLUTIONS | (answers or {})
    cells = [
        new_markdown_cell("# A small lesson", id="title"),
        cell("setup", "import numpy as np\ndef reference_half(x): return x / 2\n" + HELPER, locked=True),
    ]
    for name in SOLUTIONS:
        cells += [cell(name, given[name], solution=True), tester(name, 2.0)]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})  # type: ignore[no-any-return]


def work(answers: dict[str, str] | None = None) -> NotebookNode:
    """Return what a student hands in who wrote these answers, or the right ones: no markers, no hidden tests."""
    notebook = lesson(answers)
    for one in notebook.cells:
        lines = strip_hidden(one.source).split("\n")
        one.source = "\n".join(line for line in lines if "### " not in line)
    return notebook


def without(notebook: NotebookNode, *grade_ids: str) -> NotebookNode:
    notebook.cells = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") not in grade_ids
    ]
    return notebook


@pytest.fixture(scope="session")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("source")
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), LIMITS)
    yield made
    made.close()


@pytest.fixture
def marks_of(examiner: Examiner) -> Callable[[NotebookNode], dict[str, Any]]:
    """Mend and examine a notebook; return its cells' outcomes by exercise."""
    from autograder.grading import marks  # noqa: PLC0415
    from autograder.grading.mend import mend  # noqa: PLC0415
    from autograder.grading.outcome import ExamRequest  # noqa: PLC0415
    from autograder.grading.reading import read_submission  # noqa: PLC0415

    def run(notebook: NotebookNode) -> dict[str, Any]:
        read = read_submission(nbformat.writes(notebook).encode())
        mend(read, lesson())
        result = examiner.examine(ExamRequest(marks.plan(read)))
        assert not result.error
        marks.write_outputs(read, result)
        found = {name.removeprefix("test_"): one for name, one in marks.outcomes(read, result).items()}
        return found | {"notebook": read, "cut short": marks.is_cut_short(result)}

    return run
