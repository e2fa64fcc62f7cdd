"""matches, invariant, raises, gradient, leaves_arguments_alone, accepts_read_only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder import check
from autograder.check import cases

if TYPE_CHECKING:
    from collections.abc import Callable

Array = np.ndarray[Any, Any]


def refused(verb: Any, *args: Any, **options: Any) -> check.Finding:
    """Return why a check failed."""
    with pytest.raises(check.CheckFailed) as caught:
        verb(*args, **options)
    return caught.value.finding


class StandIn:
    """A callable with a name and nothing else, as the grading side has it."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.__name__ = name
        self._function = function

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def test_matches_accepts_another_right_version() -> None:
    check.matches(lambda x: x * (x > 0), relu, cases.reals() + cases.extremes() + cases.shapes())


def test_matches_names_the_input_of_an_elementwise_function() -> None:
    finding = refused(check.matches, lambda x: x, relu, cases.reals())
    assert finding.what == "at x = -1.5: expected 0, got -1.5"
    assert finding.advice == "Your function gives its argument back unchanged."
    assert finding.comparison is not None
    assert finding.comparison.columns == ("x", "expected", "got")
    assert finding.comparison.rows == (("-1.5", "0", "-1.5"), ("2", "2", "2"))


def test_matches_names_the_row_where_entries_meet() -> None:
    finding = refused(
        check.matches, lambda x: softmax(x.T).T, softmax, cases.of(np.array([[0.0, 0.0], [3.0, 3.0]]))
    )
    assert finding.case == "x = [[0, 0], [3, 3]], row 0"
    assert finding.verdict == "expected [0.5, 0.5], got [0.04743, 0.04743]"


def test_matches_says_all_arguments() -> None:
    finding = refused(check.matches, lambda x, c: x * c, lambda x, c: x / c, [(np.array([1.0, 2.0]), 2.0)])
    assert finding.what == "at x = 1, c = 2: expected 0.5, got 2"


def test_matches_works_on_stand_ins_with_a_name_only() -> None:
    finding = refused(check.matches, StandIn("relu", lambda x: -x), StandIn("relu", relu), cases.reals())
    assert finding.what == "at x = -1.5: expected 0, got 1.5"


def test_every_call_gets_fresh_arguments() -> None:
    def greedy(x: Array) -> Array:
        result = relu(x)
        x[...] = 99.0
        return result

    check.matches(greedy, relu, cases.reals())  # in-place changes are for leaves_arguments_alone to judge
    vectors = [np.array([1.0, -1.0])]
    check.matches(greedy, relu, vectors)
    assert vectors[0].tolist() == [1.0, -1.0]


def test_an_exception_says_the_call_and_the_line() -> None:
    def wrong(x: Array) -> Any:
        return x.maximum(0)  # type: ignore[attr-defined]

    finding = refused(check.matches, wrong, relu, cases.reals())
    assert finding.case == "x = [-1.5, 2]"
    assert finding.verdict.startswith(
        "raised AttributeError: 'numpy.ndarray' object has no attribute 'maximum' (line "
    )
    assert "of wrong: `return x.maximum(0)" in finding.verdict


def test_a_remote_exception_says_the_line_it_brings_along() -> None:
    def far(_: Array) -> Array:
        error = KeyError("'W1'")  # as it crosses the wall: in its own words
        error.remote_traceback = "line 4 of relu"  # type: ignore[attr-defined]
        raise error

    assert (
        refused(check.matches, far, relu, cases.reals()).verdict == "raised KeyError: 'W1' (line 4 of relu)"
    )


@pytest.mark.parametrize("fate", [NotImplementedError(), check.TookTooLong(), check.ProcessDied()])
def test_no_further_calls_after_a_hopeless_one(fate: Exception) -> None:
    calls = []

    def hopeless(x: Array) -> Array:
        calls.append(x)
        raise fate

    refused(check.matches, hopeless, relu, cases.reals())
    assert len(calls) == 1


def test_invariant() -> None:
    check.invariant(softmax, under=lambda x: x + 100.0)
    check.invariant(softmax, under=lambda x: x - 3.0, cases=cases.logits())
    finding = refused(check.invariant, relu, under=lambda x: x + 1.0, cases=[np.array([1.0, -3.0])])
    assert finding.what == (
        "at x = [2, -2] instead of x = [1, -3]: "
        "the result should stay the same, but it went from [1, 0] to [2, 0]"
    )


@pytest.mark.parametrize("nothing", [None, float("nan"), check.Opaque("Tensor")])
def test_invariant_is_not_fooled_by_what_is_no_answer(nothing: Any) -> None:
    refused(check.invariant, lambda x: nothing, under=lambda x: x + 1.0)  # noqa: ARG005


def test_raises() -> None:
    def halve(x: float) -> float:
        if x < 0:
            raise ValueError("x is below 0")
        return x / 2

    check.raises(ValueError, halve, -1.0)
    assert refused(check.raises, ValueError, halve, 3.0, because="3 is odd").what == (
        "at x = 3: expected ValueError, got back 1.5 (3 is odd)"
    )
    assert (
        refused(check.raises, KeyError, halve, -1.0).verdict
        == "expected KeyError, got ValueError: x is below 0"
    )


def test_raises_tells_an_error_that_is_returned() -> None:
    for came in (ValueError("x"), ValueError, check.Opaque("ValueError")):
        finding = refused(check.raises, ValueError, lambda x, came=came: came, 1.0)  # noqa: ARG005
        assert finding.what == "at x = 1: expected ValueError to be raised, but it is returned"
        assert finding.advice is not None

    def silent(x: float) -> float:
        assert x > 2
        return x

    finding = refused(check.raises, ValueError, silent, 1.0)
    assert finding.verdict.startswith("expected ValueError, got AssertionError")
    assert not finding.verdict.rstrip().endswith(":")


def test_words_alone_behind_raise_are_told_what_stands_there() -> None:
    def words(x: Any) -> Any:
        text: Any = f"{x} is too large"
        raise text

    finding = refused(check.raises, ValueError, words, 1.0)
    assert "got TypeError" in finding.verdict
    assert (
        finding.advice
        == "Behind `raise` stands an error, such as ValueError. The words go into its brackets."
    )


def test_raises_is_not_satisfied_by_the_stub() -> None:
    def stub() -> None:
        raise NotImplementedError

    assert refused(check.raises, ValueError, stub).verdict == "not written yet"
    assert refused(check.raises, RuntimeError, stub).verdict == "not written yet"


def test_gradient_against_finite_differences() -> None:
    def sigmoid(x: Array) -> Array:
        return np.asarray(1 / (1 + np.exp(-x)))

    check.gradient(lambda x: sigmoid(x) * (1 - sigmoid(x)), sigmoid, cases.reals())
    check.gradient(lambda x: (x > 0) * 1.0, relu, cases.reals(without=(0.0,)))
    check.gradient(lambda x: 2 * x, lambda x: x**2, cases.extremes())
    finding = refused(check.gradient, sigmoid, sigmoid, cases.reals())
    assert finding.what == "at x = -1.5: finite differences give 0.1491, got 0.1824"
    assert refused(check.gradient, lambda x: x.sum(), relu, cases.reals(without=(0.0,))).verdict.startswith(
        "expected an array of shape (2,)"
    )


def test_leaves_arguments_alone() -> None:
    def in_place(x: Array) -> Array:
        x[x < 0] = 0
        return x

    def nested(params: dict[str, Array]) -> dict[str, Array]:
        params["W"] -= 1.0
        return params

    check.leaves_arguments_alone(relu, cases.shapes())
    finding = refused(check.leaves_arguments_alone, in_place, cases.reals())
    assert finding.what == (
        "at x = [-1.5, 2]: the call changed its argument `x`: x went from [-1.5, 2] to [0, 2]"
    )
    finding = refused(check.leaves_arguments_alone, nested, [({"W": np.ones(2)},)])
    assert finding.what == (
        "at params with W = [1, 1]: the call changed its argument `params`: params['W'] went from [1, 1] to [0, 0]"
    )
    refused(check.leaves_arguments_alone, lambda x: None, cases.reals())  # noqa: ARG005


def test_a_dict_that_loses_a_key() -> None:
    finding = refused(check.leaves_arguments_alone, lambda layer: layer.pop("kind"), [({"kind": "pool"},)])
    assert finding.verdict == "the call changed its argument `layer`: layer['kind'] is gone"
    assert "pop, del, setdefault" in str(finding.advice)


def test_accepts_read_only() -> None:
    def writes(x: Array) -> Array:
        x += 0.0
        return x

    check.accepts_read_only(relu, cases.reals())
    finding = refused(check.accepts_read_only, writes, cases.reals())
    assert finding.case == "x = [-1.5, 2] (read-only)"
    assert finding.advice == "An argument must not be written to. Which line assigns into it?"


@pytest.mark.parametrize(
    ("f", "told"),
    [(lambda x: x.T, True), (lambda x: (x[0], 1.0), True), (lambda x: x, True), (lambda x: x.T + 0, False),
     (lambda x: x.copy(), False), (lambda x: (float(x[0, 0]),), False)],
)  # fmt: skip
def test_a_view_of_an_argument_is_told_and_costs_nothing(f: Any, *, told: bool) -> None:
    marks = check.marks(shapes=1)
    with marks.shapes:
        check.leaves_arguments_alone(f, cases.matrices())
    (aspect,) = marks._report().aspects
    assert aspect.earned == 1
    assert any("are the same numbers" in note for note in aspect.notes) is told
