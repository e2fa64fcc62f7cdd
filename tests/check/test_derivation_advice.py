"""What is advised about a line of a derivation that does not hold."""

from __future__ import annotations

import pytest

from autograder import check

from .test_derivation import failure

LAYER = check.Derivation(
    given="X (N, D); W (D, K); dY (N, K)",
    let=("Y[m, h] = sum(l, X[m, l] * W[l, h])",),
    entry="i, j",
    first="index",
    last="matrix",
    gradient=("X", "sum(m, sum(h, dY[m, h] * Y[m, h]))"),
    rules=3,
)


def test_a_wrong_first_line_is_told_by_the_loss_where_no_start_is_given() -> None:
    chain = ["sum(h, dY[i, h] * W[j, h]) + 1", "dY @ W.T"]
    assert failure(check.derives, chain, LAYER).advice is None
    assert failure(check.small_steps, chain, LAYER).verdict.endswith(
        "at line 1, which is not the slope of the loss"
    )
    elsewhere = failure(check.derives, ["sigmoid(x)", "-softplus(-x)"])
    assert elsewhere.advice == "Does the chain start where the exercise says?"


def test_no_numbers_are_spoken_of_where_there_are_only_shapes() -> None:
    found = failure(check.derives, ["sum(h, dY[i, h] * W[j, h])", "W @ dY.T"], LAYER)
    assert found.advice == "What did you do from line 1 to line 2?"


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (
            "sum(m, sum(j, dY[m, j] * diff(Y[m, j], X[i, j])))",
            "`j` is the letter of a sum and a free index here",
        ),
        ("sum(h, dY[i, h] * sum(h, W[j, h]))", "`h` is the letter of two sums"),
        ("dY[i, 0] * W[j, 0] > 0", "A comparison is done last"),
    ],
)
def test_letters_taken_twice_and_comparisons_without_brackets_are_told(line: str, advice: str) -> None:
    assert advice in str(failure(check.derives, [line, "dY @ W.T"], LAYER).advice)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("sum(h, dY[i, h] * W[j, h])", "a line in matrix form should follow it"),
        ("dY @ W.T", "a line in index form should stand before it"),
    ],
)
def test_a_lone_line_is_told_which_other_line_is_asked_for(line: str, says: str) -> None:
    assert says in failure(check.derives, [line], LAYER).verdict


def test_arrays_of_one_shape_are_multiplied_entry_by_entry() -> None:
    found = failure(check.derives, ["sum(h, dY[i, h] * W[j, h])", "dY @ dY"], LAYER)
    assert "a product entry by entry is written `*`" in found.verdict
