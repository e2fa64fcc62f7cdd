"""matches(part=...): one result of several, whatever became of the others."""

# ruff: noqa: N803, N806 - the names of the lesson

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import cases, grading
from check.test_functions import refused

Array = np.ndarray[Any, Any]

NETS = cases.draw(
    lambda rng, n: (
        cases.normal(rng, n + 1, n + 2),
        cases.normal(rng, n + 1, n + 4),
        cases.normal(rng, n + 4, n + 2),
    )
)


def linear_backward(dY: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    return dY @ W.T, X.T @ dY, dY.sum(axis=0)


def averaged(dY: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
    return dY @ W.T, X.T @ dY / len(X), dY.mean(axis=0)


def test_a_part_is_judged_alone() -> None:
    check.matches(averaged, linear_backward, NETS, part=("dX", 0))
    finding = refused(check.matches, averaged, linear_backward, NETS, part=("dW", 1))
    assert finding.verdict.startswith("dW, row 0: expected [")
    assert finding.advice == (
        "Every entry is too small by one factor, the number of rows of dY. A mean where a sum is asked?"
    )


@pytest.mark.parametrize(
    ("result", "verdict", "advice"),
    [
        (
            None,
            "expected 3 results, got None",
            "Did you forget `return`? print() shows a value, and gives nothing back.",
        ),
        (np.ones((2, 3)), "expected 3 results, got an array of shape (2, 3)", "with commas"),
        ((1.0, 2.0), "expected 3 results, got 2", "docstring"),
        ({"dX": 1.0}, "expected 3 results, got a dict", "with commas"),
    ],
)
def test_what_does_not_hold_three_results(result: Any, verdict: str, advice: str) -> None:
    finding = refused(check.matches, lambda *_: result, linear_backward, NETS, part=("dX", 0))
    assert finding.verdict == verdict
    assert advice in str(finding.advice)
    assert str(finding.case).startswith("dY = [[")


def test_a_list_holds_results_as_well_as_a_tuple() -> None:
    check.matches(lambda *args: list(linear_backward(*args)), linear_backward, NETS, part=2)


def test_keys_of_a_dict() -> None:
    def gradients(x: Array) -> dict[str, Array]:
        return {"W1": x, "b1": 2 * x}

    xs = cases.vectors()
    check.matches(lambda x: {"b1": 2 * x}, gradients, xs, part="b1")
    missing = refused(check.matches, lambda x: {"b1": 2 * x, "w1": x}, gradients, xs, part="W1")
    assert missing.verdict == "the key 'W1' is missing; the dict has the keys 'b1', 'w1'"
    assert missing.advice == "Keys are compared letter by letter."
    forgotten = refused(check.matches, lambda x: {"b1": 2 * x}, gradients, xs, part="W1")
    assert forgotten.advice == "The docstring names all the keys."
    none = refused(check.matches, lambda x: x, gradients, xs, part="W1")
    assert none.verdict == "expected a dict with the keys 'W1', 'b1', got an array of shape (2,)"
    wrong = refused(check.matches, lambda x: {"W1": None}, gradients, xs, part="W1")  # noqa: ARG005
    assert wrong.verdict == "W1: expected a value, got None"
    assert wrong.advice is None


def test_a_part_inside_a_part() -> None:
    def both(x: Array) -> tuple[float, dict[str, Array]]:
        return 1.0, {"W1": x}

    check.matches(lambda x: (0.0, {"W1": x}), both, cases.vectors(), part=("dW1", 1, "W1"))
    finding = refused(check.matches, lambda x: (1.0, x), both, cases.vectors(), part=("dW1", 1, "W1"))
    assert finding.verdict == "expected a dict with the key 'W1', got an array of shape (2,)"


def test_results_in_another_order() -> None:
    def swapped(dY: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
        dX, dW, db = linear_backward(dY, X, W)
        return dW, dX, db

    finding = refused(check.matches, swapped, linear_backward, NETS, part=("dX", 0))
    assert finding.advice == (
        "This is what result 2 should be. Are the results in the order that the docstring names?"
    )


def test_results_exchanged_in_the_one_case_of_a_notebook() -> None:
    """The bias's gradient is here the sum of the weights' too, as the entries of ``h`` sum to 1: chance is not told."""

    def layer(d: Array, h: Array) -> tuple[Array, Array]:
        return np.outer(d, h), d

    marks = check.marks("layer", dW=1, db=1)
    for aspect, part in ((marks.dW, ("dW", 0)), (marks.db, ("db", 1))):
        with aspect:
            one = [(np.array([0.2, 0.2, -0.6, 0.2]), np.array([0.5, 0.5]))]
            check.matches(lambda d, h: layer(d, h)[::-1], layer, one, part=part)
    said = [aspect.finding.advice for aspect in marks._report().aspects if aspect.finding]
    order = "Are the results in the order that the docstring names?"
    assert said == [f"This is what result {other} should be. {order}" for other in (2, 1)]


def test_under_another_key() -> None:
    def forward(x: Array) -> dict[str, Array]:
        return {"h_a": x, "h_s": np.sin(x)}

    finding = refused(check.matches, lambda x: {"h_a": x, "h_s": x}, forward, cases.vectors(), part="h_s")
    assert finding.advice == "This is what `h_a` should be. What makes the one out of the other?"


def test_one_wrong_container_is_told_once() -> None:
    marks = check.marks("linear_backward", dX=1, dW=1)
    for name, at in (("dX", 0), ("dW", 1)):
        with getattr(marks, name):
            check.matches(lambda *_: 1.0, linear_backward, NETS, part=(name, at))
    assert str(marks._report()).count("expected 3 results, got the number 1") == 1
    marks = check.marks("linear_backward", dX=1, dW=1)
    for name, at in (("dX", 0), ("dW", 1)):
        with getattr(marks, name):
            check.matches(lambda *_: (1.0, 2.0), linear_backward, NETS, part=(name, at))
    assert str(marks._report()).count("expected 3 results, got 2") == 1


def test_aspects_that_share_cases_call_once_and_go_through_them_in_order() -> None:
    called: list[float] = []

    def both(x: float) -> tuple[float, float]:
        called.append(x)
        if x == 2.0:
            raise KeyError("two")
        return x, -x if x < 4.0 else x

    marks = check.marks("both", one=1, two=1)
    with marks.one:
        check.matches(both, lambda x: (x, -x), [1.0, 3.0, 3.0], part=0)
    with marks.two:
        check.matches(both, lambda x: (x, -x), [1.0, 4.0, 3.0, 2.0, 4.0, 5.0], part=1)
    assert called == [1.0, 3.0, 4.0, 2.0, 5.0]
    one, two = marks._report().aspects
    assert one.status == "passed"
    assert two.finding is not None
    assert (two.finding.case, two.finding.verdict) == ("x = 4", "result 2: expected -4, got 4")
    assert [item.args[0] for item in marks.two.evidence] == [1.0, 4.0, 3.0, 2.0, 4.0, 5.0]


CELL = """
marks = check.marks("linear_backward", dX=1, dW=1, db=1, shapes=1)
with marks.dX:
    check.matches(linear_backward, reference.linear_backward, NETS, part=("dX", 0))
with marks.dW:
    check.matches(linear_backward, reference.linear_backward, NETS, part=("dW", 1))
with marks.db:
    check.matches(linear_backward, reference.linear_backward, NETS, part=("db", 2))
with marks.shapes:
    pass

@mistake("weights averaged", "Sum or mean?")
def linear_backward(dY, X, W):
    return dY @ W.T, X.T @ dY / len(X), dY.sum(axis=0)

@mistake("bias averaged", "Sum or mean, for the bias?")
def linear_backward(dY, X, W):
    return dY @ W.T, X.T @ dY, dY.mean(axis=0)

marks.total()
"""


def grade(student: Any) -> dict[str, check.AspectResult]:
    space = {
        "check": check, "NETS": NETS, "mistake": check.mistake, "reference": check.reference,
        "linear_backward": student,
    }  # fmt: skip
    with grading.session({"linear_backward": linear_backward}) as session:
        exec(CELL, space)  # noqa: S102
    return {aspect.name: aspect for aspect in session.reports[0].aspects}


def test_each_part_has_its_own_mistake() -> None:
    averaged.__name__ = "linear_backward"
    found = grade(averaged)
    assert [aspect.earned for aspect in found.values()] == [1, 0, 0, 1]
    assert [a.finding and a.finding.mistake for a in found.values()] == [
        None, "weights averaged", "bias averaged", None,
    ]  # fmt: skip


def test_an_axis_too_many_in_a_part_costs_the_shapes_alone() -> None:
    def kept(dY: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
        return dY @ W.T, X.T @ dY, dY.sum(axis=0, keepdims=True)

    found = grade(kept)
    assert [aspect.earned for aspect in found.values()] == [1, 1, 1, 0]
    assert "db: expected shape (2,), got (1, 2)" in str(found["shapes"].finding)


def test_one_call_serves_all_parts_of_a_cell() -> None:
    calls = []

    def counted(dY: Array, X: Array, W: Array) -> tuple[Array, Array, Array]:
        calls.append(dY.shape)
        return linear_backward(dY, X, W)

    assert all(aspect.earned for aspect in grade(counted).values())
    assert len(calls) == len(list(NETS))


def test_one_hanging_call_serves_all_parts_of_a_cell() -> None:
    calls = []

    def hangs(dY: Array, X: Array, W: Array) -> Any:  # noqa: ARG001
        calls.append(dY.shape)
        raise check.TookTooLong("not back after 5 s")

    found = grade(hangs)
    assert len(calls) == 1
    assert "took too long" in str(found["db"].finding)


@pytest.mark.parametrize("part", [(), ("dW",), (1, 2)])
def test_an_author_who_names_no_part_is_told(part: Any) -> None:
    with pytest.raises(ValueError, match="give a name and where it is"):
        check.matches(averaged, linear_backward, NETS, part=part)


def test_drawn_cases_are_the_same_every_time() -> None:
    again = cases.draw(lambda rng, n: (cases.distinct(rng, n + 2, 3), cases.labels(rng, n + 2, 3)))
    for (x, y), (x2, y2) in zip(again, again, strict=True):
        assert np.array_equal(x, x2)
        assert np.array_equal(y, y2)
        assert len(np.unique(x)) == x.size
        assert y[0] != y[1]
    assert all(np.array_equal(X, np.round(X, 2)) and X.all() for X, _, _ in NETS)
