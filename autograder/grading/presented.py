"""What a student may read of a test cell's own outputs: no hidden line, nothing that shows what one holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograder.check.grading import NOT_WRITTEN
from autograder.grading import credit
from autograder.grading.text import scrub
from autograder.grading.timer import is_cell

if TYPE_CHECKING:
    from autograder.grading.lesson import TestCell


def presentable(
    test: TestCell, outputs: list[dict[str, Any]], last_error: BaseException | None, *, is_number: bool
) -> list[dict[str, Any]]:
    """Keep of a test cell's outputs what a student may read, and what nbgrader counts as it should.

    Parameters
    ----------
    test
        The test.
    outputs
        What its run gave, as nbformat has it.
    last_error
        What ended it, if anything did.
    is_number
        Whether the value of its last line is its points.
    """
    kept = []
    for output in outputs:
        kind = output["output_type"]
        if kind == "error":
            kept.append(_failure(test, last_error))
        elif kind == "execute_result":
            text = credit.counted(output["data"], test.points, number=is_number)
            kept.append({**output, "data": {"text/plain": text}, "metadata": {}})
        elif kind == "stream" and output["name"] == "stdout" and not test.hidden:
            kept.append({**output, "text": scrub(output["text"])})
        # stderr would cost all the points, and displays of a test with hidden lines could show them
    return kept


def error_output(name: str, value: str, lines: list[str] | None = None) -> dict[str, Any]:
    """Return an exception as nbformat has it, with these lines of its traceback."""
    last = f"{name}: {value}" if value else name
    return {"output_type": "error", "ename": name, "evalue": value, "traceback": [*(lines or []), last]}


def _failure(test: TestCell, error: BaseException | None) -> dict[str, Any]:
    """Describe the exception that ended a test cell, without a hidden line in it."""
    if error is None:
        return error_output("Error", "the test cell could not be run")
    line = _line_in_cell(error)
    lines = test.source.split("\n")
    visible = line is not None and line not in test.hidden and 0 < line <= len(lines)
    shown = [f"----> {line} {lines[line - 1].strip()}"] if visible and line is not None else []
    if not visible and line is not None:
        shown = ["in a hidden test"]
    remote = getattr(error, "remote_traceback", "")
    text = str(error) or _said_by(error, visible=visible, remote=bool(remote))
    if remote:
        shown.append(f"raised in your code: {remote}")
    return error_output(type(error).__name__, scrub(text), shown)


def _said_by(error: BaseException, *, visible: bool, remote: bool) -> str:
    """Return what is said of an exception without words."""
    if remote and isinstance(error, NotImplementedError):  # what a released exercise raises
        return NOT_WRITTEN
    if not visible:
        return "a hidden test failed"
    return "the assertion does not hold" if isinstance(error, AssertionError) else ""


def _line_in_cell(error: BaseException) -> int | None:
    traceback, line = error.__traceback__, None
    while traceback is not None:
        if is_cell(traceback.tb_frame.f_code.co_filename):
            line = traceback.tb_lineno
            break
        traceback = traceback.tb_next
    return line
