"""The report's numbers, against hands and against NumPy's own."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.desk.report.statistics import bars, correlation, histogram, items, spread

NAN = math.nan
POINTS = st.floats(0, 50).map(lambda value: round(value, 2))


def test_three_students_and_two_exercises_by_hand() -> None:
    # Deviations (1, 0, -1) and (2/3, -1/3, -1/3): r = 1 / sqrt(2 * 2/3).
    first, second = items(np.array([[2.0, 1.0], [1.0, 0.0], [0.0, 0.0]]), [2.0, 1.0])
    assert (first.n, first.mean, first.share, first.deviation) == (3, 1.0, 0.5, 1.0)
    assert second.share == pytest.approx(1 / 3)
    assert first.rest is not None
    assert second.rest is not None
    assert first.rest.r == second.rest.r == pytest.approx(1 / math.sqrt(4 / 3))
    assert math.isnan(first.rest.low)


def test_the_rest_is_all_other_exercises_and_not_the_exercise_itself() -> None:
    table = np.array([[3.0, 0.0, 1.0], [0.0, 1.0, 2.0], [1.0, 1.0, 0.0], [2.0, 0.0, 2.0]])
    first, _, _ = items(table, [3.0, 1.0, 2.0])
    assert first.rest is not None
    # Rests: 1, 3, 1, 2. Points: 3, 0, 1, 2.
    assert first.rest.r == pytest.approx(np.corrcoef([3, 0, 1, 2], [1, 3, 1, 2])[0, 1])


def test_fishers_interval_by_hand() -> None:
    # n = 103 and r = 0.6: atanh 0.6 = ln 2 = 0.6931, half a width is 1.96 / 10.
    x = np.arange(103.0)
    noise = np.random.default_rng(1).normal(size=103)
    x, noise = (x - x.mean()) / x.std(), noise - noise.mean()
    noise -= x * (noise @ x) / (x @ x)
    found = correlation(x, 0.6 * x + 0.8 * noise / noise.std())
    assert found is not None
    assert found.r == pytest.approx(0.6)
    assert found.low == pytest.approx(math.tanh(math.log(2) - 0.196), abs=1e-4)
    assert found.high == pytest.approx(math.tanh(math.log(2) + 0.196), abs=1e-4)


@given(st.lists(st.tuples(POINTS, POINTS), min_size=2, max_size=40))
def test_a_correlation_is_numpys_where_both_sides_vary(pairs: list[tuple[float, float]]) -> None:
    x, y = map(list, zip(*pairs, strict=True))
    found = correlation(x, y)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert found is None
        return
    assert found is not None
    assert found.r == pytest.approx(float(np.corrcoef(x, y)[0, 1]), abs=1e-9)
    assert -1 <= found.r <= 1
    if not math.isnan(found.low):
        assert found.low <= found.r <= found.high
    swapped, turned = correlation(y, x), correlation([-value for value in x], y)
    assert swapped is not None
    assert turned is not None
    assert swapped.r == pytest.approx(found.r)
    assert turned.r == pytest.approx(-found.r)


@given(st.lists(POINTS, min_size=1, max_size=60))
def test_a_spread_is_numpys(scores: list[float]) -> None:
    found = spread(scores)
    assert found.n == len(scores)
    assert found.mean == pytest.approx(np.mean(scores))
    assert found.median == pytest.approx(np.median(scores))
    assert (found.lower, found.upper) == pytest.approx(tuple(np.quantile(scores, [0.25, 0.75])))
    assert (found.low, found.high) == (min(scores), max(scores))
    if len(scores) > 1:
        assert found.deviation == pytest.approx(np.std(scores, ddof=1))


def test_nobody_and_one() -> None:
    assert spread([]).n == 0
    assert spread([3.0]).deviation == 0
    (alone,) = items(np.array([[3.0]]), [4.0])
    assert (alone.n, alone.share, alone.rest) == (1, 0.75, None)
    (none,) = items(np.empty((0, 1)), [4.0])
    assert (none.n, none.share, none.rest) == (0, None, None)


def test_an_exercise_that_all_pass_or_all_miss_has_no_correlation() -> None:
    table = np.array([[1.0, 0.0, 2.0], [1.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    first, second, third = items(table, [1.0, 1.0, 2.0])
    assert (first.share, first.rest) == (1.0, None)
    assert (second.share, second.rest) == (0.0, None)
    assert third.rest is None  # nothing varies beside it


def test_what_waits_for_a_person_is_in_no_number_and_the_rest_is_a_share_of_what_is_marked() -> None:
    table = np.array([[2.0, 4.0, NAN], [0.0, 0.0, 4.0], [1.0, 2.0, NAN], [2.0, 4.0, 4.0]])
    first, _, essay = items(table, [2.0, 4.0, 4.0])
    assert (essay.n, essay.mean) == (2, 4.0)
    assert first.rest is not None
    # Shares of the rest: 4/4, 4/8, 2/4, 8/8.
    assert first.rest.r == pytest.approx(np.corrcoef([2, 0, 1, 2], [1, 0.5, 0.5, 1])[0, 1])


@given(st.lists(st.floats(0, 60), max_size=60))
def test_a_histogram_counts_everybody_once(scores: list[float]) -> None:
    counts = histogram(scores, 50.0)
    assert sum(counts) == len(scores)
    assert counts[-1] == sum(score / 50 >= 0.9 - 1e-10 for score in scores)


def test_a_score_on_an_edge_belongs_to_the_step_that_it_begins() -> None:
    # 0.1 * 3 / 1 is 0.30000000000000004, and 0.7 * 10 is 7.000000000000001 or 6.999999999999999.
    assert histogram([at / 10 for at in range(11)], 1.0) == [1, 1, 1, 1, 1, 1, 1, 1, 1, 2]
    assert histogram([1.0], 0.0) == [0] * 10


@given(st.lists(st.floats(-2000, 0), max_size=30), st.lists(st.floats(0.01, 2000), max_size=30))
def test_bars_count_everybody_once_and_meet_at_the_deadline(early: list[float], late: list[float]) -> None:
    found = bars(early, late)
    assert sum(bar.early for bar in found) == len(early)
    assert sum(bar.late for bar in found) == len(late)
    assert len(found) <= 26
    assert any(bar.start == 0 for bar in found)
    for before, after in pairwise(found):
        assert after.start == before.start + before.width


def test_bars_by_hand() -> None:
    found = bars([-5.5, -0.5, -0.2], [0.5])
    assert [(bar.start, bar.early, bar.late) for bar in found if bar.early or bar.late] == [
        (-6, 1, 0),
        (-1, 2, 0),
        (0, 0, 1),
    ]
