# mypy: disable-error-code="no-untyped-call, no-any-return"
"""What a cell is, and what of it a student must not see."""

from __future__ import annotations

from typing import Any

import nbformat
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.preprocessors import ClearHiddenTests

from autograder.lesson.notebook import (
    Secret,
    grade_id,
    hidden_lines,
    is_graded,
    is_locked,
    is_marked_by_hand,
    is_solution,
    is_test,
    points,
    scan,
    secret_blocks,
    strip_hidden,
)

TEST_CELL = "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(3) == 4\n### END HIDDEN TESTS\nmarks.total()"


def cell(source: str = "", kind: str = "code", **nbgrader: Any) -> nbformat.NotebookNode:
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return new(source, metadata={"nbgrader": nbgrader} if nbgrader else {})


def test_a_cell_says_what_it_is() -> None:
    solution = cell(grade_id="relu", solution=True)
    test = cell(grade_id="test_relu", grade=True, points=3)
    written = cell(kind="markdown", grade_id="why", grade=True, solution=True, points=1)
    task = cell(kind="markdown", grade_id="plot", task=True, points=1)
    plain = cell()
    everyone = (solution, test, written, task, plain)
    assert [is_solution(c) for c in everyone] == [True, False, True, False, False]
    assert [is_test(c) for c in everyone] == [False, True, False, False, False]
    assert [is_graded(c) for c in everyone] == [False, True, True, True, False]
    assert [is_marked_by_hand(c) for c in everyone] == [False, False, True, True, False]
    assert [is_locked(c) for c in everyone] == [False, True, False, True, False]
    assert [grade_id(c) for c in everyone] == ["relu", "test_relu", "why", "plot", None]
    assert [points(c) for c in everyone] == [None, 3.0, 1.0, 1.0, None]


def test_hidden_tests_are_taken_away_and_their_lines_known() -> None:
    assert strip_hidden(TEST_CELL) == "assert f(1) == 2\nmarks.total()"
    assert hidden_lines(TEST_CELL) == {2, 3, 4}
    assert secret_blocks(TEST_CELL) == [(Secret.HIDDEN_TESTS, "assert f(3) == 4")]


def test_an_unclosed_region_hides_the_rest_of_the_cell() -> None:
    assert strip_hidden("a\n### BEGIN HIDDEN TESTS\nb\nc") == "a"


def test_feedback_may_show_a_solution_region() -> None:
    solution = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    assert strip_hidden(solution) == solution


def test_faults_are_told_with_their_line() -> None:
    nested = "### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\n### END SOLUTION\n### END HIDDEN TESTS"
    assert [fault.line for fault in scan(nested)[1]] == [1, 3]


@given(
    st.lists(
        st.one_of(
            st.text("ab #", max_size=5).map(lambda line: [line]),
            st.lists(st.text("xy #", max_size=5), max_size=3).map(
                lambda block: ["  ### BEGIN HIDDEN TESTS", *block, "# END HIDDEN TESTS ##"]
            ),
        ),
        max_size=6,
    )
)
def test_what_is_left_is_what_nbgrader_itself_would_leave(blocks: list[list[str]]) -> None:
    source = "\n".join(line for block in blocks for line in block)
    theirs, _ = ClearHiddenTests().preprocess_cell(cell(source, grade_id="t", grade=True, points=1), {}, 0)
    assert strip_hidden(source) == theirs.source
