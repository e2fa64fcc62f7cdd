"""Slips of marks are told as what they are: no total handed over, aspects that do not add up, a cell that is no Python."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from autograder.lesson.fitting import AnswerError, aspects
from autograder.lesson.generate import BuildError
from autograder.lesson.release import build
from autograder.lesson.slips import find_slips, read_slips
from autograder.lesson.source import read_lesson

from .conftest import LESSON

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (LESSON.replace("marks.total()", ""), "test `test_double` never calls marks.total(). Make it"),
        (LESSON.replace('"points": 2', '"points": 4'), "the aspects of `test_double` add up to 2, and its cell has 4"),
    ],
    ids=["no total", "other points"],
)  # fmt: skip
def test_a_slip_of_marks_is_the_one_that_is_told(
    make_lesson: Callable[..., Path], text: str, told: str
) -> None:
    (slip,) = find_slips(read_lesson(make_lesson(text)))
    assert told in str(slip)
    assert slip.line == 13


@pytest.mark.parametrize(
    "test",
    [
        "assert double(2) == 4",
        "marks = check.marks(**{'values': 2})\nmarks.total()",
        "POINTS = 2\nmarks = check.marks(values=POINTS)\nmarks.total()",
        "marks = check.marks(values=1.5, shapes=0.5)\nmarks.total()",
    ],
)
def test_other_ways_to_write_a_test_are_left_alone(make_lesson: Callable[..., Path], test: str) -> None:
    head = LESSON.partition("marks = check.marks")[0]
    assert read_slips(read_lesson(make_lesson(head + test))) == []


@pytest.mark.parametrize("name", ["01_activations", "02_softmax", "03_mlp_backprop", "04_cnn_shapes"])
def test_this_projects_lessons_have_none(name: str) -> None:
    assert read_slips(read_lesson(ROOT / "solutions" / name / f"{name}.py")) == []


def test_a_cell_that_is_no_python_is_told_with_its_line(make_lesson: Callable[..., Path]) -> None:
    lesson = read_lesson(
        make_lesson(
            LESSON.replace(
                "with marks.values:\n    check.equal(double(2)",
                "with marks.values\n    check.equal(double(2)",
            )
        )
    )
    with pytest.raises(AnswerError, match=r"doubling\.py:15: test_double is no Python: expected ':'"):
        aspects(lesson)
    told = "\n".join(map(str, find_slips(lesson)))
    assert "doubling.py:15" in told or "expected ':'" in told
    assert "ipython-input" not in told


def test_build_says_what_was_perhaps_meant(make_lesson: Callable[..., Path]) -> None:
    with pytest.raises(BuildError, match=r"No source for dubling\. Did you mean doubling\?"):
        build(make_lesson().parents[2], names=["dubling"])
