"""Wrong functions that are right at the usual numbers: each of them loses marks."""

from __future__ import annotations

from contextlib import ExitStack, closing
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.grading import marks
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.lesson import notebook as cells
from autograder.lesson.source import read_lesson
from autograder.sandbox.limits import Limits

from .cheap import CHEAP, Cheap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox
SOLUTIONS = Path(__file__).parents[2] / "solutions"


def source(lesson: str) -> NotebookNode:
    return deepcopy(read_lesson(SOLUTIONS / lesson / f"{lesson}.py").notebook)


@pytest.fixture(scope="module")
def examiners() -> Iterator[Callable[[str], Examiner]]:
    """Give one examiner for each lesson that is asked for."""
    with ExitStack() as made:

        @cache
        def of(lesson: str) -> Examiner:
            source_of = LessonSource(source(lesson), SOLUTIONS / lesson, (SOLUTIONS, Path.cwd()))
            examiner = made.enter_context(closing(Examiner(source_of, Limits())))
            assert examiner.problems == []
            return examiner

        yield of


@pytest.mark.parametrize("row", CHEAP, ids=lambda row: row.name)
def test_a_wrong_function_has_no_full_marks(examiners: Callable[[str], Examiner], row: Cheap) -> None:
    submitted = source(row.lesson)
    for cell in submitted.cells:
        cell.source = row.answers.get(cells.grade_id(cell) or "", cell.source)
    mend(submitted, source(row.lesson))
    result = examiners(row.lesson).examine(ExamRequest(marks.plan(submitted)))
    assert not result.error
    marks.write_outputs(submitted, result)
    outcomes = marks.outcomes(submitted, result)
    lost = {name for name, one in outcomes.items() if one.score < one.max_score}
    assert {f"test_{name}" for name in row.answers} <= lost
