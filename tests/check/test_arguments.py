"""Calls in words: params, layers, images, functions; what a call changed and where."""

# ruff: noqa: N806 - the names of the lesson

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder import check
from autograder.check import cases
from autograder.check._arguments import changed, described
from check.test_functions import refused

Array = np.ndarray[Any, Any]


def half(value: float) -> float:
    return value / 2


PARAMS = {"W1": np.ones((4, 3)), "b1": np.zeros(4), "W2": np.ones((2, 4)), "b2": np.zeros(2)}


@pytest.mark.parametrize(
    ("argument", "text"),
    [
        (PARAMS, "x with W1 (4, 3), b1 (4,), W2 (2, 4), b2 (2,)"),
        ({"w": np.array([1.0, 2.0]), "b": 0.5}, "x with w = [1, 2], b = 0.5"),
        ({"kind": "pool", "k": 2}, "x = {'kind': 'pool', 'k': 2}"),
        ([{"kind": "pool", "k": 2, "s": 2}], "x = [{'kind': 'pool', 'k': 2, 's': 2}]"),
        (np.ones((2, 3, 8, 9)), "x of shape (2, 3, 8, 9)"),
        (np.arange(4.0).reshape(1, 1, 2, 2), "x = [[[[0, 1], [2, 3]]]]"),
        ((1, 28, 28), "x = (1, 28, 28)"),
        (half, "x = half"),
        (lambda x: x, "x = a function"),
        (None, "x = None"),
    ],
)
def test_an_argument_is_short(argument: Any, text: str) -> None:
    assert described((argument,), ["x"]) == text


def test_a_long_call_gives_the_shapes_of_its_largest_arrays() -> None:
    X, W, b = np.full((4, 5), 0.25), np.full((5, 4), 0.25), np.zeros(3)
    assert described((X, W, b), ["X", "W", "b"]) == "X of shape (4, 5), W of shape (5, 4), b = [0, 0, 0]"


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ({"W": np.ones(2)}, {"W": np.zeros(2)}, "p['W'] went from [1, 1] to [0, 0]"),
        ({"W": np.ones((9, 9))}, {"W": np.eye(9)}, "p['W'][0, 1] went from 1 to 0"),
        ({"W": 1.0}, {"W": 1.0, "x": 2.0}, "p['x'] is new"),
        ({"W": 1.0, "x": 2.0}, {"W": 1.0}, "p['x'] is gone"),
        ([{"k": 5}], [{"k": 6}], "p[0]['k'] went from 5 to 6"),
        (np.array([1.0]), np.array([1.0 + 1e-15]), "p went from [1] to [1.0000000000000011]"),
        (np.array([np.nan]), np.array([np.nan]), None),
        ({"f": half}, {"f": half}, None),
    ],
)
def test_what_a_call_changed(before: Any, after: Any, text: str | None) -> None:
    assert changed("p", before, after) == text


def test_sgd_that_updates_in_place() -> None:
    def in_place(params: dict[str, Array], grads: dict[str, Array], lr: float) -> dict[str, Array]:
        for key in params:
            params[key] -= lr * grads[key]
        return params

    steps = [(PARAMS, PARAMS, 0.1)]
    finding = refused(check.leaves_arguments_alone, in_place, steps)
    assert finding.verdict == "the call changed its argument `params`: params['W1'][0, 0] went from 1 to 0.9"
    assert PARAMS["W1"].min() == 1.0
    finding = refused(check.accepts_read_only, in_place, steps)
    assert "read-only" in str(finding.case)
    check.leaves_arguments_alone(lambda p, g, lr: {k: p[k] - lr * g[k] for k in p}, steps)


def numerical_gradient(f: Any, x: Array, h: float = 1e-5) -> Array:
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        gradient[index] = (above - f(x)) / (2 * h)
        x[index] = kept
    return gradient


def sum_of_squares(x: Array) -> float:
    return float(np.sum(x**2))


FUNCTIONS = cases.draw(lambda rng, n: (sum_of_squares, cases.normal(rng, n + 1, n + 2)))


def test_a_function_that_calls_ours_back() -> None:
    check.matches(numerical_gradient, lambda f, x: 2 * x, FUNCTIONS)  # noqa: ARG005
    check.leaves_arguments_alone(numerical_gradient, FUNCTIONS, within=1e-12)
    finding = refused(check.matches, lambda f, x: f(x), numerical_gradient, FUNCTIONS)
    assert str(finding.case).startswith("f = sum_of_squares, x = [[")
    assert finding.advice == (
        "One number came back where several are due. Which step makes one of them, or picks one out?"
    )


def test_a_function_among_the_arguments_is_not_changed_by_a_call() -> None:
    odd = refused(check.matches, lambda f, x: np.sin(x) + x, lambda f, x: 2 * x, FUNCTIONS)  # noqa: ARG005
    assert odd.advice is None


def test_x_may_be_off_by_a_rounding_but_not_by_a_step() -> None:
    def restores_by_adding(f: Any, x: Array) -> Array:
        x += 0.3
        x -= 0.3
        return np.asarray(f(x))

    def never_restores(f: Any, x: Array) -> Array:
        x[0] += 1e-5
        return np.asarray(f(x))

    given = [(sum_of_squares, np.array([0.1, 0.3]))]
    check.leaves_arguments_alone(restores_by_adding, given, within=1e-12)
    refused(check.leaves_arguments_alone, restores_by_adding, given)
    finding = refused(check.leaves_arguments_alone, never_restores, given, within=1e-12)
    assert finding.verdict == (
        "the call changed its argument `x` and did not put it back: x went from [0.1, 0.3] to [0.10001, 0.3]"
    )


def test_raises_says_the_shape_of_params() -> None:
    finding = refused(check.raises, ValueError, lambda params: 1.0, PARAMS)  # noqa: ARG005
    assert finding.what == (
        "at params with W1 (4, 3), b1 (4,), W2 (2, 4), b2 (2,): expected ValueError, got back 1"
    )
