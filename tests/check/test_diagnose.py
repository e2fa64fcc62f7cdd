"""What wrong results look like: each habit is recognised, and right ones never are."""

from __future__ import annotations

import doctest
import importlib
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import check
from autograder.check import cases
from autograder.check._diagnose import Trial, recognised

Array = np.ndarray[Any, Any]
nan = float("nan")


def advice(wrong: Any, right: Any, made: Any) -> str:
    """Return what a student reads under the verdict."""
    with pytest.raises(check.CheckFailed) as caught:
        check.matches(wrong, right, made)
    return caught.value.finding.advice or ""


def double(x: Array) -> Array:
    return 2 * x


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def softplus(x: Array) -> Array:
    return np.logaddexp(0, x)


def spread(x: Array) -> Array:
    return np.asarray(x / np.abs(x).sum(axis=-1, keepdims=True))


HABITS = [
    (lambda x: None, double, cases.reals(), "Did you forget `return`?"),  # noqa: ARG005
    (np.max, double, cases.vectors(), "One number came back where several are due."),
    (lambda x: x.T * 2, double, cases.matrices(), "The numbers are right, but transposed."),
    (lambda x: double(x)[None], double, cases.vectors(), "(1, 2) and (2,) are different shapes"),
    (lambda x: double(x)[:, None] + x, double, cases.vectors(), "(2, 1) and (2,) are broadcast together"),
    (lambda x: x.sum(1), lambda x: x.sum(0), cases.matrices(), "comes from reducing over axis 1"),
    (lambda x: x, double, cases.vectors(), "gives its argument back unchanged"),
    (lambda x: -2 * x, double, cases.vectors(), "the opposite sign"),
    (lambda x: 4 * x, double, cases.vectors(), "off by one factor: it is 2 times what was expected"),
    (lambda x: -x, double, cases.vectors(), "it is -1/2 of what was expected"),
    (lambda x: 0.002 * x, double, cases.vectors(), "it is 1/1000 of what was expected"),
    (lambda x: 2 * x / x.size, double, cases.vectors(), "too small by one factor, the length of x. A mean"),
    (lambda x: 2 * x + 1, double, cases.vectors(), "off by the same amount: 1."),
    (lambda x: (x >= 0) * 2.0 - 1, np.sign, cases.reals(), "Right everywhere but at x = 0."),
    (lambda x: np.log(1 + np.exp(x)), softplus, cases.extremes(), "leaves the range of floats: inf"),
    (np.log, double, cases.reals(), "nan came out of ordinary numbers"),
    (lambda x: np.clip(x, -50, 50), lambda x: x + 0.0, cases.extremes(), "wrong for large |x|"),
    (lambda x: relu(x).astype(int), relu, cases.reals(), "holds whole numbers"),
    (lambda x: x > 0, relu, cases.reals(), "True or False came where numbers are due."),
    (lambda x: np.zeros(x.shape), double, cases.reals(), "Every entry is 0, whatever the input."),
    (lambda x: x / np.abs(x[0]).sum(), spread, cases.matrices(), "The first row is right"),
    (lambda x: double(x)[::-1], double, cases.vectors(), "right, but in reverse order"),
    (lambda x: double(np.sort(x)), double, cases.vectors(), "right, but not in their places"),
    (lambda x: double(x).sum(0), double, cases.matrices(), "This is the right result, added up over its axis 0"),
    (double, lambda x: double(x).sum(0), cases.matrices(), "A sum is missing: (2, 3) has one axis too many"),
    (double, lambda x: double(x).mean(1), cases.matrices(), "A mean is missing"),
    (double, lambda x: double(x).max(1), cases.matrices(), "A maximum is missing"),
    (double, lambda x: double(x).prod(1), cases.matrices(), "(2, 3) has one axis too many. Over which one"),
    (lambda x: x[0:-0], double, cases.vectors(), "Which slice ends before it begins, or"),
    (lambda x: relu(x)[x > 0], relu, cases.reals(), "Entries are missing: a condition or a slice"),
    (lambda x: x[x > np.inf], double, cases.vectors(), "which mask keeps no entry?"),
    (lambda x: np.where(np.sin(9 * x) > 0, 2 * x, 0.0), double, cases.vectors(), "some entries are 0 that should not be"),
    (double, lambda x: np.where(np.sin(9 * x) > 0, 2 * x, 0.0), cases.vectors(), "Right but for entries that should be 0"),
    (lambda x, s: x * 2, lambda x, s: x * 2 * s, cases.matrices().map(lambda x: (x, 1 + x.shape[0] % 2)),  # noqa: ARG005
     "Every entry is 1 / `s` of what was expected."),
    (lambda x, s: x * 2, lambda x, s: x * 2 + np.sin(x) * (s - 1), cases.vectors().map(lambda x: (x, 1 + len(x) % 2)),  # noqa: ARG005
     "Right where s = 1, wrong where s = 2."),
    (lambda x, r: x.sum(), lambda x, r: x.sum() if r == "sum" else x.max(),  # noqa: ARG005
     cases.vectors().map(lambda x: (x, "mean" if len(x) % 2 else "sum")),
     "Right where r = 'sum', wrong where r = 'mean'."),
    (lambda x: x - x.max(axis=0), lambda x: x - 0.0, cases.matrices(), "Every row is off by the same amounts. Which term"),
    (double, lambda x: double(x) + x.mean(axis=(0, 2, 3), keepdims=True),
     cases.draw(lambda rng, n: cases.normal(rng, n + 2, 3, 4, 5)), "adds one number to each channel?"),
    (lambda x: x / np.abs(x).sum(), spread, cases.matrices() , "Right for one row of x, wrong for several"),
    (lambda x: x * 1.0 if len(x) == 1 else double(x), double, cases.matrices() + cases.of(np.ones((1, 2))),
     "Right for several rows of x, wrong for one alone."),
    (lambda x, s: 2 * x, lambda x, s: 2 * x[::s], cases.vectors().map(lambda x: (x, 1 + len(x) % 2)),  # noqa: ARG005
     "Right where s = 1, wrong where s = 2."),
    (lambda x, p: 2 * x / len(p["b"]), lambda x, p: 2 * x,  # noqa: ARG005
     cases.vectors().map(lambda x: (x, {"b": np.ones(2 * len(x) + 1)})), "the length of p['b']."),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "right", "made", "said"), HABITS, ids=[habit[-1] for habit in HABITS])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_habit_is_recognised(wrong: Any, right: Any, made: Any, said: str) -> None:
    assert said in advice(wrong, right, made)


def test_a_square_transpose_is_recognised() -> None:
    with pytest.raises(check.CheckFailed, match="transposed"):
        check.close(np.array([[1.0, 2], [3, 4]]).T, [[1, 2], [3, 4]])


def test_a_mean_for_a_sum_names_the_axis() -> None:
    with pytest.raises(
        check.CheckFailed, match=r"In this case every entry is 1/3 of what was expected, and 3 is the length"
    ):
        check.close(np.array([1.0, 2.0, 5.0]) / 3, [1, 2, 5])


def test_a_factor_must_be_the_length_of_the_same_axis_every_time() -> None:
    def by_turns(x: Array) -> Array:
        return np.asarray(2 * x * x.shape[len(x) % 2])

    said = advice(by_turns, double, cases.matrices(sizes=((2, 3), (3, 4), (4, 7), (5, 2))))
    assert "factor" not in said


def test_a_factor_that_a_later_axis_of_the_result_has_by_chance() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array([[1.0, 3.0], [4.0, 5.0], [7.0, 8.0]]), np.array([[2.0, 6], [8, 10], [14, 16]]))
    assert "axis" not in str(caught.value.finding.advice)


@pytest.mark.parametrize(
    ("want", "told"),
    [([[27.0, 37.0], [57.0, 67.0]], False), ([1.0, 2.0, 3.0], False), ([27.0, 37.0, 58.0], True)],
)
def test_numbers_that_rise_evenly_say_nothing_alone(want: Any, *, told: bool) -> None:
    for slip in (np.asarray(want) - 14.0, np.asarray(want) / 10):
        with pytest.raises(check.CheckFailed) as caught:
            check.close(slip, np.array(want))
        assert ("every entry" in str(caught.value.finding.advice)) is told


def test_one_right_call_is_no_rule_about_rows() -> None:
    said = advice(
        lambda x: np.sin(x) if len(x) > 1 else double(x),
        double,
        cases.of(np.array([[1.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 5.0]])),
    )
    assert "one row" not in said


def test_one_right_call_with_other_arguments_of_its_own_is_no_rule_about_rows() -> None:
    """The one example has a net of its own, in which no unit is silent: that is why it comes out right."""
    said = advice(
        lambda x, w: x @ w,
        lambda x, w: np.maximum(x @ w, 0.0),
        cases.of(
            (np.array([[1.0, 2.0]]), np.array([[2.0, 1.0], [0.5, 3.0]])),
            (np.array([[1.0, -2.0], [2.0, 0.5]]), np.array([[1.0, 2.0], [3.0, 0.25]])),
            (np.array([[1.5, -1.0], [-2.0, 0.5]]), np.array([[1.0, 2.0], [3.0, 0.25]])),
        ),
    )
    assert "one row" not in said


@pytest.mark.parametrize("option", [lambda n: 1 + n, lambda n: 0.1 * (n % 2)])
def test_an_option_that_follows_the_size_or_is_no_count_is_not_blamed(option: Any) -> None:
    made = cases.draw(lambda rng, n: (cases.normal(rng, n + 2), option(n)), count=8)
    said = advice(lambda x, t: np.sin(x) if len(x) % 2 else 2 * x, lambda x, t: 2 * x, made)  # noqa: ARG005
    assert "Right where" not in said


def test_an_error_that_is_the_same_everywhere_is_of_no_axis() -> None:
    said = advice(lambda x: 0 * x, lambda x: 0 * x + len(x), cases.matrices(sizes=((2, 3), (4, 3))))
    assert "axis" not in said


@pytest.mark.parametrize(
    ("got", "want"),
    [
        ([0.8647, 0.8647], [1.0, 1.0]),  # sizes that do not differ have a ratio whatever went wrong
        ([2.0, -2.0], [1.0, -1.0]),
        ([1.7, 3.4], [1.0, 2.0]),  # no slip makes this factor
    ],
)
def test_a_ratio_by_chance_is_not_told(got: list[float], want: list[float]) -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array(got), want)
    assert caught.value.finding.advice is None


def test_truth_values_are_not_numbers_of_the_wrong_sign() -> None:
    for want in ([-1.0, -1.0], [-1.0, 1.0]):
        with pytest.raises(check.CheckFailed, match="True or False came where numbers are due"):
            check.close(np.array([True, True]), want)
    with pytest.raises(check.CheckFailed, match="True or False came"):
        check.between(np.array([True, False]), 0, 0.5)
    with pytest.raises(check.CheckFailed) as caught:
        check.equal(np.array([True, True]), [True, False])
    assert caught.value.finding.advice is None


@pytest.mark.parametrize("got", [np.nan, np.inf, -np.inf])
def test_between_advises_on_lost_numbers_as_close_does(got: float) -> None:
    said = []
    for verb, bounds in ((check.close, (0.5,)), (check.between, (0, 1))):
        with pytest.raises(check.CheckFailed) as caught:
            verb(np.array([got]), *(np.array([bound]) for bound in bounds))
        said.append(caught.value.finding.advice)
    assert said[0] is not None
    assert "which step grows too large" in said[0]
    assert said[0] == said[1]


@pytest.mark.parametrize("got", [[2.0, 0.5], [2.0, 2.0]])
def test_one_number_among_those_that_came_is_no_missing_maximum(got: list[float]) -> None:
    """The largest of two entries, or the mean of two that are equal, is the right entry by chance alone."""
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array(got), 2.0)
    assert caught.value.finding.advice == (
        "The right number is among those that came. Which one of them is asked for?"
    )


def test_a_changed_argument_is_told_where_nothing_else_fits() -> None:
    def cumulative(x: Array) -> Array:
        x += np.arange(len(x)) ** 2
        return np.asarray(x * np.sin(x))

    assert "also changed its argument in place" in advice(
        cumulative, lambda x: x * np.sin(x), cases.vectors()
    )


anything = st.one_of(
    st.none(),
    st.floats(),
    st.text(max_size=3),
    hnp.arrays(
        st.sampled_from([np.float64, np.int64, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=3),
    ),
    st.tuples(st.floats(), st.floats()),
    st.just(check.Opaque("Tensor")),
)


@given(st.lists(st.builds(Trial, st.tuples(anything), anything, anything), max_size=4))
@example([Trial((), np.array([2.0, np.inf]), np.array([1.0, np.inf]))])
@example([Trial((), np.array([1e-320, 1.0]), np.array([1.0, 2.0]))])
def test_no_values_upset_a_diagnosis(trials: list[Trial]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one would land on the student's card
        said = recognised(trials)
    assert said is None or said


@given(anything, anything)
def test_any_two_values_can_be_compared(got: Any, want: Any) -> None:
    try:
        check.close(got, want)
    except check.CheckFailed as failed:
        assert failed.finding.verdict  # noqa: PT017


@given(hnp.arrays(np.float64, hnp.array_shapes(max_dims=3, max_side=3)))
def test_right_results_have_no_habit(x: Array) -> None:
    assert recognised([Trial((x,), x.copy(), x)]) is None


@pytest.mark.parametrize("module", ["cases", "_compare", "_functions", "_matches", "_marks"])
def test_examples_in_docstrings_hold(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"autograder.check.{module}"))
    assert found.attempted > 0
    assert found.failed == 0


def test_a_value_alone_does_not_say_what_went_in() -> None:
    with pytest.raises(check.CheckFailed) as caught:
        check.close(np.array([np.inf]), [1000.0])
    advice = caught.value.finding.advice
    assert advice is not None
    assert advice.startswith("inf: which step grows too large")


def test_a_call_of_a_million_numbers_is_left_out() -> None:
    small, large = np.arange(1.0, 7.0), np.arange(1.0, 1e6)
    doubled = [Trial((small,), 2 * small, small), Trial((small[::-1],), 2 * small[::-1], small[::-1])]
    said = recognised(doubled)
    assert said is not None
    assert recognised([*doubled, Trial((large,), -large, large)]) == said
    assert recognised([Trial((large,), 2 * large, large)]) is None
