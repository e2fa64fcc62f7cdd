"""One submission's examination: what an answer earns, what a bad cell costs, what is said about it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_notebook

from autograder.grading import marks
from autograder.grading.mend import mend
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.grading.reading import read_submission

from .conftest import LIMITS, cell, lesson

if TYPE_CHECKING:
    from collections.abc import Callable

    from nbformat import NotebookNode

    Marks = Callable[[NotebookNode], dict[str, Any]]

pytestmark = pytest.mark.sandbox
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


def scores(marks: dict[str, Any]) -> dict[str, float]:
    return {name: marks[name].score for name in ("double", "halve", "answer")}


def test_the_author_gets_full_marks(marks_of: Marks) -> None:
    assert scores(marks_of(lesson())) == {"double": 2, "halve": 2, "answer": 2}


def test_the_untouched_release_gets_none_and_says_what_is_missing(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": STUB, "halve": STUB, "answer": STUB}))
    assert scores(marks) == {"double": 0, "halve": 0, "answer": 0}
    assert "'double' is not defined" in marks["double"].message
    assert not marks["cut short"]


def test_a_function_that_is_as_released_is_not_written_yet(marks_of: Marks) -> None:
    released = {name: f"def {name}(x):\n    raise NotImplementedError()" for name in ("double", "halve")}
    marks = marks_of(lesson(released))
    assert {marks[name].message for name in released} == {"NotImplementedError: not written yet"}


def test_an_exception_without_words_is_no_assertion(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": "def double(x):\n    raise RuntimeError"}))
    assert marks["double"].message == "RuntimeError"


def test_a_wrong_answer_costs_its_own_test_alone(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": "def double(x):\n    return abs(2 * x)"}))
    assert scores(marks) == {"double": 0, "halve": 2, "answer": 2}
    assert marks["double"].message == "AssertionError: negative numbers too"


def test_a_hidden_line_is_never_quoted(marks_of: Marks) -> None:
    marks = marks_of(lesson({"halve": "def halve(x):\n    return x // 2"}))
    assert marks["halve"].message == "AssertionError: a hidden test failed"
    outputs = str([c.get("outputs") for c in marks["notebook"].cells])
    assert "reference_half(3)" not in outputs


def test_a_visible_line_is_quoted(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": "def double(x):\n    return x"}))
    outputs = str([c.get("outputs") for c in marks["notebook"].cells])
    assert "----> 1 assert double(2) == 4" in outputs


def test_locked_helpers_call_the_submission(marks_of: Marks) -> None:
    source = (
        "calls = 0\ndef double(x):\n    global calls\n    calls += 1\n    return 2 * x if calls < 3 else 0"
    )
    assert marks_of(lesson({"double": source}))["double"].score == 0  # the helper's calls counted


def test_a_test_that_misses_a_name_it_seemed_not_to_speak_of_is_told_all_of_them(tmp_path: Path) -> None:
    hidden_road = (
        "import builtins, operator\nread = operator.attrgetter('ev' + 'al')(builtins)\nread('ste' + 'p')(1)"
    )
    source, work = new_notebook(), new_notebook()
    source.cells = [
        cell("step", "def step(n):\n    return n + 1", solution=True),
        cell("test_step", "assert step(1) == 2", grade=True, locked=True, points=1),
        cell("test_road", hidden_road, grade=True, locked=True, points=1),
    ]
    work.cells = source.cells
    with closing(Examiner(LessonSource(source, tmp_path, (tmp_path, Path.cwd())), LIMITS)) as examiner:
        read = read_submission(nbformat.writes(work).encode())
        mend(read, source)
        result = examiner.examine(ExamRequest(marks.plan(read)))
        marks.write_outputs(read, result)
    assert {name: one.score for name, one in marks.outcomes(read, result).items()} == {
        "test_step": 1,
        "test_road": 1,
    }


def test_a_cell_that_ends_the_process_costs_itself_alone(marks_of: Marks) -> None:
    marks = marks_of(lesson({"halve": "import os; os._exit(1)"}))
    assert scores(marks) == {"double": 2, "halve": 0, "answer": 2}
    assert marks["cut short"]


def test_cells_above_are_run_again_after_a_crash(marks_of: Marks) -> None:
    source = "import os; os._exit(1)"
    marks = marks_of(lesson({"halve": source, "answer": "answer = double(21)"}))
    assert scores(marks) == {"double": 2, "halve": 0, "answer": 2}


def test_after_too_many_crashes_the_rest_is_not_run(marks_of: Marks) -> None:
    bomb = "import os; os._exit(1)"
    notebook = lesson()
    notebook.cells[2:2] = [cell(f"extra{i}", bomb) for i in range(3)]
    marks = marks_of(notebook)
    assert scores(marks) == {"double": 0, "halve": 0, "answer": 0}
    assert marks["double"].status == "not run"
    assert "ended the Python process" in marks["double"].message


def test_an_endless_cell_costs_itself_alone(marks_of: Marks) -> None:
    marks = marks_of(lesson({"halve": "while True:\n    pass"}))
    assert scores(marks) == {"double": 2, "halve": 0, "answer": 2}
    said = [
        o.evalue for c in marks["notebook"].cells for o in c.get("outputs", []) if o.output_type == "error"
    ]
    assert any("Look for a loop that never ends" in text for text in said)


def test_an_endless_function_costs_its_test_alone(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": "def double(x):\n    while True:\n        pass"}))
    assert scores(marks) == {"double": 0, "halve": 2, "answer": 2}
    assert "double had not returned after 1 s" in marks["double"].message
    assert marks["cut short"]


@pytest.mark.parametrize(
    "forgery",
    [
        (
            "class Yes:\n    def __eq__(self, other): return True\n"
            "def double(x):\n    return Yes()\ndef halve(x):\n    return Yes()\nanswer = Yes()"
        ),
        "import builtins\nbuiltins.AssertionError = type('A', (Exception,), {})\ndef double(x): pass\ndef halve(x): pass",
        (
            "import numpy as np\nclass L(np.ndarray):\n    __eq__ = lambda s, o: True\n"
            "def double(x):\n    return np.zeros(1).view(L)"
        ),
        "get_ipython().run_cell = lambda *a, **k: None\n2.0",
        "def double(x):\n    raise SystemExit(0)\ndef halve(x):\n    raise StopIteration",
    ],
    ids=["equal to all", "no assertions", "lying array", "no cells", "exits"],
)
def test_what_forges_marks_elsewhere_earns_nothing(marks_of: Marks, forgery: str) -> None:
    marks = marks_of(lesson({"double": forgery, "halve": "pass", "answer": "pass"}))
    assert scores(marks) == {"double": 0, "halve": 0, "answer": 0}


def test_outputs_that_could_run_in_a_page_are_not_kept(marks_of: Marks) -> None:
    source = (
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<script>alert(1)</script>'), Javascript('alert(2)'))\nanswer = 42"
    )
    marks = marks_of(lesson({"answer": source}))
    kinds = {m for c in marks["notebook"].cells for o in c.get("outputs", []) for m in o.get("data", {})}
    assert kinds <= {"text/plain"}
    assert marks["answer"].score == 2


def test_a_failed_cell_is_why_its_name_is_missing(marks_of: Marks) -> None:
    marks = marks_of(lesson({"double": "def double(x)\n    return 2 * x", "halve": "print(1 / 0)"}))
    ended = "its cell ended with SyntaxError: expected ':' (line 1)"
    assert marks["double"].message == f"NameError: name 'double' is not defined ({ended})"
    assert "'halve' is not defined (its cell ended with ZeroDivisionError" in marks["halve"].message
