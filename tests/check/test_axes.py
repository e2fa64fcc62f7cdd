"""``(1, M)`` is not ``(M,)``: the slip costs `shapes` and leaves `values` to the numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import grading


def earned(function: Any, **aspects: float) -> dict[str, float]:
    """Grade a doubling function and return what each aspect earned."""
    with grading.session(reference={}) as session:
        marks = check.marks("double", **aspects)
        with marks.values:
            check.close(function(np.array([1.0, 2.0])), [2.0, 4.0])
            check.matches(function, lambda x: 2 * x, check.cases.vectors())
        if "shapes" in aspects:
            with marks.shapes:
                check.leaves_arguments_alone(function, check.cases.vectors())
        marks.total()
    return {aspect.name: aspect.earned for aspect in session.reports[0].aspects}


def test_an_extra_axis_costs_shapes_alone() -> None:
    assert earned(lambda x: 2 * x[None], values=2, shapes=1) == {"values": 2, "shapes": 0}


def test_wrong_numbers_in_a_wrong_shape_cost_both() -> None:
    assert earned(lambda x: 3 * x[None], values=2, shapes=1) == {"values": 0, "shapes": 0}


def test_another_shape_altogether_costs_values() -> None:
    assert earned(lambda x: np.outer(x, x), values=2, shapes=1)["values"] == 0


def test_without_an_aspect_for_shapes_the_slip_costs_the_check_at_hand() -> None:
    assert earned(lambda x: 2 * x[None], values=2) == {"values": 0}


def test_the_reason_names_both_shapes_and_the_call() -> None:
    with grading.session(reference={}) as session:
        marks = check.marks("double", values=2, shapes=1)
        with marks.values:
            check.matches(lambda x: 2 * x[None], lambda x: 2 * x, [(np.array([1.0, 2.0]),)])
        marks.total()
    finding = session.reports[0].aspects[1].finding
    assert finding is not None
    assert finding.verdict == "expected shape (2,), got (1, 2)"
    assert finding.case is not None
    assert "[1, 2]" in finding.case
    assert finding.case.endswith("in the check of `values`")


def test_a_reason_without_a_call_names_the_check_as_well() -> None:
    with grading.session(reference={}) as session:
        marks = check.marks("sign", zero=1, shapes=1)
        with marks.zero:
            check.close(np.zeros((1, 2)), [0.0, 0.0])
        marks.total()
    finding = session.reports[0].aspects[1].finding
    assert finding is not None
    assert finding.what == "in the check of `zero`: expected shape (2,), got (1, 2)"


@pytest.mark.parametrize("answer", [((np.ones((1, 2)), 1.0)), ([np.ones((1, 2)), 1.0])])
def test_each_part_of_a_result_is_settled_by_itself(answer: Any) -> None:
    with grading.session(reference={}) as session:
        marks = check.marks("pair", values=2, shapes=1)
        with marks.values:
            check.close(answer, (np.ones(2), 1.0))
        marks.total()
    assert [aspect.earned for aspect in session.reports[0].aspects] == [2, 0]
