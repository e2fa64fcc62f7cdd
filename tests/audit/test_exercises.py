"""Which tests grade which exercise, what its known mistakes are, and which cells above it needs."""

from __future__ import annotations

import nbformat
import pytest

from autograder.audit.exercises import Exercise, exercises
from autograder.audit.mistakes import known_mistakes
from autograder.audit.needs import names_of, needed
from autograder.audit.quick import with_quick_tests


def cell(source: str, name: str = "", **about: object) -> nbformat.NotebookNode:
    made: nbformat.NotebookNode = nbformat.v4.new_code_cell(source)
    if name:
        made.metadata["nbgrader"] = {"grade_id": name, "grade": False, "solution": False, **about}
    return made


def solution(name: str, source: str = "") -> nbformat.NotebookNode:
    return cell(source or f"def {name}(x):\n    return x", name, solution=True)


def test(name: str, source: str) -> nbformat.NotebookNode:
    return cell(source, name, grade=True, points=1)


test.__test__ = False  # type: ignore[attr-defined]


def found(*cells: nbformat.NotebookNode) -> dict[str, Exercise]:
    return {one.name: one for one in exercises(nbformat.v4.new_notebook(cells=list(cells)))}


def test_an_exercise_is_graded_by_the_test_of_its_name_and_those_that_follow_it() -> None:
    one = found(
        solution("f"), test("test_f", "f(1)"), test("more", "f(2)"), solution("g"), test("test_g", "g(1)")
    )
    assert one["f"].tests == (1, 2)
    assert one["g"].tests == (4,)


def test_without_one_the_tests_that_speak_of_its_names_grade_it() -> None:
    one = found(solution("f"), solution("g"), test("all_of_it", "assert f(g(1)) == 1"))
    assert (one["f"].tests, one["g"].tests) == ((2,), (2,))


def test_a_test_named_for_another_exercise_is_that_ones_alone() -> None:
    one = found(solution("f"), test("test_g", "g"), solution("g"), test("end", "f(g)"))
    assert one["g"].tests == (1, 3)
    assert one["f"].tests == (3,)


def test_what_a_person_marks_is_no_exercise() -> None:
    assert not found(cell("x = 1", "essay", solution=True, grade=True, points=2))


MISTAKE = """
from autograder.check import mistake, reference

def half(x):
    return x / 2

def quarter(x):
    return half(half(x))

@mistake("a quarter", "How many halves?")
def f(x):
    return quarter(x) + g(x)

@mistake("twice", "Count.")
def f(x):
    return 2 * reference.f(x) + reference.g(x)
"""


def test_a_mistake_is_handed_in_with_the_helpers_that_it_uses() -> None:
    quarter, _ = known_mistakes("def f(x):\n    return x", [MISTAKE])
    assert quarter.name == "a quarter"
    names = {"g": lambda x: x}
    exec(quarter.source, names)  # noqa: S102 - this file's own text
    assert names["f"](4) == 5.0


def test_a_mistake_may_call_the_reference_whose_place_it_takes() -> None:
    reference = 'def _step(x):\n    """One more."""\n    return x + 1\n\ndef f(x):\n    return _step(x)'
    _, twice = known_mistakes(reference, [MISTAKE])
    names = {"g": lambda x: 100 * x}
    exec(twice.source, names)  # noqa: S102 - this file's own text
    assert names["f"](4) == 410


def test_mistakes_of_another_function_are_not_this_exercises() -> None:
    assert known_mistakes("def g(x):\n    return x", [MISTAKE]) == []


@pytest.mark.parametrize(
    ("source", "reads", "later", "binds", "touches"),
    [
        ("y = x + 1", "x", "", "y", ""),
        ("y = 1\nz = y", "", "", "y z", ""),
        ("def f(a, b=c):\n    return a + d", "c", "a d", "f", ""),
        ("x[0] = 1", "x", "", "", "x"),
        ("x += 1", "x", "", "x", ""),
        ("rng.shuffle(x)", "rng x", "", "", "rng"),
        ("import numpy as np", "", "", "np", ""),
        ("if a:\n    x = 1", "a", "", "x", ""),
    ],
)
def test_names_that_a_cell_reads_and_binds(
    source: str, reads: str, later: str, binds: str, touches: str
) -> None:
    names = names_of(source)
    assert (names.reads, names.later, names.binds, names.touches) == (
        frozenset(reads.split()),
        frozenset(later.split()),
        frozenset(binds.split()),
        frozenset(touches.split()),
    )


@pytest.mark.parametrize(
    ("above", "last", "runs"),
    [
        (["x = 1", "y = 2", "z = 3"], "y", [1]),
        (["x = 1", "y = x", "z = 3"], "y", [0, 1]),
        (["marks = 1", "f = 2", "marks = 3"], "marks, f", [1, 2]),
        (["x = [1]", "x[0] = 2", "y = 3"], "x", [0, 1]),
        (["def f():\n    return g()", "def g():\n    return 1"], "f()", [0, 1]),
        (["import a", "a.f(1)", "x = 1"], "a, x", [0, 2]),
        (["x = 1", "if x:\n    x = 2"], "x", [0, 1]),
        (["from numpy import *", "y = 1"], "x", [0]),
        (["this is no Python", "y = 1"], "x", [0]),
    ],
)
def test_only_the_cells_that_are_needed_are_run(above: list[str], last: str, runs: list[int]) -> None:
    cells = {at: names_of(source) for at, source in enumerate(above)}
    assert needed(cells, [names_of(last)]) == runs


COST = """
marks = check.marks(values=1, cost=1)
with marks.values:
    check.close(f(1), 1)
with marks.cost:
    check.cost(f, reference.f, [(big,)])
marks.total()
"""


def test_a_slow_test_has_a_quick_copy_at_the_end() -> None:
    notebook = nbformat.v4.new_notebook(
        cells=[solution("f"), test("test_f", COST), test("plain", "assert f(1)")]
    )
    made, places = with_quick_tests(notebook)
    assert places == {1: 3}
    assert "cost" not in made.cells[3].source.replace("cost=1", "")
    assert "marks.values" in made.cells[3].source
    assert len(notebook.cells) == 3
