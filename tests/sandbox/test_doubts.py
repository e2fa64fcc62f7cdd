"""What an answer is doubted for: an empty array in the place of entries is refused, and nothing else with it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.check import Opaque
from autograder.sandbox.doubts import Doubts, Expected, print_of
from autograder.sandbox.replies import SubmissionError
from autograder.sandbox.values import Packer

EMPTY = np.zeros((0, 1))
FULL = np.ones((2, 3))


def weighed(value: Any, expected: Any, *, strictly: bool) -> tuple[Any, bool]:
    doubts = Doubts(lambda _name, arguments: Expected(expected, arguments), {})
    if strictly:
        doubts.begin_strictly()
    return doubts.value("f", {}, value), doubts.raised


@pytest.mark.parametrize(
    "value", [EMPTY, (EMPTY, FULL), [FULL, EMPTY], {"W": EMPTY, "b": FULL}, (1, {"W": EMPTY})]
)
def test_at_first_everything_is_taken_as_it_comes_and_doubted(value: Any) -> None:
    expected = FULL if isinstance(value, np.ndarray) else None
    got, raised = weighed(value, expected, strictly=False)
    assert got is value
    assert raised


def test_strictly_an_empty_result_is_refused() -> None:
    with pytest.raises(SubmissionError, match="empty array"):
        weighed(EMPTY, FULL, strictly=True)


def test_strictly_only_the_empty_part_is_refused() -> None:
    got, raised = weighed((EMPTY, FULL, 3), (FULL, FULL, 3), strictly=True)
    assert raised
    assert got == (Opaque("empty array"), FULL, 3)
    got, _ = weighed((1.0, {"W": EMPTY, "b": FULL}), (1.0, {"W": FULL, "b": FULL}), strictly=True)
    assert got[1]["W"] == Opaque("empty array")
    assert got[1]["b"] is FULL


@pytest.mark.parametrize(
    ("value", "expected"), [(EMPTY, EMPTY), ((EMPTY, FULL), (EMPTY, FULL)), ([], []), (FULL, FULL), ("", "")]
)
def test_what_should_be_empty_may_be(value: Any, expected: Any) -> None:
    got, raised = weighed(value, expected, strictly=True)
    assert got is value
    assert not raised


@pytest.mark.parametrize("value", [[], (), range(0), [[]], ([], range(0)), [np.zeros((3, 0))]])
@pytest.mark.parametrize("expected", [2.0, True, np.float64(2.0), FULL], ids=repr)
def test_a_list_without_numbers_is_refused_where_numbers_are_due(value: Any, expected: Any) -> None:
    with pytest.raises(SubmissionError, match="empty list"):
        weighed(value, expected, strictly=True)
    got, raised = weighed({"a": [1, value]}, {"a": [1, expected]}, strictly=True)
    assert raised
    assert got == {"a": [1, Opaque("empty list")]}


@pytest.mark.parametrize("value", ["", b"", {}, set(), frozenset(), {}.values(), {}.items()], ids=repr)
def test_what_a_loop_finds_nothing_in_is_refused_where_numbers_are_due(value: Any) -> None:
    with pytest.raises(SubmissionError, match=f"empty {type(value).__name__} where"):
        weighed(value, FULL, strictly=True)
    assert weighed(value, "text", strictly=True) == (value, False)


@pytest.mark.parametrize("expected", [[1, 2], (1.0,), None, "text", {}, np.zeros(0)], ids=repr)
def test_a_list_may_be_empty_for_a_while(expected: Any) -> None:
    """A stack after the last `pop`, say: the reference was not asked to pop."""
    got, raised = weighed([], expected, strictly=True)
    assert got == []
    assert not raised


def test_an_empty_part_more_than_there_should_be_is_refused() -> None:
    got, raised = weighed((FULL, EMPTY), FULL, strictly=True)
    assert raised
    assert got[1] == Opaque("empty array")


@pytest.mark.parametrize(
    "value",
    [
        FULL, FULL.T, FULL[:, ::-1], FULL[0, :0], np.array(3.0), np.array(["a", "bc"]), np.zeros(2, "U0"),
        FULL.astype(">f4"), np.broadcast_to(FULL[0], (4, 3)), np.array(["2020-01-01"], "M8[D]"), np.array([1j, 2]),
    ],
)  # fmt: skip
def test_the_print_of_an_array_is_that_of_what_would_cross(value: Any) -> None:
    packer = Packer(id)
    tree = packer.pack(value)
    assert print_of(value) == (tree, [bytes(one) for one in packer.buffers])
