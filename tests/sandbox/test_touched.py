"""What calls have changed is still there as long as anybody holds it, or part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from autograder.sandbox.touched import Touched

if TYPE_CHECKING:
    from collections.abc import Callable


def test_nothing_is_left_of_nothing() -> None:
    assert not Touched().is_left


PARTS: dict[str, Callable[[np.ndarray], Any]] = {
    "all of it": lambda whole: whole,
    "a part": lambda whole: whole[1:, 0],
    "a part of a part": lambda whole: whole[1:][:, 1].reshape(1, -1),
    "turned": lambda whole: whole.T,
}


@pytest.mark.parametrize("name", PARTS)
def test_an_array_is_left_as_long_as_somebody_holds_it(name: str) -> None:
    touched, whole = Touched(), np.ones((3, 2))
    touched.add(PARTS[name](whole))
    assert touched.is_left
    del whole
    assert not touched.is_left
    touched.add(np.ones(2))
    assert not touched.is_left


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, {1}, None, np.random.default_rng(0), np.array([[]], dtype=object), np.ma.ones(3),
     np.frombuffer(bytearray(8)), memoryview(bytearray(8))],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_what_cannot_be_followed_counts_as_left(value: object) -> None:
    touched = Touched()
    touched.add(value)
    assert touched.is_left
