"""An author's slips: what is wrong with a lesson, found before a student meets it.

`read_slips` looks at the text alone, `run_slips` runs the lesson. Every slip names its file and line and
says what to do. All of a lesson's slips come together.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader.nbgraderformat import MetadataValidator, ValidationError

from autograder.lesson import notebook as cells
from autograder.lesson import totals
from autograder.lesson.notebook import Secret
from autograder.lesson.trial import TIME_LIMIT, CellRun, Trial, TrialError, run_trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode
    from traitlets.config import Config

    from autograder.lesson.source import Lesson

_TEST = "test_"
_EXAMPLE = '# %% nbgrader={"grade_id": "relu", "solution": true}'
_LIKE_A_MARKER = re.compile(
    r"^\s*(#+\s*(?i:begin|end)\s+(?i:solutions?|hidden|mark(ing)?\s*scheme)\b|###\s*(BEGIN|END)\b)"
)
_MARKER = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")
_LIKE_A_HEADER = re.compile(r"^\s*#\s*%%\S*\s*(\[|nbgrader|markdown)", re.IGNORECASE)
_HEADER_WITH_NBGRADER = re.compile(r"^\s*#\s*%%\s.*nbgrader")
_IMAGE_WITHOUT_TEXT = re.compile(r"!\[\s*\]\(")
_IMG_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE | re.DOTALL)
_ALT = re.compile(r"\balt\s*=\s*(\"\s*[^\"\s]|'\s*[^'\s])", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Slip:
    """One thing to mend; as text it is ``file:line: message. What to do.``."""

    file: Path
    line: int
    message: str
    advice: str

    def __str__(self) -> str:
        """Return the slip on one line, as editors and terminals link it."""
        return f"{self.file}:{self.line}: {self.message}. {self.advice}"


def find_slips(lesson: Lesson, *, config: Config | None = None, time_limit: float = TIME_LIMIT) -> list[Slip]:
    """Find every slip of a lesson, in the order of its lines.

    The lesson is run too, unless its markers or its metadata are broken: then it is not clear what to run.
    """
    broken = [*_metadata(lesson), *_markers(lesson), *_totals(lesson)]
    slips = [*broken, *_pairs(lesson), *_points(lesson), *_alternative_text(lesson)]
    if not broken:
        slips += run_slips(lesson, config=config, time_limit=time_limit)
    return sorted(set(slips))


def read_slips(lesson: Lesson) -> list[Slip]:
    """Find the slips that show without running anything."""
    slips = [*_metadata(lesson), *_markers(lesson), *_totals(lesson), *_pairs(lesson), *_points(lesson)]
    return sorted({*slips, *_alternative_text(lesson)})


def run_slips(lesson: Lesson, *, config: Config | None = None, time_limit: float = TIME_LIMIT) -> list[Slip]:
    """Find the slips that show when the lesson is run: tests the reference fails, tests the stub passes."""
    try:
        trial = run_trial(lesson, config=config, time_limit=time_limit)
    except TrialError as error:
        return [
            Slip(
                lesson.path, 1, str(error), "Run the cells one by one in a notebook to find the one at fault."
            )
        ]
    return [*_reference(lesson, trial), *_stub(lesson, trial)]


def _each(lesson: Lesson) -> Iterator[tuple[int, int, NotebookNode]]:
    """(index, line of the header, cell) of every cell."""
    for index, (header, cell) in enumerate(zip(lesson.headers, lesson.notebook.cells, strict=True)):
        yield index, header, cell


def _metadata(lesson: Lesson) -> Iterator[Slip]:
    validator = MetadataValidator()
    headers = set(lesson.headers)
    for number, line in enumerate(lesson.text, start=1):
        if _LIKE_A_HEADER.match(line) and number not in headers:
            yield Slip(
                lesson.path, number, "looks like a cell's header but is none", f"Write it as `{_EXAMPLE}`."
            )
    for _, header, cell in _each(lesson):
        if "nbgrader" not in cell.metadata:
            if _HEADER_WITH_NBGRADER.match(lesson.text[header - 1]):
                yield Slip(
                    lesson.path, header, "nbgrader metadata that cannot be read", f"Write JSON: `{_EXAMPLE}`."
                )
            continue
        message = _invalid(validator, cell)
        if message:
            yield Slip(lesson.path, header, f"nbgrader metadata: {message}", f"Write it as `{_EXAMPLE}`.")


def _invalid(validator: MetadataValidator, cell: NotebookNode) -> str | None:
    """Say what nbgrader has against a cell's metadata; missing points have a slip of their own."""
    if not isinstance(cell.metadata["nbgrader"], dict):
        return "not a JSON object"
    kind = cell.metadata["nbgrader"]
    if not any(kind.get(role) for role in ("grade", "solution", "locked", "task")):
        return "neither solution, grade, locked nor task is true"
    if not cells.grade_id(cell):
        return "no grade_id"
    try:
        validator.validate_cell(cell)
    except ValidationError as error:
        where = f"{error.path[-1]}: " if error.path else ""
        reason = str(error.message).split("\n", 1)[0]
        return None if "points" in f"{where}{reason}" else f"{where}{reason}"
    except Exception as error:  # noqa: BLE001  nbgrader raises bare exceptions for a wrong schema version
        return str(error)
    return None


def _markers(lesson: Lesson) -> Iterator[Slip]:
    for index, header, cell in _each(lesson):
        regions, faults = cells.scan(cell.source)
        for fault in faults:
            yield Slip(lesson.path, lesson.line(index, fault.line), fault.message, fault.advice)
        for offset, line in enumerate(cell.source.split("\n")):
            if cell.cell_type == "code" and _LIKE_A_MARKER.match(line) and not _MARKER.search(line):
                yield Slip(
                    lesson.path,
                    lesson.line(index, offset),
                    f"`{line.strip()}` looks like a marker but is none, so its lines would be released",
                    "Write BEGIN or END, then SOLUTION, HIDDEN TESTS or MARK SCHEME, in capitals.",
                )
        for region in regions:
            misplaced = _misplaced(region.kind, cell)
            if misplaced:
                yield Slip(lesson.path, lesson.line(index, region.begin), *misplaced)
        answered = any(region.kind is Secret.SOLUTION for region in regions)
        if cells.is_solution(cell) and cell.cell_type == "code" and not answered:
            yield Slip(
                lesson.path,
                header,
                f"solution cell `{cells.grade_id(cell)}` has no solution region",
                "Put the answer between `### BEGIN SOLUTION` and `### END SOLUTION`.",
            )


def _misplaced(kind: Secret, cell: NotebookNode) -> tuple[str, str] | None:
    """(message, advice) if a region of this kind has no place in the cell."""
    if kind is Secret.SOLUTION and not cells.is_solution(cell):
        return "solution region in a cell that is no solution cell", 'Add `"solution": true` to its header.'
    if kind is Secret.HIDDEN_TESTS and not cells.is_test(cell):
        return "hidden tests in a cell that is no test cell", "Move them into the exercise's test cell."
    if kind is Secret.MARK_SCHEME and not cells.is_marked_by_hand(cell):
        return (
            "marking scheme in a cell that nobody marks by hand",
            "Move it into the task or the written answer.",
        )
    return None


def _pairs(lesson: Lesson) -> Iterator[Slip]:
    """Find equal grade ids, solutions without a test, tests without a solution or before it."""
    named = [(cells.grade_id(cell), header, cell) for _, header, cell in _each(lesson)]
    first: dict[str, int] = {}
    for name, header, _ in named:
        if name is not None and first.setdefault(name, header) != header:
            message = f"grade id `{name}` is already taken in line {first[name]}"
            yield Slip(lesson.path, header, message, "Give each its own.")
    tests = {name: header for name, header, cell in reversed(named) if name and cells.is_test(cell)}
    solutions = {
        name: header
        for name, header, cell in reversed(named)
        if name and cells.is_solution(cell) and not cells.is_marked_by_hand(cell)
    }
    for name, header in solutions.items():
        if _TEST + name not in tests:
            yield Slip(
                lesson.path,
                header,
                f"solution `{name}` has no test",
                f'Add a test cell with `"grade_id": "{_TEST}{name}", "grade": true, "points": 1`.',
            )
    for name, header in tests.items():
        exercise = name.removeprefix(_TEST)
        if exercise == name or exercise not in solutions:
            yield Slip(
                lesson.path,
                header,
                f"test `{name}` has no solution cell",
                f"Name it `{_TEST}` and then the grade id of its exercise.",
            )
        elif solutions[exercise] > header:
            yield Slip(lesson.path, header, f"test `{name}` comes before its solution", "Move it below.")


def _points(lesson: Lesson) -> Iterator[Slip]:
    for _, header, cell in _each(lesson):
        points, name = cells.points(cell), cells.grade_id(cell)
        if cells.is_graded(cell) and (points is None or points <= 0):
            what = "no points" if points is None else f"{points:g} points"
            yield Slip(lesson.path, header, f"graded cell `{name}` has {what}", 'Add `"points": 1` or more.')
        elif name is not None and points is not None and not cells.is_graded(cell):
            yield Slip(
                lesson.path,
                header,
                f"`{name}` has points but is not graded, so they are never given",
                'Move the points to its test cell, or add `"grade": true`.',
            )


def _totals(lesson: Lesson) -> Iterator[Slip]:
    for _, header, cell in _each(lesson):
        for message, advice in totals.faults(cell):
            yield Slip(lesson.path, header, message, advice)


def _alternative_text(lesson: Lesson) -> Iterator[Slip]:
    advice = "Say in its alternative text what the picture shows."
    for index, _, cell in _each(lesson):
        if cell.cell_type != "markdown":
            continue
        spots = [match.start() for match in _IMAGE_WITHOUT_TEXT.finditer(cell.source)]
        spots += [match.start() for match in _IMG_TAG.finditer(cell.source) if not _ALT.search(match.group())]
        for spot in spots:
            line = lesson.line(index, cell.source.count("\n", 0, spot))
            yield Slip(lesson.path, line, "picture without alternative text", advice)


def _reference(lesson: Lesson, trial: Trial) -> Iterator[Slip]:
    """Find what the solutions themselves do not pass."""
    for run in trial.reference:
        cell = lesson.notebook.cells[run.index]
        header, points = lesson.headers[run.index], cells.points(cell)
        if run.unreadable:
            advice = "End the cell with `marks.total()`, or with one float from 0 to its points."
            yield Slip(lesson.path, header, f"test `{cells.grade_id(cell)}`: {run.unreadable}", advice)
        elif run.score is not None and points is not None and run.score < points:
            yield Slip(
                lesson.path,
                lesson.line(run.index, run.offset) if run.offset is not None else header,
                f"the reference gets {run.score:g} of {points:g} in `{cells.grade_id(cell)}`{_because(run)}",
                "Mend the solution or the test.",
            )
        elif run.score is None and run.error and "raises-exception" not in cells.tags(cell):
            yield Slip(
                lesson.path,
                lesson.line(run.index, run.offset or 0),
                f"with the solutions in place this cell fails{_because(run)}",
                "Mend it, or tag the cell `raises-exception` if it shall fail.",
            )


def _stub(lesson: Lesson, trial: Trial) -> Iterator[Slip]:
    """Find what an untouched notebook would be paid for."""
    for run in trial.stub:
        cell = lesson.notebook.cells[run.index]
        if run.score:
            yield Slip(
                lesson.path,
                lesson.headers[run.index],
                f"the untouched stub earns {run.score:g} in `{cells.grade_id(cell)}`",
                "Let every aspect call the student's answer, so that a stub earns nothing.",
            )


def _because(run: CellRun) -> str:
    reasons = [*run.findings, *([run.error] if run.error else [])]
    counted = Counter(reasons)
    return ": " + "; ".join(counted) if counted else ""
