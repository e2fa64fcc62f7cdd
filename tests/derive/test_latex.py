r"""How lines are typeset: brackets where a reader needs them, none where not."""

from __future__ import annotations

import latex2mathml.converter
import pytest

from autograder.derive import Derivation, judge
from autograder.derive._latex import latex
from autograder.derive._read import read


@pytest.mark.parametrize(
    ("line", "typeset"),
    [
        ("exp(-x) / (1 + exp(-x))**2", r"\frac{e^{-x}}{\left(1 + e^{-x}\right)^{2}}"),
        ("sum(i, a) * b", r"\left(\sum_{i} a\right) \, b"),
        ("sum(i, a * b) + c", r"\sum_{i} a \, b + c"),
        ("c - sum(i, a)", r"c - \sum_{i} a"),
        ("a - -b", r"a - \left(-b\right)"),
        ("a - (b - c)", r"a - \left(b - c\right)"),
        ("-(1 + x) * y", r"-\left(1 + x\right) \, y"),
        ("a * -b", r"a \, \left(-b\right)"),
        ("2 * 3", r"2 \cdot 3"),
        ("dY @ W.T", r"dY \, {W}^{\top}"),
        ("W1[k, j] * h_s[j]", r"{(W_{1})}_{k j} \, h^{s}_{j}"),
        ("delta(i, j)", r"\delta_{i j}"),
        ("diff(L, W[h, c])", r"\frac{\partial L}{\partial W_{h c}}"),
        ("diff(log(x), x) * y", r"\left(\frac{\partial}{\partial x} \ln\left(x\right)\right) \, y"),
        ("1 if i == j else 0", r"\begin{cases} 1 & \text{if } i = j \\ 0 & \text{otherwise} \end{cases}"),
        ("dH * (Z > 0)", r"dH \odot \mathbb{1}\left[Z > 0\right]"),
    ],
)
def test_typeset(line: str, typeset: str) -> None:
    written = latex(read(line), frozenset({"dH", "Z"}))
    assert written == typeset
    assert latex2mathml.converter.convert(written)


@pytest.mark.parametrize(
    ("given", "typeset"),
    [
        ("x real", r"\frac{d}{dx} \ln\left(x\right)"),
        ("x real; c real", r"\frac{\partial}{\partial x} \ln\left(x\right)"),
    ],
)
def test_one_variable_needs_no_partial_derivative(given: str, typeset: str) -> None:
    assert judge(["diff(log(x), x)"], Derivation(given=given)).lines[0].latex == typeset
