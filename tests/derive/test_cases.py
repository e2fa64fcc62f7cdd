"""Cases without their brackets: what a line may have been meant to say."""

from __future__ import annotations

import ast

import pytest

from autograder.derive import Derivation, judge
from autograder.derive._cases import regrouped

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


def test_missing_brackets_are_told() -> None:
    line = judge([ENTRY.start, "s[i] if i == j else 0 - s[i] * s[j]"], ENTRY).lines[1]
    assert line.status == "wrong"
    assert "brackets around the cases" in line.says


def test_another_slip_in_cases_is_not_blamed_on_brackets() -> None:
    line = judge([ENTRY.start, "s[i] if i == j else 0 + s[i] * s[j]"], ENTRY).lines[1]
    assert line.status == "wrong"
    assert "brackets" not in line.says
