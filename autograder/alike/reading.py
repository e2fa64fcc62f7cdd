"""What each student of a class wrote, and what the course itself says: read from the course's folders.

Submissions are read as grading reads them, torn ones too, and nothing is run. What cannot be read is named, and stops
nobody else's work.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autograder.grading.exercises import Outline, outline, squeezed
from autograder.grading.folder import refuse_links
from autograder.grading.folders import readable, unusable_id
from autograder.grading.handin import find_notebooks, read_bytes
from autograder.grading.mend import mend
from autograder.grading.reading import UnreadableError, read_submission
from autograder.grading.refusal import failed
from autograder.grading.sources import SourceFailsError, source_notebooks
from autograder.lesson import notebook as cells
from autograder.lesson.fitting import AnswerError, fitting_answers
from autograder.lesson.source import SourceError, read_lesson
from autograder.lesson.stubbing import stubs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode

    from autograder.lesson.course import Course

_MARKS = ("### BEGIN", "### END")
_ELSEWHERE = " is answered in the cell of "  # what mending writes into an exercise that is answered elsewhere


@dataclass(frozen=True)
class Cell:
    """A cell that a student wrote in.

    Attributes
    ----------
    place
        What the page calls it: the exercise, or where a cell of their own stands.
    exercise
        Whose cell it is; empty for a cell of their own.
    """

    place: str
    exercise: str
    is_code: bool
    source: str


@dataclass(frozen=True)
class Work:
    """What one student wrote."""

    student: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Known:
    """What the course says.

    Attributes
    ----------
    given
        The lines of an exercise's cell as it is released.
    texts
        The lesson's cells with solutions and tests, and all its answers.
    answers
        How many answers are among them, beside the solutions.
    names
        Names that the lesson gives: nobody chose them.
    notes
        What could not be read.
    """

    given: Mapping[str, frozenset[str]]
    texts: tuple[Cell, ...]
    answers: int
    names: frozenset[str]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassWork:
    """A class's work on an assignment; `unread` are the students whose files say nothing, with the reason."""

    assignment: str
    known: Known
    works: tuple[Work, ...]
    unread: tuple[tuple[str, str], ...] = field(default=())


def read_class(course: Course, assignment: str) -> ClassWork:
    """Read what a class handed in.

    Raises
    ------
    SourceFailsError
        If the course has no lesson of this name, or its source cannot be read: what is given is not known then.
    """
    try:
        sources = source_notebooks(course, assignment)
        outlines = {name: outline(one, stubs_of(course.config)) for name, one in sources.items()}
    except (SourceError, RuntimeError, ValueError) as error:
        raise SourceFailsError(str(error)) from error
    known = _known(course, assignment, sources, outlines)
    works, unread = [], []
    for _, student in course.submissions(assignment):
        try:
            if problem := unusable_id(student):
                raise UnreadableError(problem)
            works.append(_work(course, assignment, student, outlines, sources))
        except UnreadableError as error:
            unread.append((readable(student), str(error)))
        except Exception as error:  # noqa: BLE001 - whatever lies there, the class goes on
            unread.append((readable(student), failed(error)))
    return ClassWork(assignment, known, tuple(works), tuple(unread))


def _work(
    course: Course,
    assignment: str,
    student: str,
    outlines: Mapping[str, Outline],
    sources: Mapping[str, NotebookNode],
) -> Work:
    folder = course.submitted(assignment, student)
    refuse_links(folder, course.root / course.submitted_directory)
    found, _ = find_notebooks(folder, list(outlines))
    written: list[Cell] = []
    for name, path in found.items():
        notebook = read_submission(read_bytes(path))
        mend(notebook, outlines[name])
        given = {tuple(squeezed(cell.source)) for cell in sources[name].cells}
        several = f"{name}: " if len(outlines) > 1 else ""
        written += _written(notebook, outlines[name], given, several)
    return Work(student, tuple(written))


def _written(
    notebook: NotebookNode, lesson: Outline, given: set[tuple[str, ...]], several: str
) -> Iterator[Cell]:
    """Yield the cells of a mended notebook that its owner wrote in."""
    above = ""
    for cell in notebook.cells:
        name = cells.grade_id(cell) or ""
        is_code = cell.cell_type == "code"
        if name in lesson.exercises:
            above = name
            if not lesson.exercises[name].is_untouched(cell.source) and _ELSEWHERE not in cell.source:
                yield Cell(several + name, several + name, is_code, _without_marks(cell.source))
        elif name in lesson.known:  # locked, and the lesson's own again
            above = name.removeprefix("test_")
        elif tuple(squeezed(cell.source)) not in given:
            yield Cell(
                f"{several}own cell below {above}" if above else f"{several}own cell at the top",
                "",
                is_code,
                cell.source,
            )


def _known(
    course: Course, assignment: str, sources: Mapping[str, NotebookNode], outlines: Mapping[str, Outline]
) -> Known:
    given: dict[str, frozenset[str]] = {}
    texts: list[Cell] = []
    names: set[str] = set()
    for book, source in sources.items():
        several = f"{book}: " if len(sources) > 1 else ""
        given |= {several + name: one.given for name, one in outlines[book].exercises.items()}
        for cell in source.cells:
            name = cells.grade_id(cell) or ""
            exercise = several + name if name in outlines[book].exercises else ""
            is_code = cell.cell_type == "code"
            texts.append(Cell("", exercise, is_code, _without_marks(cell.source)))
        names |= {name for one in outlines[book].exercises.values() for name in one.asked}
    lesson = course.source(assignment) / f"{assignment}.py"
    found, notes = [], []
    if lesson.with_name("answers.py").is_file() and lesson.is_file():
        try:
            answers, misfits = fitting_answers(read_lesson(lesson))
            found = [Cell("", one.exercise, is_code=True, source=str(one.source)) for one in answers]
            notes += [f"An answer of the lesson's is not left out: {misfit}" for misfit in misfits]
        except AnswerError as error:
            notes.append(f"The lesson's answers are not left out: {error}")
    return Known(given, (*texts, *found), len(found), frozenset(names), tuple(notes))


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if not line.strip().startswith(_MARKS))
