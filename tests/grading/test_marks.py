"""What is written into a graded notebook: reports that say how a failed cell ended."""

from __future__ import annotations

from typing import Any

from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.check import AspectResult, Finding, Report
from autograder.grading import marks
from autograder.grading.outcome import CellResult, ExamResult

from .conftest import cell

ENDED = "its cell ended with SyntaxError: expected ':' (line 1)"
BROKEN = new_output("error", ename="SyntaxError", evalue="expected ':' (<ipython-input-7-ab>, line 1)")
MISSING = Finding("`double` is not defined: no cell above defines it")


NOTHING = new_output("execute_result", data={"text/plain": "0.0"})


def shown(*findings: Finding) -> dict[str, Any]:
    """Return the output of a test cell that found these, one for each aspect."""
    aspects = [AspectResult(f"aspect{i}", 1, 0, "failed", finding) for i, finding in enumerate(findings)]
    report = Report("double", tuple(aspects), 0, len(aspects), student_side=False)
    data = {"text/html": report._repr_html_(), "text/plain": str(report)}
    return {"output_type": "display_data", "data": data, "metadata": {"autograder": report.as_dict()}}


def written(source: str, *findings: Finding, end: Any = BROKEN, scratch: Any = None) -> tuple[Any, str]:
    """Write the outputs of an answer, perhaps a scratch cell, and a test; return the test's and its message."""
    test = cell("test_double", "", grade=True, locked=True, points=float(len(findings)))
    notebook = new_notebook(cells=[cell("double", source, solution=True), test])
    results = [CellResult(0, [end] if end else [])]
    if scratch is not None:
        notebook.cells.insert(1, new_code_cell(scratch))
        results.append(CellResult(1, [new_output("error", ename="NameError", evalue="no such name")]))
    results.append(CellResult(len(results), [shown(*findings), NOTHING]))
    result = ExamResult(results)
    marks.write_outputs(notebook, result)
    return notebook.cells[-1].outputs[0], marks.outcomes(notebook, result)["test_double"].message


def test_the_card_says_how_the_cell_ended() -> None:
    output, message = written("def double(x)\n    return 2 * x", MISSING, MISSING)
    said = f"{ENDED}, so `double` is not defined"
    assert message == said
    assert f"0/1  {said}" in output.data["text/plain"]
    assert "SyntaxError" in output.data["text/html"]
    assert output.metadata["autograder"]["aspects"][1]["finding"]["verdict"] == said


def test_a_cell_that_was_stopped_is_a_reason_too() -> None:
    stopped = new_output("error", ename="CellStopped", evalue="This cell was stopped after 5 seconds.")
    _, message = written("while True: pass", MISSING, end=stopped)
    assert message.endswith("its cell did not come to its end, so `double` is not defined")


def test_a_scratch_cell_that_uses_the_name_is_not_to_blame() -> None:
    _, message = written("def double(x)\n    return 2 * x", MISSING, scratch="double(2)\nx = y")
    assert message.endswith(f"{ENDED}, so `double` is not defined")


def test_a_test_that_finds_the_name_is_left_alone() -> None:
    finding = Finding("expected 2, got 1")
    output, message = written("def double(x):\n    return x\n1 / 0", finding)
    assert output == shown(finding)
    assert message == f"{ENDED}\nexpected 2, got 1"


def test_a_name_that_no_cell_gives_is_told_as_such() -> None:
    _, message = written("def dubble(x):\n    return 2 * x", MISSING, end=None)
    assert "no cell above defines it" in message


def test_one_error_under_several_aspects_is_said_once() -> None:
    first = Finding("raised ValueError: (2,) (3,)", "x = [1, 2]", "Which axis?", error="ValueError (line 2)")
    again = Finding("raised ValueError: (4,) (3,)", "x = [1, 2, 3, 4]", "Which axis?", error=first.error)
    other = Finding("expected 2, got 1")
    _, message = written("def double(x): ...", first, again, end=None)
    assert message == str(first)
    _, message = written("def double(x): ...", first, again, other, end=None)
    assert message.split("\n") == [
        f"aspect0: {first.what}", "Which axis?", "aspect1: same error as above", "aspect2: expected 2, got 1",
    ]  # fmt: skip


def test_an_aspect_alone_needs_no_name() -> None:
    finding = Finding("not written yet")
    report = Report("slip", (AspectResult("values", 1, 0, "failed", finding),), 0, 1, student_side=False)
    output = new_output("display_data", metadata={"autograder": report.as_dict()})
    assert marks.reason([output]) == ("not written yet", [])
