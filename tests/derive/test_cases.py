"""Cases without their brackets: what a line may have been meant to say."""

from __future__ import annotations

import ast

import pytest

from autograder.derive import Derivation, judge
from autograder.derive._cases import fractions, regrouped

ENTRY = Derivation(given="s (n)", entry="i, j", start="s[i] * delta(i, j) - s[i] * s[j]")


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("a if c else b", []),
        ("a if c else 0 - b", ["(a if c else 0) - b"]),
        ("a if c else 0 - b - d", ["(a if c else 0) - b - d"]),
        ("b - a if c else 0", ["b - (a if c else 0)"]),
        ("a * b", []),
    ],
)
def test_the_cases_are_one_term_of_the_sum(line: str, meant: list[str]) -> None:
    assert [ast.unparse(tree) for tree in regrouped(ast.parse(line, mode="eval").body)] == meant


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("a / b", []),
        ("a * b / c", []),
        ("a / b * c", ["a / (b * c)"]),
        ("a / b * c * d", ["a / (b * c * d)", "a / (b * c) * d"]),
        ("a - b / c", ["(a - b) / c"]),
        ("a / b - c", ["a / (b - c)"]),
        ("a - b / c + d", ["(a - b) / (c + d)", "a - b / (c + d)", "(a - b) / c + d"]),
        ("log(a / b * c)", ["log(a / (b * c))"]),
        ("sum(j, 1 + a[j] / b)", ["sum(j, (1 + a[j]) / b)"]),
        ("a + b / (c / d * e)", ["(a + b) / (c / d * e)", "a + b / (c / (d * e))"]),
    ],
)
def test_more_may_stand_above_or_below_a_stroke(line: str, meant: list[str]) -> None:
    tree = ast.parse(line, mode="eval").body
    assert [ast.unparse(other) for other in fractions(tree)] == meant


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ("exp(-x)", "x / exp(x) * x"),
        ("sigmoid(x)", "1 / 1 + exp(-x)"),
        ("tanh(x)", "exp(x) - exp(-x) / exp(x) + exp(-x)"),
        ("log(sigmoid(x))", "log(exp(x) / 1 + exp(x))"),
        ("(x + 1) / 2", "x + 1 / 2"),
    ],
)
def test_what_stands_above_or_below_a_stroke_is_asked_for(start: str, line: str) -> None:
    judged = judge([start, line], Derivation(given="x positive")).lines[1]
    assert judged.status == "wrong"
    assert judged.says.endswith("are brackets around what stands above or below a `/` missing?")


def test_another_slip_beside_a_stroke_is_not_blamed_on_brackets() -> None:
    assert (
        "missing" not in judge(["sigmoid(x)", "1 / 1 + exp(x)"], Derivation(given="x positive")).lines[1].says
    )


def test_the_first_line_is_held_against_the_slope_with_its_brackets() -> None:
    statement = Derivation(
        given="p (n); y label(n)", entry="k", gradient=("p", "sum(i, p[i]**2) / 2 - p[y]"), last="matrix"
    )
    line = judge(["p[k] - 1 if k == y else 0", "p - onehot(y)"], statement).lines[0]
    assert line.says.endswith("are brackets around the cases missing, `(... if ... else ...)`?")


def test_only_the_first_wrong_line_is_asked_about() -> None:
    first, second = judge(
        ["exp(-x)", "x / exp(x) * x", "x / x * exp(x)"], Derivation(given="x positive")
    ).lines[1:]
    assert "a `/` missing" in first.says
    assert "missing" not in second.says


def test_missing_brackets_are_told() -> None:
    line = judge([ENTRY.start, "s[i] if i == j else 0 - s[i] * s[j]"], ENTRY).lines[1]
    assert line.status == "wrong"
    assert "brackets around the cases" in line.says


def test_another_slip_in_cases_is_not_blamed_on_brackets() -> None:
    line = judge([ENTRY.start, "s[i] if i == j else 0 + s[i] * s[j]"], ENTRY).lines[1]
    assert line.status == "wrong"
    assert "brackets" not in line.says
