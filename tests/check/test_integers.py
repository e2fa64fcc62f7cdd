"""Whole numbers: sizes, counts, shapes, and lists of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check._habits import FORGOT_RETURN
from check.test_functions import refused


@pytest.mark.parametrize("whole", [28, np.int64(28), np.array(28)])
def test_an_int_is_an_int(whole: Any) -> None:
    check.integer(whole, 28)


@pytest.mark.parametrize(
    ("got", "verdict"),
    [
        (28.0, "expected an int, got the float 28.0"),
        (27.5, "expected an int, got the float 27.5"),
        (True, "expected an int, got True"),
        (None, "expected an int, got None"),
        ((28,), "expected an int, got a tuple"),
        (np.array([28]), "expected an int, got an array of shape (1,)"),
        (27, "expected 28, got 27"),
    ],
)
def test_what_is_no_int(got: Any, verdict: str) -> None:
    assert refused(check.integer, got, 28).verdict == verdict


def test_a_float_that_was_written_down_is_no_matter_of_dividing() -> None:
    answer = 4.0
    assert "decimal point" in str(refused(check.integer, answer).advice)


SHAPES = [(6, 28, 28), (6, 14, 14)]


@pytest.mark.parametrize(
    ("got", "want", "what"),
    [
        ((6, 28, 27), (6, 28, 28), "expected (6, 28, 28), got (6, 28, 27)"),
        ([6, 28], (6, 28, 28), "expected (6, 28, 28), got [6, 28]"),
        (28, (6, 28, 28), "expected (6, 28, 28), got the number 28"),
        ([(6, 28, 28), (6, 13, 14)], SHAPES, "at item 2 of 2: expected (6, 14, 14), got (6, 13, 14)"),
        ([(6, 28, 28)], SHAPES, "expected [(6, 28, 28), (6, 14, 14)], got [(6, 28, 28)]"),
        ((6, 14, 14), SHAPES, "expected [(6, 28, 28), (6, 14, 14)], got (6, 14, 14)"),
        ({59}, [59], "expected [59], got {59}"),
        ([60], [59], "expected [59], got [60]"),
        (None, [59], "expected [59], got None"),
        ([], [59], "expected [59], got []"),
        ([59], [], "expected [], got [59]"),
        (59, [59], "expected [59], got the number 59"),
        (np.array([59, 60]), [59], "expected [59], got [59, 60]"),
        (1_000_001, 1_000_000, "expected 1000000, got 1000001"),
        (1_000_001.0, 1_000_000, "expected 1000000, got 1000001"),
    ],
)
def test_shapes_and_counts_are_shown_whole(got: Any, want: Any, what: str) -> None:
    for verb in (check.close, check.equal):
        if verb is check.equal and not isinstance(got, (type(want), int, float)):
            continue
        assert refused(verb, got, want).what == what


@pytest.mark.parametrize("got", [[6, 28, 28], (6.0, 28.0, 28.0), np.array([6, 28, 28])])
def test_matches_takes_any_container_of_the_right_numbers(got: Any) -> None:
    check.matches(lambda: got, lambda: (6, 28, 28), [()])
    check.matches(lambda: [got, got], lambda: [(6, 28, 28)] * 2, [()])


def test_a_float_for_an_int_costs_nothing_and_is_told() -> None:
    marks = check.marks("conv_output_size", values=1)
    with marks.values:
        check.matches(lambda i: i / 1, lambda i: i, [(28,), (29,)])
        check.equal(28.0, 28)
    (aspect,) = marks._report().aspects
    assert aspect.status == "passed"
    assert aspect.notes == ("a float such as 28.0 came where a whole number such as 28 is due; points kept",)


def test_an_int_literal_in_close_asks_for_no_int() -> None:
    marks = check.marks("relu", values=1)
    with marks.values:
        check.close(2.0, 2)
    (aspect,) = marks._report().aspects
    assert aspect.notes == ()


def test_an_empty_list_lost_on_the_way() -> None:
    assert "take the empty list for nothing" in str(refused(check.close, None, []).advice)
    assert "take the empty list for nothing" in str(
        refused(check.matches, lambda i: None, lambda i: [], [(3,)]).advice  # noqa: ARG005
    )
    assert refused(check.close, None, [59]).advice == FORGOT_RETURN
