"""Wrong functions that are right at the usual numbers: each of them loses marks."""

from __future__ import annotations

import base64
from contextlib import ExitStack, closing
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder.grading import marks
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.lesson import notebook as cells
from autograder.lesson.source import read_lesson
from autograder.sandbox.limits import Limits

from .cheap import CHEAP, Cheap
from .cheap_backprop import BACKPROP, TRAINED_AT_HOME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

    from autograder.grading.outcome import CellOutcome

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


def graded(examiner: Examiner, lesson: str, answers: dict[str, str]) -> dict[str, CellOutcome]:
    """Grade the reference with some answers in it."""
    submitted = source(lesson)
    for cell in submitted.cells:
        cell.source = answers.get(cells.grade_id(cell) or "", cell.source)
    mend(submitted, source(lesson))
    result = examiner.examine(ExamRequest(marks.plan(submitted)))
    assert not result.error
    marks.write_outputs(submitted, result)
    return marks.outcomes(submitted, result)


@pytest.mark.parametrize("row", [*CHEAP, *BACKPROP], ids=lambda row: row.name)
def test_a_wrong_function_has_no_full_marks(examiners: Callable[[str], Examiner], row: Cheap) -> None:
    outcomes = graded(examiners(row.lesson), row.lesson, row.answers)
    lost = {name for name, one in outcomes.items() if one.score < one.max_score}
    assert {f"test_{name}" for name in row.answers} <= lost


def test_a_net_that_was_trained_at_home_tells_no_digits(examiners: Callable[[str], Examiner]) -> None:
    lesson = "03_mlp_backprop"
    functions = {name: cell.source for cell in source(lesson).cells if (name := cells.grade_id(cell))}
    space: dict[str, Any] = {"np": np}
    for name in ("linear_forward", "two_layer_forward", "softmax_cross_entropy", "linear_backward",
                 "relu_backward", "two_layer_backward", "train_digits"):  # fmt: skip
        exec(functions[name], space)  # noqa: S102 - the lesson's own
    with np.load(SOLUTIONS / lesson / "digits.npz") as file:
        images, labels = file["images"].reshape(-1, 64) / 16.0, file["labels"].astype(int)
    params = space["train_digits"](images, labels, 0)
    numbers = np.concatenate([params[name].ravel() for name in ("W1", "b1", "W2", "b2")]).astype("<f4")
    answer = TRAINED_AT_HOME.format(base64.b64encode(numbers.tobytes()).decode())
    found = graded(examiners(lesson), lesson, {"train_digits": answer})["test_train_digits"]
    assert found.score <= 1, found


def test_a_line_of_blanks_takes_the_time_of_any_line(examiners: Callable[[str], Examiner]) -> None:
    """It is held against the form of a shape, by an expression that once took the cube of its length."""
    lesson, names = "03_mlp_backprop", ("W2", "b2", "h_s", "h_a", "W1", "b1", "x")
    chains = {name: ["1", f"d{' ' * 5_000}!"] for name in names}
    answers = {"derive_column_grads": f"derive_column_grads = {chains!r}"}
    found = graded(examiners(lesson), lesson, answers)["test_derive_column_grads"]
    assert found.score == 0
    assert "took too long" not in found.message
