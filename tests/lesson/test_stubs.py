"""What a student finds where the solution was: a statement that raises, or a comment inside brackets."""

from __future__ import annotations

import copy

import nbformat.v4
import pytest
from traitlets.config import Config

from autograder.lesson.stubbing import stubs_of
from autograder.lesson.stubs import ClearSolutions

CHAIN = """\
derive_double = [
    "x + x",
    ### BEGIN SOLUTION
    "1 * x + 1 * x",
    "(1 + 1) * x",
    ### END SOLUTION
    "2 * x",
]"""
STATEMENT = "def double(x):\n    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION"
WITH_A_MAGIC = "%matplotlib inline\nx = [\n    ### BEGIN SOLUTION\n    1,\n    ### END SOLUTION\n]"


def released(source: str) -> str:
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = {"grade_id": "double", "solution": True, "grade": False, "locked": False}
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook, _ = ClearSolutions().preprocess(notebook, {})
    text: str = notebook.cells[0].source
    return text


def test_a_function_raises_until_it_is_written() -> None:
    assert released(STATEMENT) == (
        "def double(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    )  # nbgrader's own


def test_inside_a_list_a_comment_marks_the_place() -> None:
    stub = released(CHAIN)
    assert stub == 'derive_double = [\n    "x + x",\n    # YOUR LINES HERE\n    "2 * x",\n]'
    compile(stub, "stub", "exec")


def test_one_value_alone_is_an_answer() -> None:
    stub = released("slip = (\n    ### BEGIN SOLUTION\n    4\n    ### END SOLUTION\n)")
    assert stub == "slip = (\n    # YOUR ANSWER HERE\n)"


@pytest.mark.parametrize("source", [WITH_A_MAGIC, "def broken(:\n### BEGIN SOLUTION\n1\n### END SOLUTION"])
def test_what_is_not_plain_python_is_left_to_nbgrader(source: str) -> None:
    assert "raise NotImplementedError()" in released(source)


def test_the_next_cell_gets_the_usual_stub_again() -> None:
    step = ClearSolutions()
    cells = []
    for source in (CHAIN, STATEMENT):
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["nbgrader"] = {"grade_id": "a", "solution": True, "grade": False, "locked": False}
        cells.append(cell)
    notebook, _ = step.preprocess(nbformat.v4.new_notebook(cells=cells), {})
    assert "raise" not in notebook.cells[0].source
    assert "raise" in notebook.cells[1].source


@pytest.mark.parametrize("kind", ["code", "markdown"])
@pytest.mark.parametrize(
    "source",
    [
        CHAIN,
        STATEMENT,
        WITH_A_MAGIC,
        "slip = (\n    ### BEGIN SOLUTION\n    4\n    ### END SOLUTION\n)",
        "slip = (  # one value\n    ### BEGIN SOLUTION\n    4\n    ### END SOLUTION\n)",
        "def broken(:\n### BEGIN SOLUTION\n1\n### END SOLUTION",
        "a whole cell",
        "",
        "### BEGIN SOLUTION\n1\n### END SOLUTION\nx = [\n\t### BEGIN SOLUTION\n1\n### END SOLUTION\n]",
    ],
)
def test_grading_knows_the_stub_without_nbgrader(kind: str, source: str) -> None:
    config = Config({"ClearSolutions": {"text_stub": "Your words", "value_stub": {"python": "# ?"}}})
    cell = {"cell_type": kind, "source": source, "metadata": {"nbgrader": {"solution": True}}}
    notebook = nbformat.from_dict({"cells": [cell], "metadata": {}})
    expected = ClearSolutions(config=config).preprocess(copy.deepcopy(notebook), {})[0].cells[0].source
    assert stubs_of(config).stubbed(notebook.cells[0], "python") == expected


@pytest.mark.parametrize(
    "source", ["### BEGIN SOLUTION", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"]
)
def test_markers_that_do_not_pair_up_stop_both(source: str) -> None:
    cell = nbformat.v4.new_code_cell(source)
    with pytest.raises(RuntimeError):
        stubs_of(None).stubbed(cell, "python")
    with pytest.raises(RuntimeError):
        ClearSolutions().preprocess(nbformat.v4.new_notebook(cells=[cell]), {})
