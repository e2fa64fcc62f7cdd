"""Which known mistake is named: the one that surely is behind the results, and none by chance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import check
from autograder.check import cases, grading

Array = np.ndarray[Any, Any]


def named(cell: str, student: Any, reference: Any, exercise: str = "f", **more: Any) -> dict[str, str | None]:
    """Run a test cell as the grader does and return the mistake named for each aspect that failed."""
    student.__name__ = exercise
    space: dict[str, Any] = {
        "np": np, "check": check, "cases": cases, "mistake": check.mistake, "reference": check.reference,
        exercise: student, **more,
    }  # fmt: skip
    with grading.session({exercise: reference}) as session:
        exec(compile(cell, "<test cell>", "exec"), space)  # noqa: S102
    return {
        aspect.name: aspect.finding.mistake
        for aspect in session.reports[0].aspects
        if aspect.finding is not None
    }


SLOPE = """
@mistake("one slope for the whole array", "Each element has its own.")
def f(x):
    return np.full_like(x, 1.0 if np.all(x > 0) else 0.0)
@mistake("ones everywhere", "What is left of zero?")
def f(x):
    return np.ones_like(x)
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, [np.array([-1.0, 2.0]), np.array([-3.0, 0.5, 4.0])])
marks.total()
"""


def slope(x: Array) -> Array:
    return np.where(x > 0, 1.0, 0.0)


def test_zeros_are_no_evidence_until_new_inputs_tell() -> None:
    def one_for_all(x: Array) -> Array:
        return np.full_like(x, 1.0 if np.all(x > 0) else 0.0)

    many = SLOPE.replace(
        "[np.array([-1.0, 2.0]), np.array([-3.0, 0.5, 4.0])]", "cases.reals(without=(0.0,), low=-1)"
    )
    assert named(many, one_for_all, slope) == {"values": "one slope for the whole array"}
    # the same zeros on every case that is seen, and other results on others
    assert named(SLOPE, lambda x: (np.abs(x).sum() > 1e6) * np.ones_like(x), slope) == {
        "values": "one slope for the whole array"
    }
    assert named(SLOPE, lambda x: (x.sum() > 1.2) * 0.5 * np.ones_like(x), slope) == {"values": None}


def test_a_constant_that_a_mistake_always_gives_is_recognised() -> None:
    assert named(SLOPE, lambda x: x * 0 + 1, slope) == {"values": "ones everywhere"}


ONE_CASE = """
@mistake("doubled", "Twice?")
def f(x):
    return 2 * x
@mistake("squared", "Which power?")
def f(x):
    return x**2
@mistake("added to itself", "Plus?")
def f(x):
    return x + x
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, [np.array([2.0, 2.0])])
marks.total()
"""


@pytest.mark.parametrize(
    ("student", "mistake"),
    [(lambda x: x**2, "squared"), (lambda x: 2 * x, "doubled"), (lambda x: 0 * x + 4, None), (lambda x: x**2.0, "squared"),
     (lambda x: (x * 2)[:, None], None), (lambda x: x + 2.0, None)],
)  # fmt: skip
def test_where_several_mistakes_fit_new_inputs_decide(student: Any, mistake: str | None) -> None:
    assert named(ONE_CASE, student, lambda x: x + 1.0) == {"values": mistake}


PARTS = """
@mistake("the bias averaged", "Average?")
def f(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.mean(axis=0)
@mistake("weights and bias averaged", "Both?")
def f(dY, X, W):
    return dY @ W.T, X.T @ dY / len(X), dY.mean(axis=0)
@mistake("operands exchanged", "Which factor first?")
def f(dY, X, W):
    return dY @ W.T, dY.T @ X, dY.sum(axis=0)
made = cases.draw(lambda rng, n: (cases.normal(rng, n + 2, 3), cases.normal(rng, n + 2, 4), cases.normal(rng, 4, 3)))
marks = check.marks(dX=1, dW=1, db=1, all=1)
for at, name in enumerate(("dX", "dW", "db")):
    with getattr(marks, name):
        check.matches(f, reference.f, made, part=(name, at))
with marks.all:
    for at, name in enumerate(("dX", "dW", "db")):
        check.matches(f, reference.f, made, part=(name, at))
marks.total()
"""


def backward(g: Array, x: Array, w: Array) -> tuple[Array, ...]:
    return g @ w.T, x.T @ g, g.sum(axis=0)


def test_each_part_of_a_combined_error_gets_its_own_name() -> None:
    def both(g: Array, x: Array, w: Array) -> tuple[Array, ...]:
        return g @ w.T, g.T @ x, g.mean(axis=0)

    assert named(PARTS, both, backward) == {
        "dW": "operands exchanged",
        "db": "the bias averaged",
        "all": "operands exchanged",  # its finding is about dW, which fails first
    }


def test_the_mistake_that_explains_all_parts_comes_before_one_that_explains_this_part_alone() -> None:
    def averaged(g: Array, x: Array, w: Array) -> tuple[Array, ...]:
        return g @ w.T, x.T @ g / len(x), g.mean(axis=0)

    found = named(PARTS, averaged, backward)
    assert found == dict.fromkeys(("dW", "db", "all"), "weights and bias averaged")


ERRORS = """
@mistake("the axis forgotten", "Which axis?")
def f(x):
    return x - np.ones(len(x) + 1)
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""


@pytest.mark.parametrize(
    ("student", "mistake"),
    [
        (lambda x: x + np.ones(len(x) + 1), "the axis forgotten"),
        (lambda x: x.reshape(len(x) + 1), None),  # a ValueError too, in another place
        (lambda x: np.stack([x, x[1:]]), None),
    ],
)
def test_nothing_but_errors_has_to_be_the_same_error(student: Any, mistake: str | None) -> None:
    assert named(ERRORS, student, np.abs) == {"values": mistake}


REFUSED = """
@mistake("the wrong lengths compared", "Which two?")
def f(i, k, p):
    if k > i:
        raise ValueError
    return i + 2 * p - k + 1
marks = check.marks(values=1, errors=1)
with marks.values:
    check.matches(f, reference.f, [(5, 3, 0), (5, 3, 1), (8, 2, 2), (9, 4, 0)])
with marks.errors:
    check.matches(f, reference.f, [(3, 5, 1)])
    for given in [(3, 6, 1), (2, 7, 1), (2, 9, 3)]:
        check.raises(ValueError, f, *given)
marks.total()
"""


def size(i: int, k: int, p: int) -> int:
    if k > i + 2 * p:
        raise ValueError("too long")
    return i + 2 * p - k + 1


def test_a_missing_error_is_evidence_too() -> None:
    def bare(i: int, k: int, p: int) -> int:
        if k > i:
            raise ValueError("no")
        return i + 2 * p - k + 1

    assert named(REFUSED, bare, size) == {"errors": "the wrong lengths compared"}
    assert named(REFUSED, lambda i, k, p: i + 2 * p - k + 1, size) == {"errors": None}


def test_a_mistake_that_is_right_where_the_student_is_wrong_is_never_named() -> None:
    cell = """
@mistake("right after all", "No.")
def f(x):
    return x + 1e-9
marks = check.marks(values=1)
with marks.values:
    check.close(f(np.array([1.0])), [3.0])
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""
    assert named(cell, lambda x: x + 1e-9, lambda x: x) == {"values": None}


def test_a_large_call_is_asked_of_no_mistake_that_a_small_one_rules_out() -> None:
    cell = """
def noted(x):
    if isinstance(x, np.ndarray):
        sizes.append(x.size)
    return x
@mistake("doubled", "Twice?")
def f(x):
    return 2 * noted(x)
marks = check.marks(cost=1, values=1)
with marks.cost:
    check.cost(f, reference.f, [np.ones(20_000)])
with marks.values:
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""
    sizes: list[int] = []

    def table(x: Array) -> Array:
        if x.size > 1000:
            raise MemoryError("no room for a table")
        return np.asarray(x + 1)

    assert named(cell, table, lambda x: x + 1, sizes=sizes) == {"cost": None}
    assert 0 < max(sizes) < 1000


def test_a_changed_argument_is_not_explained_by_other_calls() -> None:
    cell = """
@mistake("doubled", "Twice?")
def f(x):
    return 2 * x
marks = check.marks(shapes=1)
with marks.shapes:
    check.leaves_arguments_alone(f, cases.vectors())
    check.matches(f, reference.f, cases.vectors())
marks.total()
"""

    def in_place(x: Array) -> Array:
        x *= 2
        return x

    assert named(cell, in_place, lambda x: x + 1) == {"shapes": None}


def test_inf_in_place_of_nan_is_the_same_breakdown_and_a_number_is_not() -> None:
    cell = """
@mistake("log(1 + e^x)", "At 1000?")
def f(x):
    with np.errstate(all="ignore"):
        return np.log(1 + np.exp(x)) * np.where(x > 800, np.nan, 1)
marks = check.marks(values=1)
with marks.values:
    check.matches(f, reference.f, cases.reals() + cases.extremes())
marks.total()
"""

    def naive(x: Array) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(np.log(1 + np.exp(x)))

    def capped(x: Array) -> Array:
        return np.asarray(np.log(1 + np.exp(np.minimum(x, 500.0))))

    def right(x: Array) -> Array:
        return np.asarray(np.logaddexp(0, x))

    assert named(cell, naive, right) == {"values": "log(1 + e^x)"}
    assert named(cell, capped, right) == {"values": None}


def test_a_function_that_hangs_on_new_inputs_is_asked_once() -> None:
    asked: list[int] = []

    def hangs(x: Array) -> Array:
        asked.append(len(asked))
        if len(asked) > 1:
            raise check.TookTooLong("f had not returned")
        return np.asarray(2 * x)

    assert named(ONE_CASE, hangs, lambda x: x + 1.0) == {"values": None}
    assert len(asked) <= 3


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 3), st.integers(-3, 3).filter(lambda k: k not in (0, 1)), st.integers(-2, 2))
def test_a_function_that_is_no_known_mistake_gets_no_name(power: int, factor: int, shift: int) -> None:
    def student(x: Array) -> Array:
        return np.asarray(factor * x**power + shift)

    expected = {(1, 2, 0): "doubled", (2, 1, 0): "squared"}.get((power, factor, shift))
    found = named(ONE_CASE, student, lambda x: x + 1.0)
    assert found.get("values") == expected
