"""A lesson's cells are parsed and compiled once; what two runs of them share is the code alone."""

from __future__ import annotations

import pytest

from autograder.grading.shell import TrustedShell
from autograder.grading.trees import forget, tree_of


def test_a_text_is_parsed_once_until_all_is_forgotten() -> None:
    first = tree_of("x = 1")
    assert first is not None
    assert tree_of("x = 1\n") is first
    forget()
    assert tree_of("x = 1") is not first


@pytest.mark.parametrize("source", ["%time x = 1", "x = (", "x = '\\d'"], ids=["magic", "broken", "warning"])
def test_what_python_does_not_read_without_a_word_has_no_tree(source: str) -> None:
    assert tree_of(source) is None


def test_a_second_run_takes_over_the_code_and_nothing_that_was_bound() -> None:
    cell = "def double(x):\n    return factor * x\nfactor = 2"
    first = TrustedShell()
    assert first.run(cell)[0]
    first.user_ns["factor"] = 3
    second = TrustedShell(first)
    assert "double" not in second.user_ns
    assert second.run(cell)[0]
    ours, theirs = second.user_ns["double"], first.user_ns["double"]
    assert ours.__code__ is theirs.__code__
    assert (ours(1), theirs(1)) == (2, 3)
