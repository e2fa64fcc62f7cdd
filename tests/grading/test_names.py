"""Whose a name is: an ordinary course's tests find what the submission made, and never what the author's run left."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_notebook

from autograder.grading import marks
from autograder.grading.mend import mend
from autograder.grading.names import Ledger
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource
from autograder.sandbox.limits import Limits

from .conftest import cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox
LOCKED = {
    "tools": (
        "import matplotlib.pyplot as plt\nimport numpy as np\nfrom collections import Counter\n"
        "np.random.seed(1)\nlog = []\nscores = [3, 1, 2]\nfigure, axes = plt.subplots()"
    ),
    "path": "path = [1]\nwhile len(path) < 4:\n    path.append(step(path[-1]))",
    "show": "shown = [step(n) for n in range(3)]\nplt.plot(shown)",
}
ANSWERS = {
    "step": "spare = 1\ndef step(n):\n    return n + 1",
    "sort": "scores.sort()",
    "title": "axes.set_title('Steps')",
    "count": "from collections import Counter\ncounts = dict(Counter('aab'))",
}
TESTS = {
    "step": "spare = 5\nlog.append(step(1))\nassert log == [2] and path == [1, 2, 3, 4]",
    "sort": "assert scores == [1, 2, 3]",
    "title": "assert axes.get_title() == 'Steps'",
    "count": "assert spare == 5, 'bound by the test above'\nassert Counter('aab') == counts",
    "draw": "first = np.random.rand()\nassert abs(first - 0.417022004702574) < 1e-12",
}


def lesson(answers: dict[str, str] | None = None) -> NotebookNode:
    given = ANSWERS | (answers or {})

    def test(name: str) -> NotebookNode:
        return cell(f"test_{name}", TESTS[name], grade=True, locked=True, points=1)

    def locked(name: str) -> NotebookNode:
        return cell(name, LOCKED[name], locked=True)

    cells = [locked("tools"), test("draw"), cell("step", given["step"], solution=True), locked("path")]
    cells += [test("step"), locked("show")]
    for name in ("sort", "title", "count"):
        cells += [cell(name, given[name], solution=True), test(name)]
    return new_notebook(cells=cells)  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("names")
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), Limits(memory_mib=400))
    assert made.problems == []
    yield made
    made.close()


def earned(examiner: Examiner, work: NotebookNode) -> dict[str, float]:
    mend(work, lesson())
    result = examiner.examine(ExamRequest(marks.plan(work)))
    assert not result.error
    marks.write_outputs(work, result)
    return {name.removeprefix("test_"): cell.score for name, cell in marks.outcomes(work, result).items()}


def test_each_submission_starts_from_nothing(examiner: Examiner) -> None:
    """What the source's run or the last submission left in a list or a generator is not there."""
    for _ in range(2):
        assert earned(examiner, lesson()) == {"draw": 1, "step": 1, "sort": 1, "title": 0, "count": 1}


def test_what_the_submission_did_not_do_is_not_taken_from_the_authors_run(examiner: Examiner) -> None:
    stub = "raise NotImplementedError"
    work = lesson(dict.fromkeys(ANSWERS, stub))
    assert earned(examiner, work) == {"draw": 1, "step": 0, "sort": 0, "title": 0, "count": 0}


def test_a_locked_cell_computes_with_the_submissions_functions(examiner: Examiner) -> None:
    assert earned(examiner, lesson({"step": "def step(n):\n    return n + 1 if n < 3 else 9"}))["step"] == 0


def test_an_object_that_does_not_cross_earns_nothing_unless_its_test_runs_inside(examiner: Examiner) -> None:
    """The author's own figure must not answer for the student's: such a test wants the tag in-sandbox."""
    assert earned(examiner, lesson())["title"] == 0


def test_a_locked_cell_that_only_shows_something_is_left_out() -> None:
    ledger, namespace = Ledger(), dict[str, object]()
    for one in lesson().cells:
        ledger.run(one, namespace, partial(exec, one.source, namespace))
    ledger.close()
    assert ledger.essential == {"tools", "path"}
    assert ledger.following == {"path", "show"}
    assert set(ledger.all_names("test_sort")) == {"step", "scores"}
    assert ledger.names("test_sort") == ["scores"]
