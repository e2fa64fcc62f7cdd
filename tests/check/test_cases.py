"""Cases: the same every time, small ones first, all sizes different, nothing that was ruled out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.check import _drawn, cases, grading

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY: list[Callable[[], cases.Cases]] = [
    cases.reals, cases.extremes, cases.vectors, cases.matrices, cases.shapes, cases.logits,
]  # fmt: skip


@pytest.mark.parametrize("generator", EVERY)
def test_the_same_every_time_and_fresh(generator: Callable[[], cases.Cases]) -> None:
    made = generator()
    for (one,), (two,) in zip(made, made, strict=True):
        assert one.dtype == np.float64
        assert np.array_equal(one, two)
        one[...] = 0  # spoils nobody else's
    for (one,), (two,) in zip(made, generator(), strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("generator", [cases.reals, cases.extremes, cases.vectors])
def test_vectors_grow_and_no_two_are_as_long(generator: Callable[[], cases.Cases]) -> None:
    lengths = [len(x) for (x,) in generator()]
    assert lengths == sorted(set(lengths))


@given(st.floats(-50, 49), st.floats(0.5, 50), st.lists(st.sampled_from([0.0, 1.0, -1.5, 2.0]), max_size=3))
def test_nothing_outside_and_nothing_ruled_out(low: float, width: float, without: list[float]) -> None:
    high = low + width
    made = [g(low=low, high=high, without=without) for g in (cases.reals, cases.vectors, cases.shapes)]
    for (x,) in [case for generator in made for case in generator]:
        assert ((x >= low) & (x <= high)).all()
        assert not np.isin(x, without).any()


def test_shapes_have_every_number_of_leading_axes_and_layouts() -> None:
    arrays = [x for (x,) in cases.shapes()]
    assert {x.ndim for x in arrays} == {1, 2, 3, 4}
    assert any(len(x) == 1 and x.ndim == 2 for x in arrays)  # a batch of one
    assert any(not x.flags.c_contiguous for x in arrays)
    assert all((x != 0).all() for x in arrays)


def test_general_position_has_no_ties() -> None:
    for (x,) in cases.vectors() + cases.matrices():
        assert len(np.unique(x)) == x.size


def test_extremes_reach_a_thousand_on_both_sides() -> None:
    largest = [x for (x,) in cases.extremes()][-1]
    assert largest.min() == -1000
    assert largest.max() == 1000


def test_logits_rows_have_the_scales_asked_for() -> None:
    for (x,) in cases.logits(rows=[-1000, 0, 1000]):
        assert (x[0] < -900).all()
        assert (np.abs(x[1]) < 5).all()


def test_joined_and_mapped() -> None:
    both = cases.of(1.0, (2.0, 3.0)) + cases.of(4.0)
    assert list(both) == [(1.0,), (2.0, 3.0), (4.0,)]
    assert list(cases.of(1.0).map(lambda x: (x, 2 * x))) == [(1.0, 2.0)]


def shaped(rows: int, called: list[int]) -> cases.Cases:
    def make(rng: np.random.Generator, n: int) -> cases.Array:
        return cases.normal(rng, n + rows, 2)

    def counted(rng: np.random.Generator, n: int) -> cases.Array:
        called.append(n)
        return cases.normal(rng, n + rows, 2)

    def chance(rng: np.random.Generator, n: int) -> cases.Array:  # noqa: ARG001
        return np.asarray(np.random.rand(n + rows))  # noqa: NPY002

    return cases.draw(make, 2) + cases.draw(counted, 2) + cases.draw(chance, 2)


def test_what_the_lesson_alone_decides_is_drawn_once_for_all_submissions() -> None:
    before, called = len(_drawn._kept.cases), list[int]()
    lots: list[list[list[float]]] = []
    for rows in (1, 1, 2):
        with grading.session({}):
            np.random.seed(len(lots))  # noqa: NPY002
            lots.append([x.tolist() for (x,) in shaped(rows, called)])
            for (x,) in shaped(rows, called):
                x[:] = 7.0
    assert called == [0, 1] * 6  # what can keep something is asked each time
    assert lots[0][:4] == lots[1][:4]
    assert lots[0][4:] != lots[1][4:]  # chance of its own is not kept
    assert [len(x) for x in lots[2]] == [2, 3, 2, 3, 2, 3]
    assert len(_drawn._kept.cases) == before + 4
    list(shaped(3, called))  # outside of grading nothing is kept
    assert len(_drawn._kept.cases) == before + 4


def test_what_a_drawing_function_encloses_is_looked_at_when_it_draws() -> None:
    with grading.session({}):
        lots = []
        for rows in (1, 2):
            lots.append(cases.draw(lambda rng, n: cases.normal(rng, n + rows), 1))  # noqa: B023, PERF401
        assert [[len(x) for (x,) in lot] for lot in lots] == [[2], [2]]
        with cases.reseeded(1):
            other = [x.tolist() for (x,) in lots[0]]
        assert other != [x.tolist() for (x,) in lots[0]]
