"""An error is paid for once: what builds on a wrong exercise is graded with a right one in its place, too.

The lesson here is a plain nbgrader course of asserts; its cells have ids of no system.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.check import Finding, Report
from autograder.check.grading import AspectResult
from autograder.desk.outputs import verdict
from autograder.desk.redact import Redactor
from autograder.grading import marks
from autograder.grading.again import OneRun, better
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.sandbox.limits import Limits

from .conftest import cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox
LIMITS = Limits(cell_seconds=2, call_seconds=1, memory_mib=400, restarts=2)
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"

GIVEN = """
import numpy as np
data = np.array([1.0, 2.0, 4.0])
def walk(x, steps=3):
    for _ in range(steps):
        x = x - slope(x)
    return x
"""
SOLUTIONS = {
    "square": "def square(x):\n    return x * x",
    "slope": "def slope(x):\n    return (square(x + 1) - square(x - 1)) / 4",
    "energy": "energy = float(np.sum(square(data)))",
    "share": "share = square(data) / energy",
    "arrive": "def arrive(x):\n    return walk(x) + 1",
    "centre": "def centre(x):\n    x -= np.mean(x)",
    "spread": "def spread(x):\n    x = x.copy()\n    centre(x)\n    return float(np.sum(square(x)))",
    "word": "word = 'forty-two'",
    "letters": "def letters():\n    return len(word)",
}
TESTS = {
    "square": "assert square(3) == 9\n### BEGIN HIDDEN TESTS\nassert square(-2) == 4\n### END HIDDEN TESTS",
    "slope": "assert slope(3) == 3",
    "energy": "assert np.isclose(energy, 21)",
    "share": "assert np.allclose(share * 21, [1, 4, 16])",
    "arrive": "assert arrive(2.0) == 1",
    "centre": "it = np.array([1.0, 3.0])\ncentre(it)\nassert np.allclose(it, [-1, 1])",
    "spread": "assert spread(np.array([1.0, 3.0])) == 2",
    "word": "assert word == 'forty-two'",
    "letters": "assert letters() == 9",
}
AGAIN = "assert square(10) == 100"  # a second test of the first exercise
NOTE = "graded with a right `{}` in the place of yours, which cost you marks above; no marks lost here for it"


def lesson(answers: dict[str, str] | None = None) -> NotebookNode:
    given = SOLUTIONS | (answers or {})
    cells = [cell("given", GIVEN, locked=True)]
    for number, name in enumerate(SOLUTIONS):
        solved = given[name]
        if answers is None:
            solved = f"### BEGIN SOLUTION\n{solved}\n### END SOLUTION"
        cells.append(cell(f"part-{number}", solved, solution=True))
        cells.append(cell(f"check-{name}", TESTS[name], grade=True, locked=True, points=2))
    cells.insert(3, cell("check-again", AGAIN, grade=True, locked=True, points=2))
    return new_notebook(cells=cells)  # type: ignore[no-any-return]


Graded = dict[str, Any]


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("plain")
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), LIMITS)
    assert made.problems == []
    yield made
    made.close()


@pytest.fixture(scope="module")
def grade(examiner: Examiner) -> Callable[..., Graded]:
    def run(answers: dict[str, str], change: Callable[[list[Any]], object] | None = None) -> Graded:
        notebook = lesson(answers)
        if change is not None:
            change(notebook.cells)
        else:
            mend(notebook, lesson())
        result = examiner.examine(ExamRequest(marks.plan(notebook)))
        assert not result.error
        marks.write_outputs(notebook, result)
        found = marks.outcomes(notebook, result)
        return {n.removeprefix("check-"): one for n, one in found.items()} | {"notebook": notebook}

    return run


def lost(graded: Graded) -> set[str]:
    return {name for name, one in graded.items() if name != "notebook" and one.score < one.max_score}


def outputs_of(graded: Graded, name: str) -> list[Any]:
    (found,) = [
        c.outputs for c in graded["notebook"].cells if c.metadata.get("nbgrader", {}).get("grade_id") == name
    ]
    return list(found)


WRONG = {"square": "def square(x):\n    return 2 * x"}


def test_a_right_submission_says_nothing(grade: Callable[..., Graded]) -> None:
    graded = grade({})
    assert lost(graded) == set()
    assert {one.message for name, one in graded.items() if name != "notebook"} == {""}


@pytest.mark.parametrize(
    "square",
    [
        "def square(x):\n    return 2 * x",
        STUB,
        "",
        "def square(x)\n    return x * x",
        "def square(x):\n    raise ValueError('no')",
        "def square(x, y):\n    return x * y",
        "square = 7",
    ],
    ids=["wrong", "not written", "missing", "no Python", "raises", "other arguments", "no function"],
)
def test_a_wrong_exercise_costs_once(grade: Callable[..., Graded], square: str) -> None:
    graded = grade({"square": square})
    assert lost(graded) == {"square", "again"}
    assert graded["slope"].message == NOTE.format("square")
    assert graded["slope"].status == "full"
    assert graded["word"].message == ""


@pytest.mark.parametrize(
    "square",
    ["def square(x):\n    while True: pass", "def square(x):\n    import os; os._exit(1)"],
    ids=["hangs", "crashes"],
)
def test_one_that_hangs_or_crashes_costs_once(grade: Callable[..., Graded], square: str) -> None:
    graded = grade({"square": square, "energy": STUB, "share": STUB})
    assert lost(graded) == {"square", "again", "energy", "share"}


def test_values_computed_by_a_wrong_function_are_computed_anew(grade: Callable[..., Graded]) -> None:
    graded = grade(WRONG)
    assert (graded["energy"].score, graded["energy"].message) == (2, NOTE.format("square"))


def test_wrong_values_cost_once(grade: Callable[..., Graded]) -> None:
    graded = grade({"energy": "energy = 3.0"})
    assert lost(graded) == {"energy"}
    assert graded["share"].message == NOTE.format("energy")


def test_several_are_named_in_the_order_of_the_lesson(grade: Callable[..., Graded]) -> None:
    graded = grade(WRONG | {"energy": "energy = 3.0"})
    assert graded["share"].message == NOTE.format("square` and `energy")


def test_locked_loops_call_the_right_one_too(grade: Callable[..., Graded]) -> None:
    graded = grade({"slope": "def slope(x):\n    return -x"})
    assert lost(graded) == {"slope"}
    assert graded["arrive"].message == NOTE.format("slope")


def test_what_the_right_one_changes_in_place_is_changed(grade: Callable[..., Graded]) -> None:
    graded = grade({"centre": "def centre(x):\n    x += 1"})
    assert lost(graded) == {"centre"}


@pytest.mark.parametrize(
    "slope",
    [
        "from functools import partial\nmine = partial(square)\ndef slope(x):\n    return (mine(x + 1) - mine(x - 1)) / 4",
        "def slope(x, f=square):\n    return (f(x + 1) - f(x - 1)) / 4",
        "def slope(x):\n    return (globals()['square'](x + 1) - square(x - 1)) / 4",
        "table = {n: square(n) for n in range(-9, 9)}\ndef slope(x):\n    return (table[x + 1] - table[x - 1]) / 4",
        "%%time\ndef slope(x):\n    return (square(x + 1) - square(x - 1)) / 4",
        "def slope(x):\n    return (square(x + 1) - square(x - 1)) / 4\nassert slope(3) == 3, 'my own test'",
    ],
    ids=["partial", "default", "globals", "table", "magic", "own test"],
)
def test_however_the_earlier_one_is_used(grade: Callable[..., Graded], slope: str) -> None:
    graded = grade(WRONG | {"slope": slope})
    assert graded["slope"].score == 2


def test_an_extra_cell_between_is_run_again(grade: Callable[..., Graded]) -> None:
    def add(cells: list[Any]) -> None:
        cells.insert(4, new_code_cell("import numpy\nmany = numpy.vectorize(square)\nmany([1, 2])"))

    answers = WRONG | {"slope": "def slope(x):\n    return float(many(x + 1) - many(x - 1)) / 4"}
    assert grade(answers, add)["slope"].score == 2


def test_own_errors_still_cost(grade: Callable[..., Graded]) -> None:
    graded = grade(WRONG | {"slope": "def slope(x):\n    return square(x + 1) - square(x - 1)"})
    assert {"square", "slope"} <= lost(graded)
    graded = grade({"slope": "def slope(x):\n    return square(x + 1) - square(x - 1)"})
    assert lost(graded) == {"slope"}


@pytest.mark.parametrize(
    "slope",
    ["slope = square", "def slope(x):\n    return square(x)", "def slope(x):\n    return x  # square"],
)
def test_the_right_one_does_not_answer_for_another(grade: Callable[..., Graded], slope: str) -> None:
    graded = grade(WRONG | {"slope": slope, "square": "def square(x):\n    return 2 * x"})
    assert graded["slope"].score == (2 if slope.endswith("# square") else 0)


def test_no_test_of_its_own_gets_the_right_one(grade: Callable[..., Graded]) -> None:
    graded = grade({"square": "def square(x):\n    return 9 if x == 3 else 4 if x == -2 else 0"})
    assert (graded["square"].score, graded["again"].score, graded["slope"].score) == (2, 0, 2)


TELL = """
def slope(x):
    with open("told", "w") as file:
        file.write(str(square(10)))
    return (square(x + 1) - square(x - 1)) / 4
"""
ASK = """
def square(x):
    try:
        return float(open("told").read())
    except OSError:
        return 2 * x
"""


def test_before_the_last_of_its_tests_nobody_gets_the_right_one(grade: Callable[..., Graded]) -> None:
    def moved(cells: list[Any]) -> None:
        cells.append(cells.pop(3))

    graded = grade({"square": ASK, "slope": TELL}, moved)
    assert graded["again"].score == 0
    assert graded["slope"].score == 0  # the price of it
    assert grade({"square": ASK, "slope": TELL})["slope"].score == 2


TRIED = "def arrive(x):\n    tried = [slope(x + i / 100) for i in range({})]\n    return walk(x) + 1"


@pytest.mark.parametrize(("times", "score"), [(4, 2), (40, 0)])
def test_it_is_called_about_as_often_as_by_the_solution(
    grade: Callable[..., Graded], times: int, score: int
) -> None:
    graded = grade({"slope": "def slope(x):\n    return -x", "arrive": TRIED.format(times)})
    assert graded["arrive"].score == score


SHOWN = "def spread(x):\n    raise ValueError(f'seen: {energy} {share} {square(5)}')"


def test_numbers_of_the_right_ones_are_not_shown_for_nothing(grade: Callable[..., Graded]) -> None:
    answers = {
        "square": "def square(x):\n    return 2 * x",
        "energy": "energy = 3.0",
        "share": "share = data",
    }
    graded = grade({**answers, "spread": SHOWN})
    assert "seen: 3.0 [1. 2. 4.] 10" in graded["spread"].message


def test_what_no_other_exercise_uses_never_stands_in(grade: Callable[..., Graded]) -> None:
    told = "def spread(x):\n    return 2.0 if abs(share.sum() - 1) < 0.01 else 0"
    assert grade({"share": "share = data", "spread": told})["spread"].score == 0


def ordered(cells: list[Any], *first: str) -> None:
    """Move exercises with their tests to the top, below what is given."""
    ids = [c.metadata.get("nbgrader", {}).get("grade_id") for c in cells]
    tests = [ids.index(f"check-{name}") for name in first]
    moved = [cells[i] for at in tests for i in (at - 1, at)]
    cells[1:] = [*moved, *(c for c in cells[1:] if not any(c is other for other in moved))]


BACKWARDS = "def square(x):\n    return sum(2 * slope(i + 0.5) for i in range(abs(int(x))))"


def test_a_later_exercise_does_not_answer_an_earlier_one(grade: Callable[..., Graded]) -> None:
    graded = grade({"slope": STUB, "square": BACKWARDS}, lambda cells: ordered(cells, "slope"))
    assert (graded["slope"].score, graded["square"].score) == (0, 0)


def test_nothing_is_stood_in_before_the_tests_above_were_run(grade: Callable[..., Graded]) -> None:
    tell = "def spread(x):\n    open('told', 'w').write(str(energy))\n    return 0"
    ask = "try:\n    share = square(data) / float(open('told').read())\nexcept OSError:\n    share = None"
    answers = {"energy": "energy = 0.0", "spread": f"{tell}", "share": ask}
    graded = grade(answers, lambda cells: ordered(cells, "energy", "spread"))
    assert graded["share"].score == 0


def test_text_is_never_handed_in(grade: Callable[..., Graded]) -> None:
    graded = grade({"word": "word = ''", "letters": "def letters():\n    raise ValueError('my ' + word)"})
    assert graded["letters"].message == "ValueError: my"


SEARCH = """
import gc, inspect, os, sys
def slope(x):
    seen = [getattr(square, "__code__", None), getattr(square, "__closure__", None), getattr(square, "__wrapped__", None)]
    try:
        seen.append(inspect.getsource(square))
    except Exception:
        pass
    assert type(square(1)) is int and not any(seen), seen
    return (square(x + 1) - square(x - 1)) / 4
"""


def test_the_right_one_can_be_called_and_nothing_else(grade: Callable[..., Graded]) -> None:
    assert grade({"square": STUB, "slope": SEARCH})["slope"].score == 2


def test_after_the_test_it_is_gone(grade: Callable[..., Graded]) -> None:
    kept = "kept = []\ndef slope(x):\n    kept.append(square)\n    return (square(x + 1) - square(x - 1)) / 4"
    look = "energy = float(np.sum(data ** 2)) if not kept and square(3) == 6 else 0.0"
    graded = grade(WRONG | {"slope": kept, "energy": look})
    assert (graded["energy"].score, graded["energy"].message) == (2, "")


def test_the_page_says_so(grade: Callable[..., Graded]) -> None:
    graded = grade(WRONG)
    said = verdict(outputs_of(graded, "check-slope"), TESTS["slope"], Redactor())
    assert said.reason.startswith("Graded with a right `square` in the place of yours")
    assert "which cost you marks above" in said.body


def made(values: float, slopes: float, mistake: str | None = None) -> OneRun:
    """Make the result of a test whose card has two parts, of two points each."""
    finding = Finding("expected 1, got 2", mistake=mistake)
    parts = tuple(
        AspectResult(name, 2.0, earned, "passed" if earned else "failed", None if earned else finding)
        for name, earned in (("values", values), ("slopes", slopes))
    )
    report = Report("slope", parts, values + slopes, 4.0, student_side=False)
    card = {"text/html": report._repr_html_(), "text/plain": str(report)}
    outputs = [
        {"output_type": "display_data", "data": card, "metadata": {"autograder": report.as_dict()}},
        {"output_type": "execute_result", "data": {"text/plain": repr(report.earned)}, "metadata": {}},
    ]
    return OneRun(outputs, [report.as_dict()], trouble=False)


def notes(one: OneRun) -> dict[str, tuple[str, ...]]:
    return {part.name: part.notes for part in Report.from_dict(one.reports[0]).aspects if part.notes}


def test_the_card_says_so_where_it_earned_more() -> None:
    chosen = better(made(2, 0), made(2, 2), ["square"], 4.0)
    assert notes(chosen) == {"slopes": (NOTE.format("square"),)}
    assert NOTE.format("square")[:40] in chosen.outputs[0]["data"]["text/plain"]
    assert chosen.outputs[0]["metadata"]["autograder"] == chosen.reports[0]
    assert verdict(chosen.outputs, "", Redactor()).reason.startswith("Graded with a right `square`")


def test_of_two_results_that_earn_the_same_the_one_that_says_more_is_shown() -> None:
    first, second = made(0, 0), made(0, 0, mistake="the slip")
    assert notes(better(first, second, ["square"], 4.0)).keys() == {"values"}
    assert better(second, first, ["square"], 4.0) is second
    assert better(first, replace(second, trouble=True), ["square"], 4.0) is first
    assert better(first, second, ["energy"], 4.0, values=True) is first
    raised = {"output_type": "error", "ename": "ValueError", "evalue": "the number is 4", "traceback": []}
    assert better(first, replace(second, outputs=[raised, *second.outputs]), ["square"], 4.0) is first
    assert better(first, made(0, 0), ["square"], 4.0) is first


def test_a_worse_result_or_one_without_the_right_one_is_left() -> None:
    first, second = made(2, 0), made(0, 0)
    assert better(first, second, ["square"], 4.0) is first
    assert better(second, first, [], 4.0) is second
