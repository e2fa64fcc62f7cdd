"""close, equal, shape, between, finite: what each accepts and what it says when it refuses."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import check
from autograder.check._difference import agree, difference
from autograder.check._habits import FORGOT_RETURN


def refused(verb: Any, *args: Any, **options: Any) -> check.Finding:
    """Return why a check failed."""
    with pytest.raises(check.CheckFailed) as caught:
        verb(*args, **options)
    return caught.value.finding


nan, inf = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1.0, 1),
        (np.float32(0.5), 0.5),
        (np.array(2.0), 2.0),
        (np.array([0.0, 2.0]), [0, 2]),
        (np.array([0, 2]), [0.0, 2.0]),
        (np.array([False, True]), [0.0, 1.0]),
        (np.array([nan, inf, -inf]), [nan, inf, -inf]),
        (1 + 1e-6, 1.0),
        (0.9e-8, 0.0),
        ({"W": np.ones((2, 1)), "b": 0.5}, {"W": [[1], [1]], "b": 0.5}),
        ((np.ones(2), np.ones((2, 3))), (np.ones(2), np.ones((2, 3)))),
        ([0.5, np.ones(3)], (0.5, np.ones(3))),
        (None, None),
        (10**30, 1e30),
    ],
)
def test_close_accepts(got: Any, want: Any) -> None:
    check.close(got, want)


@pytest.mark.parametrize(
    ("got", "want", "what"),
    [
        (0.10001, 0.1, "expected 0.1, got 0.10001"),
        (np.array([-1.0, 2.0]), [0, 2], "expected [0, 2], got [-1, 2]"),
        (np.array([1.0, nan]), [1, 2], "expected [1, 2], got [1, nan]"),
        (inf, -inf, "expected -inf, got inf"),
        (2e-8, 0.0, "expected 0, got 2e-8"),
        (1 + 3e-6, 1.0, "expected 1, got 1.000003"),
        (np.ones((3, 1)), np.ones(3), "expected shape (3,), got (3, 1)"),
        (
            np.ones((2, 4)),
            np.ones((2, 3)),
            "expected shape (2, 3), got (2, 4) (axis 1 has 4 instead of 3)",
        ),
        (np.zeros((2, 0)), np.ones((2, 3)), "expected shape (2, 3), got an empty array of shape (2, 0)"),
        (3.0, [1, 2], "expected [1, 2], got the number 3"),
        (3.0, [1.0, 2.0], "expected an array of shape (2,), got a single number"),
        (np.ones(1), 1.0, "expected a single number, got an array of shape (1,)"),
        (None, 1.0, "expected a value, got None"),
        ("one", 1.0, "expected a number, got the text 'one'"),
        (np.array(["a"]), [1.0], "expected an array of shape (1,), got an array of <U1, shape (1,)"),
        (
            check.Opaque("pandas.core.frame.DataFrame"),
            [1.0],
            "expected an array of shape (1,), got a pandas DataFrame, which cannot be compared",
        ),
        (max, 1.0, "expected a number, got a function (did you forget to call it?)"),
        ([np.ones(2), [1.0]], [1.0, 2.0], "expected an array of shape (2,), got a list"),
        (
            np.array([[1.0, 2], [3, 4], [5, 6]]),
            [[1, 2], [3, 5], [5, 6]],
            "at row 1: expected [3, 5], got [3, 4]",
        ),
        (np.arange(9.0) + (np.arange(9) == 7), np.arange(9.0), "at entry 7: expected 7, got 8"),
        ({"W": 1.0}, {"W": 1.0, "b": 2.0}, "the key 'b' is missing; the dict has the key 'W'"),
        ({"W": 1.0, "c": 2.0}, {"W": 1.0}, "the key 'c' was not asked for"),
        ({"W": 1.5}, {"W": 1.0}, "at key 'W': expected 1, got 1.5"),
        ((1.0, 2.0), (1.0, 3.0), "at result 2 of 2: expected 3, got 2"),
        ((1.0,), (1.0, 3.0), "expected 2 results, got 1"),
        (7, (1.0, 3.0), "expected an array of shape (2,), got a single number"),
    ],
)
def test_close_refuses(got: Any, want: Any, what: str) -> None:
    assert refused(check.close, got, want).what == what


def test_close_says_why_the_expected_value_is_right() -> None:
    finding = refused(check.close, -1.0, 0.0, because="negative inputs give 0")
    assert finding.what == "expected 0, got -1 (negative inputs give 0)"


def test_close_puts_both_sides_side_by_side() -> None:
    table = refused(check.close, np.array([1.0, 2.5]), [1, 2]).comparison
    assert table is not None
    assert table.columns == ("entry", "expected", "got")
    assert table.rows == (("0", "1", "1"), ("1", "2", "2.5"))
    assert table.differs == (False, True)


def test_a_big_array_is_abbreviated_around_the_first_difference() -> None:
    want = np.zeros((500, 40))
    got = want.copy()
    got[321, 20] = 1
    finding = refused(check.close, got, want)
    assert finding.case == "row 321"
    assert finding.verdict == "expected [0, 0, 0, ..., 0, 0, 0, ..., 0], got [0, 0, 0, ..., 0, 1, 0, ..., 0]"
    assert finding.comparison is not None
    assert [row[0] for row in finding.comparison.rows] == ["0", "1", "2", "320", "321", "322", "499"]
    assert finding.comparison.omitted == 493


finite = st.floats(-1e6, 1e6)
arrays = hnp.arrays(
    np.float64, hnp.array_shapes(max_dims=3, max_side=4), elements=st.floats(allow_subnormal=False)
)


@given(arrays)
def test_every_array_is_close_to_itself(x: np.ndarray[Any, Any]) -> None:
    check.close(x.copy(), x)
    check.equal(x.copy(), x)


@given(finite, st.floats(-0.99, 0.99))
def test_inside_the_tolerance_passes(want: float, share: float) -> None:
    check.close(want + share * (1e-8 + 1e-6 * abs(want)), want)


@given(finite, st.floats(1.01, 1e6), st.sampled_from([-1, 1]))
def test_outside_the_tolerance_fails_and_the_numbers_look_different(
    want: float, share: float, side: int
) -> None:
    finding = refused(check.close, want + side * share * (1e-8 + 1e-6 * abs(want)), want)
    expected, got = finding.verdict.removeprefix("expected ").split(", got ")
    assert expected != got


@given(arrays, arrays)
def test_different_shapes_are_never_close(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> None:
    if x.shape == y.shape:
        y = y[None]
    assert "shape" in refused(check.close, x, y).verdict
    refused(check.shape, x, y.shape)


@given(arrays)
def test_a_shape_is_its_own(x: np.ndarray[Any, Any]) -> None:
    check.shape(x, x.shape)


@given(arrays, st.integers(0, 63))
def test_one_nan_more_or_less_is_seen(x: np.ndarray[Any, Any], place: int) -> None:
    other = x.copy()
    flat = other.reshape(-1)
    flat[place % x.size] = 0.0 if np.isnan(flat[place % x.size]) else nan
    refused(check.close, other, x)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (5, 5),
        (5.0, 5),
        (np.int64(5), 5),
        ("relu", "relu"),
        (True, np.True_),
        ([59, 61], [59, 61]),
        ([], []),
        ((6, 28, 28), (6, 28, 28)),
        (np.array([-1, 0, 1]), [-1, 0, 1]),
        ({"a": {1, 2}}, {"a": {2, 1}}),
    ],
)
def test_equal_accepts(got: Any, want: Any) -> None:
    check.equal(got, want)


@pytest.mark.parametrize(
    ("got", "want", "what"),
    [
        (5, 6, "expected 6, got 5"),
        (5.0000001, 5, "expected 5, got 5.0000001"),
        (1, True, "expected True, got 1"),
        (True, 1, "expected 1, got True"),
        ("5", 5, "expected a number, got the text '5'"),
        ([59], [59, 61], "expected [59, 61], got [59]"),
        ([6, 28], (6, 28), "expected the tuple (6, 28), got the list [6, 28]"),
        ([6, 27], [6, 28], "expected [6, 28], got [6, 27]"),
        (10**30, 10**30 + 1, f"expected {10**30 + 1}, got {10**30}"),
        ("a", "b", "expected 'b', got 'a'"),
    ],
)
def test_equal_refuses(got: Any, want: Any, what: str) -> None:
    assert refused(check.equal, got, want).what == what


def test_between_takes_its_ends_in() -> None:
    check.between(np.array([0.0, 0.5, 1.0]), 0, 1)
    check.between(0.5, 0, 1)
    assert (
        refused(check.between, np.array([0.5, 1.5]), 0, 1).what
        == "at entry 1: expected a value in [0, 1], got 1.5"
    )
    assert refused(check.between, nan, 0, 1).what == "expected a value in [0, 1], got nan"
    assert refused(check.between, None, 0, 1).advice == FORGOT_RETURN


def test_a_number_in_quotes() -> None:
    for verb, bounds in ((check.close, (3,)), (check.equal, (3,)), (check.between, (1, 5))):
        assert refused(verb, "3", *bounds).advice == "In quotes it is a text. Without them it is a number."
        assert refused(verb, "three", *bounds).advice is None


def test_between_takes_no_empty_array_for_values_that_lie_between() -> None:
    finding = refused(check.between, np.diff([0.0]), 0.0, 1.0)
    assert finding.verdict == "expected values, got an empty array of shape (0,)"
    check.between(np.zeros(0), np.zeros(0), np.ones(0))


def test_between_compares_shapes_when_its_bounds_have_one() -> None:
    check.between(np.ones(2), [0, 1], [1, 1])
    assert refused(check.between, 1.0, [0, 1], [1, 1]).verdict.startswith("expected an array of shape (2,)")


def test_finite_refuses_nan_and_infinity() -> None:
    check.finite(np.ones((2, 3)))
    assert (
        refused(check.finite, np.array([[1.0, inf]])).what
        == "at entry [0, 1]: expected finite numbers, got inf"
    )
    assert refused(check.finite, nan).what == "expected finite numbers, got nan"


ODD: list[Any] = [
    0, 1, 2**63 - 1, 2**63, 2**63 + 1, 10**30, 10**30 + 1, True, 0.0, -0.0, 1.0, 1.0 + 1e-7, 1.0 + 1e-5, 1e308, -1e308,
    float("nan"), float("inf"), 28, 28.0, None, "1", 1 + 0j, np.float64(1), np.int64(1), (), [], (1,), [1], (1, 2),
    [1, 2], (1, 3), (1, 2, 3), [True, 2], (1, 2.0), (2**63, 1), (2**63 + 1, 1), [(1, 2)], [[1, 2]], list(range(30)),
    [*range(29), 5], np.array([1, 2]), np.zeros(0), {1: 2}, {1: 3},
]  # fmt: skip


def test_what_agrees_at_first_sight_agrees_at_a_closer_look() -> None:
    for got, want in itertools.product(ODD, repeat=2):
        assert agree(got, want) == (difference(got, want, said=False) is None), (got, want)
