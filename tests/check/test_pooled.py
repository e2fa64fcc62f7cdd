"""What all calls of a test cell say together, and what the reference says to other questions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import cases, grading

Array = np.ndarray[Any, Any]


def graded(cell: str, student: Any, reference: Any) -> dict[str, str]:
    """Run a test cell as the grader does and return the advice on each aspect that failed."""
    student.__name__ = "f"
    space: dict[str, Any] = {
        "np": np,
        "check": check,
        "cases": cases,
        "reference": check.reference,
        "f": student,
    }
    with grading.session({"f": reference}) as session:
        exec(compile(cell, "<test cell>", "exec"), space)  # noqa: S102
    return {
        aspect.name: aspect.finding.advice or ""
        for aspect in session.reports[0].aspects
        if aspect.finding is not None
    }


SIGMOID = """
marks = check.marks(values=1, stability=1)
with marks.values:
    check.close(f(np.array([np.log(3.0), -np.log(3.0)])), [0.75, 0.25])
with marks.values:
    check.matches(f, reference.f, cases.reals())
with marks.stability:
    check.matches(f, reference.f, cases.extremes())
marks.total()
"""


def sigmoid(x: Array) -> Array:
    return np.asarray((np.tanh(x / 2) + 1) / 2)


def test_many_calls_overrule_what_one_suggests() -> None:
    # [0.25, 0.75] looks like two numbers in each other's places.
    assert graded(SIGMOID, lambda x: sigmoid(-x), sigmoid)["values"].startswith(
        "What came is 1 minus what was expected"
    )


def test_a_likeness_that_later_calls_do_not_have_is_not_told() -> None:
    cell = """
marks = check.marks(values=1)
with marks.values:
    check.close(f(np.array([1.0, 2.0, 4.0])), [1.0, 2.0, 4.0])
with marks.values:
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""
    doubled = {"values": "In this case every entry is off by one factor: it is 2 times what was expected."}
    alone = cell.replace("with marks.values:\n    check.matches(f, reference.f, cases.vectors())\n", "")

    def odd(x: Array) -> Array:
        return 2 * x if len(x) == 3 and x[0] == 1 else np.sin(x * 7) + x**3

    assert graded(alone, odd, lambda x: x) == doubled
    assert graded(cell, odd, lambda x: x) == {"values": ""}


def test_an_aspect_is_told_what_another_shows() -> None:
    found = graded(SIGMOID, lambda x: sigmoid(np.clip(x, -30, 30)), sigmoid)
    assert found == {}
    found = graded(SIGMOID, lambda x: np.clip(np.exp(x), 0, 1e300) / (1 + np.exp(x)), sigmoid)
    assert list(found) == ["stability"]
    assert "ordinary" in found["stability"] or "grows too large" in found["stability"]


def test_an_error_on_other_inputs_is_told_beside_a_wrong_number() -> None:
    cell = """
marks = check.marks(values=1)
with marks.values:
    check.close(f(np.array([[0.0, 1.0], [3.0, 4.0]])), np.array([[1.0, 0.0], [1.0, 0.0]]))
with marks.values:
    check.matches(f, reference.f, cases.matrices())
marks.total()
"""
    said = graded(cell, lambda x: x - x.max(axis=1), lambda x: x.max(axis=1, keepdims=True) - x)
    assert said["values"].startswith(
        "With other inputs your function raised ValueError: operands could not be broadcast"
    )
    assert said["values"].endswith("Which axis should line up with which?")


CONV = """
marks = check.marks(values=1, stride=1)
made = cases.draw(lambda rng, n: (cases.normal(rng, n + 5), cases.normal(rng, 3), cases.normal(rng, 1)))
with marks.values:
    check.matches(f, reference.f, made)
with marks.stride:
    check.matches(f, reference.f, made.map(lambda x, w, b: (x, w, b, 2)))
    check.matches(f, reference.f, made.map(lambda x, w, b: (x, w, b, 3)))
marks.total()
"""


def conv(x: Array, w: Array, b: Array, s: int = 1) -> Array:
    return np.asarray(np.correlate(x, w)[::s] + b)


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (lambda x, w, b, s=1: conv(x, w, 0 * b, s), ["too small by `b`", "if `b` were 0"]),
        (lambda x, w, b, s=1: conv(x, w[::-1], b, s), ["if `w` ran the other way along axis 0"]),
        (lambda x, w, b, s=1: conv(x, w, b) if s == 1 else conv(x, w, b)[: len(conv(x, w, b, s))], ["Right where s = 1"]),
        (lambda x, w, b, s=1: conv(x, np.abs(w), b, s), ["if `w` had no negative numbers"]),
        (lambda x, w, b, s=1: conv(x, w * [1, 0, 0], b, s), ["if all but the first of `w` were 0"]),
        (lambda x, w, b, s=1: conv(x, w * [1, 1, 0], b, s), ["if the last of `w` were 0"]),
        (lambda x, w, b, s=1: conv(np.deg2rad(x), w, b, s), ["if `x` were in degrees"]),
    ],
)  # fmt: skip
def test_what_the_reference_gives_for_other_arguments(slip: Any, said: list[str]) -> None:
    found = graded(CONV, slip, conv)
    assert any(any(words in advice for words in said) for advice in found.values()), found


@pytest.mark.parametrize(
    "slip",
    [
        lambda x, w, b, s=1: conv(x, w * [0.5, 0.2, 1.3], b, s) + np.sin(b),
        lambda x, w, b, s=1: conv(x * np.cos(np.arange(len(x))), w, b, s),
        lambda x, w, b, s=1: conv(x, np.sort(w), b * b, s),
    ],
)
def test_another_question_must_have_the_very_same_answer(slip: Any) -> None:
    for advice in graded(CONV, slip, conv).values():
        assert "This is what should come out if" not in advice


def test_options_are_asked_about() -> None:
    cell = """
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, [(9, 3), (9, 3, 2), (12, 5, 2, 1), (20, 4, 3, 2), (8, 2, 1, 1)])
marks.total()
"""

    def size(i: int, k: int, s: int = 1, p: int = 0) -> int:
        return (i + 2 * p - k) // s + 1

    found = graded(cell, lambda i, k, s=1, p=0: (i - k) // s + 1 + 0 * p, size)
    assert "`p` were always 0" in found["values"] or "p = 0" in found["values"]
    found = graded(cell, lambda i, k, s=1, p=0: (i + 2 * p - k - 1) // s + 1, size)
    assert "off by" in found["values"] or "one smaller" in found["values"] or "one larger" in found["values"]
    assert graded(cell, lambda i, k, s=1, p=0: i * k - s + 7 * p, size) == {"values": ""}


def test_results_that_change_from_call_to_call_are_told() -> None:
    rng = np.random.default_rng(0)
    cell = """
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""
    assert (
        "another result the second time"
        in graded(cell, lambda x: x + rng.normal(size=x.shape), lambda x: x)["values"]
    )
    assert "second time" not in graded(cell, lambda x: np.sin(x * 7) + x**3, lambda x: x)["values"]


def test_in_a_notebook_the_calls_are_looked_at_together_too() -> None:
    marks = check.marks(values=1)
    with marks.values:
        check.close([0.25, 0.75, 0.5], [0.75, 0.25, 0.5])
    with marks.values:
        check.matches(lambda x: sigmoid(-x), sigmoid, cases.reals())
    finding = marks._report().aspects[0].finding
    assert finding is not None
    assert str(finding.advice).startswith("What came is 1 minus what was expected")
