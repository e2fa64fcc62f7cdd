"""Reasons that cross the wall: an exercise that stands on another one, graded in the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_notebook

from autograder.grading import marks
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner, LessonSource

from .conftest import LIMITS, cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nbformat import NotebookNode

pytestmark = pytest.mark.sandbox

DOUBLE = "def double(x):\n    return 2 * x"
QUADRUPLE = "def quadruple(x):\n    return double(double(x))"
TEST = """
from autograder import check
marks = check.marks("quadruple", values=1, more=1)
with marks.values:
    check.close(quadruple(1.0), 4.0)
with marks.more:
    check.close(quadruple(3.0), 12.0)
marks.total()
"""


def lesson(double: str = DOUBLE, quadruple: str = QUADRUPLE) -> NotebookNode:
    cells = [
        cell("setup", "import numpy as np", locked=True),
        cell("double", double, solution=True),
        cell("quadruple", quadruple, solution=True),
        cell("test_quadruple", TEST, grade=True, locked=True, points=2.0),
    ]
    return new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def examiner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Examiner]:
    folder = tmp_path_factory.mktemp("source")
    made = Examiner(LessonSource(lesson(), folder, (folder, Path.cwd())), LIMITS)
    yield made
    made.close()


def graded(examiner: Examiner, notebook: NotebookNode) -> tuple[list[str], Any]:
    """Return the lines of the message, and the card as text."""
    result = examiner.examine(ExamRequest(marks.plan(notebook)))
    assert not result.error
    marks.write_outputs(notebook, result)
    message = marks.outcomes(notebook, result)["test_quadruple"].message
    return message.split("\n"), notebook.cells[-1].outputs[0].data["text/plain"]


def test_a_helper_that_is_not_written_is_named(examiner: Examiner) -> None:
    stub = "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    message, card = graded(examiner, lesson(double=stub))
    assert message == ["`quadruple` calls `double`, which is not written yet"]
    assert card.count("same error as above") == 1


def test_a_helper_whose_cell_failed_is_named(examiner: Examiner) -> None:
    message, card = graded(examiner, lesson(double="def double(x)\n    return 2 * x"))
    assert message == [
        "at quadruple(1.0): raised NameError: name 'double' is not defined (line 2 of quadruple)",
        "`double`: its cell ended with SyntaxError: expected ':' (line 1).",
    ]
    assert "`double`: its cell ended" in card


def test_an_exercise_whose_cell_failed_is_told_so(examiner: Examiner) -> None:
    message, card = graded(examiner, lesson(quadruple="def quadruple(x)\n    return 4 * x"))
    said = "its cell ended with SyntaxError: expected ':' (line 1), so `quadruple` is not defined"
    assert message == [said]
    assert said in " ".join(card.split())


def test_a_frequent_error_gets_its_advice(examiner: Examiner) -> None:
    message, _ = graded(
        examiner, lesson(quadruple="def quadruple(x):\n    return np.array([x, x]).sum(axis=1)")
    )
    assert message[0].startswith("at quadruple(1.0): raised ValueError: AxisError: axis 1 is out of bounds")
    assert "How many axes does this array have?" in message[1]
