"""What references gave is kept while the lesson itself is run, and at no other time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.check._calls import quietly
from autograder.check._copies import fresh, print_of
from autograder.check.grading import learning, session

if TYPE_CHECKING:
    from collections.abc import Callable


def counted(give: Callable[..., Any]) -> tuple[Callable[..., Any], list[int]]:
    calls: list[int] = []

    def function(*args: Any) -> Any:
        calls.append(1)
        return give(*args)

    return function, calls


def test_an_answer_is_kept_and_comes_back_as_a_copy() -> None:
    double, calls = counted(lambda x: 2 * x)
    with learning([double]):
        quietly(double, (np.arange(3.0),))
    before = len(calls)
    first = quietly(double, (np.arange(3.0),))
    first[:] = 7.0
    assert quietly(double, (np.arange(3.0),)).tolist() == [0.0, 2.0, 4.0]
    assert len(calls) == before
    assert quietly(double, (np.arange(4.0),)).tolist() == [0.0, 2.0, 4.0, 6.0]
    assert len(calls) == before + 1


def test_nothing_is_kept_at_any_other_time_nor_of_other_functions() -> None:
    double, calls = counted(lambda x: 2 * x)
    other, others = counted(lambda x: 3 * x)
    with learning([double]):
        quietly(other, (1.0,))
    for _ in range(3):
        quietly(double, (1.0,))
        quietly(other, (1.0,))
    assert (len(calls), len(others)) == (3, 4)


def test_zeros_of_both_signs_and_layouts_are_told_apart() -> None:
    turned, _ = counted(lambda x: 1 / x)
    with learning([turned]):
        quietly(turned, (np.array([0.0]),))
    assert quietly(turned, (np.array([-0.0]),)).tolist() == [-np.inf]


def test_values_of_other_types_bits_and_layouts_have_other_prints() -> None:
    wide = np.arange(6.0).reshape(2, 3)
    cut = wide[:, :2]
    values = [
        1, 1.0, True, 1 + 0j, np.float64(1.0), np.int64(1), np.bool_(True), "1", None, 0.0, -0.0, np.nan, (), [], {},
        (1,), [1], {1: 1}, (1, 1), {1: 1.0}, {1.0: 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, ((1,), 1), (1, (1,)),
        wide, wide.copy(order="F"), wide.astype(int), wide.ravel(), cut, cut.copy(),
        np.zeros(2), -np.zeros(2), np.array(["1"]),
    ]  # fmt: skip
    prints = [print_of(value) for value in values]
    assert len(set(prints)) == len(values)
    assert [print_of(fresh(value)) for value in values if value is not cut] == [
        one for one, value in zip(prints, values, strict=True) if value is not cut
    ]


def test_chance_prints_and_what_changes_are_not_kept() -> None:
    drawn, draws = counted(np.random.rand)
    printed, prints = counted(print)
    grown, growths = counted(lambda n: n + len(growths))
    with learning([drawn, printed, grown]):
        for function in (drawn, printed, grown):
            quietly(function, (2,))
    before = len(draws), len(prints), len(growths)
    for function in (drawn, printed, grown):
        quietly(function, (2,))
    assert (len(draws), len(prints), len(growths)) == tuple(n + 1 for n in before)


def test_a_large_answer_comes_back_as_a_copy_too_and_only_to_the_same_bits() -> None:
    n = 100_000
    slope, calls = counted(lambda x, dy: np.copysign(dy, x))
    question = np.zeros(n), np.linspace(0.0, 1.0, n)
    with learning([slope]):
        quietly(slope, question)
    before = len(calls)
    quietly(slope, question)[:] = 7.0
    assert quietly(slope, question).tolist() == question[1].tolist()
    assert len(calls) == before
    assert quietly(slope, (-np.zeros(n), question[1])).tolist() == (-question[1]).tolist()
    assert quietly(slope, (question[0].reshape(2, -1), question[1].reshape(2, -1))).shape == (2, n // 2)
    assert len(calls) == before + 2


def test_large_arguments_are_lent_and_whoever_writes_into_them_has_copies() -> None:
    given = np.ones(200_000)
    seen: list[Any] = []

    def looks(x: Any) -> Any:
        seen.append(np.shares_memory(x, given))
        return x.sum()

    def writes(x: Any) -> Any:
        seen.append(np.shares_memory(x, given))
        x += 1.0
        return x.sum()

    with session(reference={}):
        assert quietly(looks, (given,)) == 200_000
        assert quietly(writes, (given,)) == 400_000
    assert seen == [True, True, False]
    assert given.sum() == 200_000
    quietly(looks, (given,))  # in a student's own kernel nothing is lent
    assert seen[-1] is False
