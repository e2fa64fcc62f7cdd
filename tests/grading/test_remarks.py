"""Docstrings and comments that come with a lesson name other exercises, and use none."""

from __future__ import annotations

from nbformat.v4 import new_notebook

from autograder.grading.lesson import Lesson
from autograder.grading.outcome import PlanCell
from autograder.grading.remarks import remarks_of, without

from .conftest import cell

SLOPE = '''\
def slope(x):
    """Slope of square, not square itself.

    It has nothing to do with square(x).
    """
    # A square has no part in it.
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''
SOURCE = new_notebook(
    cells=[
        cell(
            "square", "### BEGIN SOLUTION\ndef square(x):\n    return x * x\n### END SOLUTION", solution=True
        ),
        cell("test_square", "assert square(3) == 9", grade=True, locked=True, points=2),
        cell("slope", SLOPE, solution=True),
        cell("test_slope", "assert slope(3) == 6", grade=True, locked=True, points=2),
    ]
)


def test_what_a_cell_says_is_left_out_where_it_stands_as_it_came() -> None:
    remarks = remarks_of(SOURCE)["slope"]
    left = without(
        SLOPE.replace("return 2 * x", "return square(x + 1) - x  # A square has no part in it."), remarks
    )
    assert "itself" not in left
    assert "    # A square" not in left
    assert left.count("square") == 2  # the call, and a comment that shares its line with it
    own = SLOPE.replace("Slope of square", "Difference of square")
    assert without(own, remarks).count("square") == 3  # a docstring of one's own is searched


def test_an_exercise_is_not_tried_again_for_what_its_docstring_names() -> None:
    follow = Lesson(SOURCE).follow
    square = PlanCell(0, "run", "def square(x):\n    return x", "square")

    def stand_ins(slope: str) -> object:
        return follow.stand_ins(
            "test_slope", {"test_square": 0.0}, [square, PlanCell(1, "run", slope, "slope")]
        )

    assert stand_ins(SLOPE.replace("2 * x", "3 * x")) is None
    assert stand_ins(SLOPE.replace("2 * x", "square(x)")) is not None
