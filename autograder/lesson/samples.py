"""A sample class: students whose work is made from the released notebook, and whose marks are foreseen.

`solutions/NAME/samples.py` lists the sample students of lesson NAME; this file has the words it is written
with, does their work in a fetched folder, and compares what grading gave with what was foreseen. It grades
nothing itself.
"""

from __future__ import annotations

import ast
import copy
import runpy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import nbformat

from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from autograder.lesson.source import Lesson

    Edit = Callable[[NotebookNode], None]


class SampleError(ValueError):
    """A sample that cannot be made: it names something that its lesson does not have."""


@dataclass(frozen=True)
class Reference:
    """The answer is the lesson's own."""


@dataclass(frozen=True)
class Known:
    """The answer is one of the lesson's known mistakes, by its name."""

    mistake: str


RIGHT = Reference()
Answer = str | Reference | Known


@dataclass(frozen=True)
class Foreseen:
    """What the author of a sample expects grading to say.

    Exercises are named by the grade id of their solution cell; the points are those of its test cell.

    Attributes
    ----------
    status : str
        "graded", "partial" or "rejected".
    others : str
        "full" or "none": the points of every exercise that `scores` does not name.
    scores : mapping
        Exercise to points.
    mistakes : mapping
        Exercise to the name of the known mistake that is recognised there. No other is.
    says : mapping
        Exercise to a part of what the student is told about it.
    why : str
        Part of the submission's line in the grade table.
    shows : str
        Part of what the graded notebook shows, as plain text.
    stock : str
        What ``nbgrader autograde`` does: "same" marks, or "refused", no marks and the next student.
    """

    status: Literal["graded", "partial", "rejected"] = "graded"
    others: Literal["full", "none"] = "full"
    scores: Mapping[str, float] = field(default_factory=dict)
    mistakes: Mapping[str, str] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    shows: str = ""
    stock: Literal["same", "refused"] = "same"

    def points(self, possible: Mapping[str, float]) -> dict[str, float]:
        """Return the points foreseen for each graded cell, given what each is worth."""
        rest = possible if self.others == "full" else dict.fromkeys(possible, 0.0)
        # An answer in words is graded where it stands and has no test cell.
        given = {name if name in possible else f"test_{name}": points for name, points in self.scores.items()}
        return {**rest, **given}


@dataclass(frozen=True)
class Sample:
    """One sample student.

    Attributes
    ----------
    student : str
        The student id.
    first_name, last_name : str
        As in the gradebook.
    story : str
        What this student did, in one line.
    foreseen : Foreseen
        What grading is expected to say.
    rest : str
        "right" or "untouched": the exercises that `answers` does not name.
    answers : mapping
        Exercise to the text of its cell, `RIGHT`, or a `Known` mistake.
    edits : tuple of functions
        What else was done to the notebook, in order.
    damage : function, optional
        What happened to the file after it was saved: bytes to bytes.
    filename : str
        The name it was handed in under, when it is not the lesson's.
    late : bool
        Whether it was handed in after the due date.
    """

    student: str
    first_name: str
    last_name: str
    story: str
    foreseen: Foreseen = Foreseen()
    rest: Literal["right", "untouched"] = "right"
    answers: Mapping[str, Answer] = field(default_factory=dict)
    edits: tuple[Edit, ...] = ()
    damage: Callable[[bytes], bytes] | None = None
    filename: str = ""
    late: bool = False


def copy_cell(grade_id: str, *, source: str | None = None) -> Edit:
    """Copy a cell, nbgrader's metadata and all, and paste it below the next cell; then change the copy."""

    def edit(notebook: NotebookNode) -> None:
        at, cell = _find(notebook, grade_id)
        twin = copy.deepcopy(cell)
        twin.id = f"{cell.id}-copy"[:64]
        twin.source = cell.source if source is None else source
        notebook.cells.insert(at + 2, twin)

    return edit


def delete_cell(grade_id: str) -> Edit:
    """Delete a cell, which Jupyter does not allow for these, so it was done in a text editor."""

    def edit(notebook: NotebookNode) -> None:
        at, _ = _find(notebook, grade_id)
        del notebook.cells[at]

    return edit


def rewrite_cell(grade_id: str, source: str, **nbgrader: Any) -> Edit:
    """Change a cell's text, and its nbgrader metadata where given."""

    def edit(notebook: NotebookNode) -> None:
        _, cell = _find(notebook, grade_id)
        cell.source = source.strip("\n")
        cell.metadata.nbgrader.update(nbgrader)

    return edit


def add_cell(after: str, source: str, *, kind: Literal["code", "markdown"] = "code") -> Edit:
    """Add a cell of the student's own below a cell."""

    def edit(notebook: NotebookNode) -> None:
        at, _ = _find(notebook, after)
        make: Any = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        cell = make(source.strip("\n"))
        cell.id = f"own-{len(notebook.cells)}"
        notebook.cells.insert(at + 1, cell)

    return edit


def read_samples(lesson: Lesson) -> tuple[Sample, ...]:
    """Read the sample class that lies beside a lesson's source.

    Raises
    ------
    SampleError
        If there is none, or one of it does not fit the lesson; the message names the student.
    """
    path = lesson.path.with_name("samples.py")
    if not path.is_file():
        raise SampleError(f"{path} is not there: a lesson's sample class is listed in it, as SAMPLES.")
    samples: tuple[Sample, ...] = tuple(runpy.run_path(str(path))["SAMPLES"])
    exercises = {name for cell in lesson.notebook.cells if (name := cells.grade_id(cell)) is not None}
    for sample in samples:
        foreseen = sample.foreseen
        named = {*sample.answers, *foreseen.scores, *foreseen.mistakes, *foreseen.says}
        if unknown := sorted(named - exercises):
            raise SampleError(
                f"{path}: {sample.student} names {', '.join(unknown)}, which {lesson.name} lacks."
            )
    twins = [sample.student for sample in samples]
    if doubled := sorted({name for name in twins if twins.count(name) > 1}):
        raise SampleError(f"{path}: {', '.join(doubled)} is there more than once.")
    return samples


def do_work(sample: Sample, lesson: Lesson, folder: Path) -> None:
    """Do a sample's work in the folder that the student fetched: what lies there then is handed in."""
    released = folder / f"{lesson.name}.ipynb"
    notebook = nbformat.read(released, as_version=4)
    mistakes = known_mistakes(lesson)
    for cell in lesson.notebook.cells:
        name = cells.grade_id(cell)
        if name is None or not cells.is_solution(cell):
            continue
        answer = sample.answers.get(name, RIGHT if sample.rest == "right" else None)
        if answer is not None:
            _find(notebook, name)[1].source = _text(answer, name, cell, mistakes)
    for edit in sample.edits:
        edit(notebook)
    data = (nbformat.writes(notebook, version=4) + "\n").encode()
    if sample.damage is not None:
        data = sample.damage(data)
    if sample.filename:
        released.unlink()
    (folder / (sample.filename or released.name)).write_bytes(data)


def known_mistakes(lesson: Lesson) -> dict[str, dict[str, str]]:
    """Return the code of a lesson's known mistakes: exercise to name to function definition."""
    found: dict[str, dict[str, str]] = {}
    for cell in lesson.notebook.cells:
        if not cells.is_test(cell):
            continue
        for node in ast.parse(cell.source).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for mark in node.decorator_list:
                if (
                    isinstance(mark, ast.Call)
                    and isinstance(mark.func, ast.Name)
                    and mark.func.id == "mistake"
                ):
                    name = ast.literal_eval(mark.args[0])
                    found.setdefault(node.name, {})[name] = ast.get_source_segment(cell.source, node) or ""
    return found


def shown_in(notebook: NotebookNode) -> str:
    """Return what a notebook's cells show, as plain text."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [
        output.get("text") or output.get("evalue") or output.get("data", {}).get("text/plain", "")
        for output in outputs
    ]
    return "\n".join(texts)


def differences(sample: Sample, entry: Mapping[str, Any], why: str, shown: str = "") -> list[str]:
    """Return where grading differs from what was foreseen, in words; nothing when it does not.

    Parameters
    ----------
    sample
        The student.
    entry
        The submission's entry in what ``autograder grade --json`` writes.
    why
        Its reason in the grade table.
    shown
        What its graded notebook shows, from `shown_in`.
    """
    foreseen = sample.foreseen
    graded: Mapping[str, Any] = entry["cells"]
    found: list[str] = []
    if entry["status"] != foreseen.status:
        found.append(f"status {entry['status']}, foreseen {foreseen.status}")
    if foreseen.why not in why:
        found.append(f"the reason is {why!r}, foreseen {foreseen.why!r} in it")
    if foreseen.shows not in shown:
        found.append(f"the notebook does not show {foreseen.shows!r}")
    for name, points in foreseen.points({name: cell["max_score"] for name, cell in graded.items()}).items():
        exercise = name.removeprefix("test_")
        cell = graded.get(name, {"score": None, "mistakes": [], "message": ""})
        if cell.get("status") == "manual":  # a person's to mark, and nobody's to foresee
            continue
        if cell["score"] != points:
            found.append(f"{exercise}: {cell['score']} points, foreseen {points:g}")
        named = foreseen.mistakes.get(exercise)
        if list(cell["mistakes"]) != ([named] if named else []):
            found.append(f"{exercise}: recognised {cell['mistakes']}, foreseen {named!r}")
        if foreseen.says.get(exercise, "") not in cell["message"]:
            found.append(f"{exercise}: says {cell['message']!r}, foreseen {foreseen.says[exercise]!r} in it")
    return [f"{sample.student}: {what}" for what in found]


def _find(notebook: NotebookNode, grade_id: str) -> tuple[int, NotebookNode]:
    for at, cell in enumerate(notebook.cells):
        if cells.grade_id(cell) == grade_id:
            return at, cell
    raise SampleError(f"the notebook has no cell {grade_id}")


def _text(answer: Answer, name: str, cell: NotebookNode, mistakes: dict[str, dict[str, str]]) -> str:
    """Return what a student wrote into a solution cell."""
    if isinstance(answer, str):
        return answer.strip("\n")
    if isinstance(answer, Known):
        try:
            return mistakes[name][answer.mistake]
        except KeyError:
            known = ", ".join(mistakes.get(name, {})) or "none"
            raise SampleError(f"{name} has no mistake {answer.mistake!r}; known are: {known}") from None
    source: str = cell.source
    return "\n".join(
        line for line in source.split("\n") if "### BEGIN SOL" not in line and "### END SOL" not in line
    )
