"""From a graded notebook's cells to marks with reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from autograder.check import Finding, Report
from autograder.check.grading import SAME_ERROR, told
from autograder.grading.again import NOTE
from autograder.grading.later import why_missing
from autograder.grading.needs import INSIDE_TAG
from autograder.grading.outcome import CellOutcome, PlanCell
from autograder.grading.text import scrub
from autograder.lesson import notebook as cells
from autograder.lesson.nbgraded import determine_grade
from autograder.lesson.node import from_dict

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.outcome import ExamResult

_PLACE = re.compile(r"<ipython-input-[^>]*>, line (\d+)")
_BINDS = re.compile(
    r"^(?:(?:(?:async\s+)?def|class)\s+(?=\w)|(?=\w+\s*(?::[^=\n]*)?=(?!=)))(\w+)", re.MULTILINE
)
_LONG = 200  # characters of a student's own error
_NAME_ERROR = re.compile(r"name '(\w+)' is not defined")
_ENDINGS = {"timeout", "died", "memory", "garbled", "not run"}


def plan(notebook: NotebookNode) -> list[PlanCell]:
    """Return what is to be done with each code cell of a mended submission."""
    planned = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        name = cells.grade_id(cell) or ""
        if cells.is_test(cell):
            kind = "inside" if INSIDE_TAG in cells.tags(cell) else "test"
            planned.append(PlanCell(index, kind, "", name))  # type: ignore[arg-type]
        else:
            planned.append(PlanCell(index, "run", cell.source, name, cells.is_marked_by_hand(cell)))
    return planned


def write_outputs(notebook: NotebookNode, result: ExamResult, with_it: frozenset[str] | None = None) -> None:
    """Put the examination's outputs into the notebook, numbered as if it had been run from the top.

    Parameters
    ----------
    notebook, result
        What was examined, and what came of it.
    with_it
        The grade ids that the notebook came with, where it says so: what came later, its student was not asked.
    """
    for number, done in enumerate(result.cells, 1):
        cell = notebook.cells[done.index]
        cell.execution_count = number
        cell.outputs = [from_dict(output) for output in done.outputs]
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    _say_why_names_are_missing(notebook, with_it)


def _say_why_names_are_missing(notebook: NotebookNode, with_it: frozenset[str] | None) -> None:
    """Bring why a name is missing into the verdicts of tests: its cell failed, or came into the lesson later."""
    endings: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        if not cells.is_test(cell):
            for name in _defines(cell):
                endings.pop(name, None)
                if ending := _ending(cell) or _stopped(cell):
                    endings[name] = ending
            continue
        if INSIDE_TAG in cells.tags(cell):
            continue  # what came out of the sandbox is no report
        reasons = why_missing(cell, with_it) | endings
        for output in cell.outputs if reasons else []:
            _say_why(output, reasons)


def _say_why(output: NotebookNode, endings: dict[str, str]) -> None:
    if output.output_type == "display_data" and output.get("metadata", {}).get("autograder"):
        report = told(Report.from_dict(output.metadata["autograder"]), endings)
        output.data = {"text/html": report._repr_html_(), "text/plain": str(report)}
        output.metadata["autograder"] = report.as_dict()
    elif output.output_type == "error" and output.ename == "NameError":
        absent = _NAME_ERROR.fullmatch(output.evalue)
        if absent and absent[1] in endings:
            output.evalue += f" ({endings[absent[1]]})"


def _defines(cell: NotebookNode) -> set[str]:
    """Return the names that a cell's code gives a value at the top level; it may be no Python at all."""
    found = set(_BINDS.findall(cell.source))
    name = cells.grade_id(cell)
    return found | {name} if name and cells.is_solution(cell) else found


def _stopped(cell: NotebookNode) -> str:
    stopped = any(o.output_type == "error" and o.ename == "CellStopped" for o in cell.get("outputs", []))
    return "its cell did not come to its end" if stopped else ""


def score(cell: NotebookNode) -> tuple[float | None, float]:
    """Return (points, of how many) as nbgrader counts them; None where a person decides."""
    earned, possible = determine_grade(cell)
    return (None if earned is None else float(earned)), float(possible)


def outcomes(notebook: NotebookNode, result: ExamResult) -> dict[str, CellOutcome]:
    """Return the mark of every graded cell, with its reason."""
    done = {cell.index: cell for cell in result.cells}
    found: dict[str, CellOutcome] = {}
    failed = ""
    for index, cell in enumerate(notebook.cells):
        name = cells.grade_id(cell)
        if name is not None and cells.is_solution(cell):
            failed = _ending(cell)
        if name is None or not cells.is_graded(cell):
            continue
        if cells.is_task(cell):
            found[name] = CellOutcome(0.0, cells.points(cell) or 0.0, "manual", "marked by a person")
            continue
        earned, possible = score(cell)
        if earned is None:
            found[name] = CellOutcome(0.0, possible, "manual", "marked by a person")
            continue
        fate = done[index].fate if index in done else "ok"
        status = "full" if earned >= possible else "part" if earned > 0 else "none"
        if fate == "not run":
            status = "not run"
        message, mistakes = reason(cell.get("outputs", []))
        if failed and failed not in message and status != "full":
            message = f"{failed}\n{message}".strip()
        if not message and status in {"part", "none"}:
            written = f"the test counted {earned:g} of {possible:g} points"
            message = "not written yet" if cells.is_solution(cell) else written  # no test: left as released
        if INSIDE_TAG in cells.tags(cell):
            message = f"[run inside the sandbox] {message}".strip()
        found[name] = CellOutcome(earned, possible, status, scrub(message), mistakes)  # type: ignore[arg-type]
    return found


def reason(outputs: list[Any]) -> tuple[str, list[str]]:
    """Return why points were lost, in one text, and the named mistakes that were recognised."""
    messages: list[str] = []
    mistakes: list[str] = []
    for output in outputs:
        report = (
            output.get("metadata", {}).get("autograder") if output.output_type == "display_data" else None
        )
        if report:
            lines, named = _said(Report.from_dict(report))
            messages += lines
            mistakes += [name for name in named if name not in mistakes]
        elif output.output_type == "error":
            text = str(output.evalue)
            messages.append(text if output.ename == "CellStopped" else f"{output.ename}: {text}".rstrip(": "))
        if output.output_type == "display_data" and (note := output.get("metadata", {}).get(NOTE)):
            messages.append(str(note))
    return "\n".join(messages), mistakes


def _said(report: Report) -> tuple[list[str], list[str]]:
    """Return what a report found, one text for each cause, and the known mistakes it names."""
    found = [(aspect.name, aspect.finding) for aspect in report.aspects if aspect.finding]
    mistakes = [finding.mistake for _, finding in found if finding.mistake]
    texts = {str(finding) for _, finding in found}
    if len(report.aspects) == 1 and found:
        return [_words(found[0][1])], mistakes  # an aspect alone needs no name
    if len(found) > 1 and (len(texts) == 1 or len(report.repeated) == len(found) - 1):
        return [_words(found[0][1])], mistakes[:1]  # one cause, such as an exercise not written yet
    said = [
        f"{name}: {SAME_ERROR if name in report.repeated else _words(finding.under(name))}"
        for name, finding in found
    ]
    return said, list(dict.fromkeys(mistakes))


def _words(finding: Finding) -> str:
    """Return a finding's sentences, the one that says most first."""
    return f"{finding.hint}\n{finding.what}" if finding.hint_first else str(finding)


def _ending(cell: NotebookNode) -> str:
    """Say how a student's cell failed, where it did: the test below only knows that a name is missing."""
    for output in cell.get("outputs", []):
        if output.output_type == "error" and output.ename != "CellStopped":
            words = _PLACE.sub(r"line \1", str(output.evalue).split("\n", 1)[0])[:_LONG]
            return f"its cell ended with {output.ename}: {words}".rstrip(": ")
    return ""


def is_cut_short(result: ExamResult) -> bool:
    """Whether a cell crashed, hung or was not run."""
    return result.stopped or any(cell.fate in _ENDINGS for cell in result.cells)
