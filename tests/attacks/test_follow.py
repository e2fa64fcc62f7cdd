"""The reference stands in for a lost exercise in later tests: nobody earns the lost one by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grading import marks
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.sandbox.limits import Limits

from .course import _nbgrader, with_ids
from .follow import FOLLOW, Follower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox

SOURCE = {
    "half": "### BEGIN SOLUTION\nORACLES_SECRET = 'never'\ndef half(x):\n    return x / 2\n### END SOLUTION",
    "quarter": "### BEGIN SOLUTION\ndef quarter(x):\n    return half(half(x))\n### END SOLUTION",
}
TESTS = {
    "half": "assert half(2) == 1\n### BEGIN HIDDEN TESTS\n"
    "for v in (0, -3, 4.5): assert half(v) == v / 2\n### END HIDDEN TESTS",
    "quarter": "assert quarter(4) == 1\n### BEGIN HIDDEN TESTS\n"
    "for v in (0, -3, 5.0): assert quarter(v) == v / 4\n### END HIDDEN TESTS",
}


def notebook(
    answers: dict[str, str], order: tuple[str, ...] = tuple(SOURCE), after: str = ""
) -> NotebookNode:
    cells = []
    for name in order:
        cells.append(new_code_cell(answers[name], metadata=_nbgrader(name, solution=True)))
        test = _nbgrader(f"test_{name}", grade=True, locked=True, points=2.0)
        cells.append(new_code_cell(TESTS[name], metadata=test))
    cells += [new_code_cell(after)] if after else []
    return with_ids(new_notebook(cells=cells))


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("follow")
    limits = Limits(cell_seconds=2, call_seconds=1, memory_mib=400, restarts=2)
    made = Examiner(LessonSource(notebook(SOURCE), folder, (folder, Path.cwd())), limits)
    assert made.problems == []
    yield made
    made.close()


@pytest.mark.parametrize("row", FOLLOW, ids=lambda row: row.name)
def test_a_lost_exercise_is_not_won_by_what_stands_in_for_it(examiner: Examiner, row: Follower) -> None:
    submitted = notebook({"half": row.half, "quarter": row.quarter}, row.order, row.after)
    mend(submitted, notebook(SOURCE))
    result = examiner.examine(ExamRequest(marks.plan(submitted)))
    assert not result.error
    marks.write_outputs(submitted, result)
    found = {name: outcome.score for name, outcome in marks.outcomes(submitted, result).items()}
    assert found == {"test_half": row.half_earns, "test_quarter": row.quarter_earns}
    shown = str([cell.outputs for cell in submitted.cells])
    assert "SEEN" not in shown
    assert "ORACLES_SECRET" not in shown
