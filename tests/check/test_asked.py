"""The call that a check on a value is about, quoted from the test cell, but never from a hidden line."""

from __future__ import annotations

import linecache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder import check

if TYPE_CHECKING:
    from autograder.check._finding import Finding


def said(cell: str) -> str:
    """Run a cell as Jupyter does, its lines known to linecache, and return what the failed check says."""
    name = "<the cell of test_asked>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)

    def half(i: Any, s: int = 2) -> Any:
        return i / s

    with pytest.raises(check.CheckFailed) as caught:
        exec(compile(cell, name, "exec"), {"check": check, "half": half, "np": np})  # noqa: S102
    return caught.value.finding.what


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("check.close(half(3), 2)", "at half(3): expected 2, got 1.5"),
        ("check.equal(\n    half(\n        3, s=1\n    ),\n    2,\n)", "at half(3, s=1): expected 2, got 3"),
        ("# é\ncheck.close('é' and half(3), 2)", "at 'é' and half(3): expected 2, got 1.5"),
        ("check.between(half(3)[()] if False else half(9), 0, 1)", "expected a value in [0, 1], got 4.5"),
        ("check.integer(half(3))", "at half(3): expected an int, got the float 1.5"),
        ("check.shape(half(np.ones(2)), 3)", "at half(np.ones(2)): expected shape (3,), got (2,)"),
        ("check.finite(half(np.array([1, np.nan])))",
         "at half(np.array([1, np.nan])), entry 1: expected finite numbers, got nan"),
        ("check.close([half(n) for n in range(3)], [0.0, 0.5, 2.0])",
         "at [half(n) for n in range(3)]: expected [0, 0.5, 2], got [0, 0.5, 1]"),
    ],
)  # fmt: skip
def test_the_call_is_quoted(cell: str, what: str) -> None:
    assert said(cell).endswith(what)


@pytest.mark.parametrize(
    "cell",
    [
        "y = half(3)\ncheck.close(y, 2)",  # a name says less than the line
        "check.close(np.sum([1.5]), 2)",  # no function of the student's
        "args = (half(3), 2)\ncheck.close(*args)",
        "### BEGIN HIDDEN TESTS\ncheck.close(half(3), 2)\n### END HIDDEN TESTS",
    ],
)
def test_nothing_else_is(cell: str) -> None:
    assert said(cell) == "expected 2, got 1.5"


def test_long_arguments_lose_their_wrapping_and_then_all() -> None:
    numbers = ", ".join("0.125" for _ in range(13))
    assert said(f"check.close(half(np.array([{numbers}])), 2)").startswith(f"at half([{numbers}]): expected")
    numbers = ", ".join("0.125" for _ in range(24))
    assert said(f"check.close(half(np.array([{numbers}])), 2)").startswith("at half(...): expected")
    assert said(f"check.close(np.array([half(1), {numbers}]), 2)").startswith("expected")


def test_what_follows_a_hidden_part_is_visible_again() -> None:
    hidden = "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS\n"
    assert said(hidden + "check.close(half(3), 2)") == "at half(3): expected 2, got 1.5"


def test_without_the_cells_lines_the_message_stands_alone() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        exec(compile("check.close(float(3), 2)", "<nowhere>", "exec"), {"check": check})  # noqa: S102
    assert caught.value.finding.what == "expected 2, got 3"


def card(cell: str) -> str:
    """Run a cell with marks and return what its failed aspect says."""
    name = "<the cell of test_asked>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)

    def pick(params: dict[str, float], key: str) -> float:
        return params[key]

    marks = check.marks("pick", values=1)
    exec(compile(cell, name, "exec"), {"check": check, "pick": pick, "marks": marks})  # noqa: S102
    (aspect,) = marks._report().aspects
    assert aspect.finding is not None
    return aspect.finding.what


def test_the_call_that_raised_is_quoted() -> None:
    said = card("with marks.values:\n    check.close(pick({'w': 1.0}, 'b'), 1.0)")
    assert said.startswith("at pick({'w': 1.0}, 'b'): raised KeyError: 'b' (line ")


def test_what_was_done_with_its_result_is_quoted_too() -> None:
    said = card("with marks.values:\n    check.close(pick({'w': 1.0}, 'w')[0], 1.0)")
    assert said.startswith(
        "at pick({'w': 1.0}, 'w')[0]: raised TypeError: 'float' object is not subscriptable"
    )


HELPED = """
def asked(answer):
    assert answer > 5, "more than 5, please"
    return pick({'w': answer}, 'b')
with marks.values:
    asked(VALUE)
"""


def test_a_helper_of_the_test_cell_is_not_taken_for_the_students_function() -> None:
    assert card(HELPED.replace("VALUE", "1")) == "more than 5, please"
    typed = HELPED.replace("answer > 5", "type(answer) is int")
    assert (
        card(typed.replace("VALUE", "1.5")) == "more than 5, please"
    )  # Python's own function is asked there
    assert card(HELPED.replace("VALUE", "9")).startswith("at pick({'w': answer}, 'b'): raised KeyError: 'b'")


def test_a_hidden_call_that_raised_is_not_quoted() -> None:
    said = card("### BEGIN HIDDEN TESTS\nwith marks.values:\n    check.close(pick({'w': 1.0}, 'b'), 1.0)")
    assert said.startswith("raised KeyError: 'b'")


REFUSALS = ["raise ValueError('too small')", "assert i > 9, 'too small'"]


def refused(cell: str, refusal: str) -> Finding:
    """Return what is said of a function that refuses a call to which there is an answer."""
    name = "<the cell of test_asked>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
    marks = check.marks("size", values=1)
    space: dict[str, Any] = {"check": check, "marks": marks, "why": "it just fits"}
    exec(f"def size(i):\n    {refusal}", space)  # noqa: S102
    exec(compile(cell, name, "exec"), space)  # noqa: S102
    (aspect,) = marks._report().aspects
    assert aspect.finding is not None
    return aspect.finding


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.parametrize(
    "line",
    [
        "check.integer(size(3), 1, because='it just fits')",
        "check.close(\n        [size(3), 2],\n        [1, 2],\n        because=why,\n    )",
        "check.matches(size, lambda i: 1, [3], because='it just fits')",
    ],
)
def test_a_refused_call_is_told_why_there_is_an_answer(line: str, refusal: str) -> None:
    finding = refused(f"with marks.values:\n    {line}", refusal)
    assert "too small" in finding.verdict
    assert finding.verdict.endswith("(it just fits)")
    assert (finding.advice or "").startswith("There is an answer to this call. Which ")


@pytest.mark.parametrize(
    "cell",
    [
        "with marks.values:\n    y = size(3)\n    check.close(y, 1, because='it just fits')",
        "with marks.values:\n    check.close(1, size(3), because='it just fits')",  # not what is asked about
        "### BEGIN HIDDEN TESTS\nwith marks.values:\n    check.close(size(3), 1, because='it just fits')",
    ],
)
def test_no_reason_is_made_up_for_a_refused_call(cell: str) -> None:
    assert "it just fits" not in refused(cell, REFUSALS[0]).what


def test_an_error_that_is_known_keeps_its_own_advice() -> None:
    cell = "with marks.values:\n    check.close(size(3), 1, because='it just fits')"
    finding = refused(cell, "return {'w': 1.0}['b']")
    assert "it just fits" not in finding.what
    assert (finding.advice or "").startswith("A dict was asked for a key")


def test_a_shape_that_another_aspect_pays_for_says_the_call() -> None:
    cell = "with marks.values:\n    check.close(half([3.0]), 1.5)"
    name = "<the cell of test_asked>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
    marks = check.marks("half", values=1, shapes=1)
    space = {"check": check, "marks": marks, "half": lambda x: np.array(x) / 2}
    exec(compile(cell, name, "exec"), space)  # noqa: S102
    values, shapes = marks._report().aspects
    assert values.finding is None
    assert shapes.finding is not None
    assert shapes.finding.case == "half([3.0]), in the check of `values`"


def test_a_row_taken_for_one_of_several_results() -> None:
    cell = "check.shape(half(np.ones((1, 3)))[0], (1, 3))"
    name = "<the cell of test_asked>"
    linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
    with pytest.raises(check.CheckFailed) as caught:
        exec(compile(cell, name, "exec"), {"check": check, "half": abs, "np": np})  # noqa: S102
    assert caught.value.finding.advice == (
        "[0] picks one of several results, or one row of a single array. Which one came back?"
    )
