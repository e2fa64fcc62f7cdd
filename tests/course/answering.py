"""Answers put to the real grader: the sandbox for the answer, the lesson's test outside of it.

All answers to one exercise share a run of the cells above it. After each, the names it bound are put back; an
answer that changes more than names asks to be graded alone.
"""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from autograder.check import Report
from autograder.grading import marks
from autograder.grading.limits import limits_of
from autograder.grading.outcome import CellResult, ExamRequest, ExamResult, PlanCell
from autograder.grading.pool import Examiner
from autograder.grading.sources import extra_files, lesson_source
from autograder.lesson import notebook as cells
from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nbformat import NotebookNode

    from autograder.grading.outcome import CellOutcome
    from autograder.lesson.answers import Answer
    from autograder.lesson.course import Course
    from autograder.lesson.source import Lesson

STUDENT = "ada"
KEEP = "__kept = {**globals()}"
PUT_BACK = """
for __name in [name for name in globals() if name not in __kept and name != "__kept"]:
    del globals()[__name]
globals().update(__kept)
"""


@dataclass(frozen=True)
class Graded:
    """What the grader said to one answer."""

    outcome: CellOutcome
    earned: Mapping[str, float]
    possible: Mapping[str, float]
    status: str


class Desk:
    """Grades answers to one lesson; the lesson's own source is run once."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        self.notebook = self._notebook = lesson.notebook
        self._config = course.config
        source = lesson_source(course, lesson.name, lesson.notebook)
        limits = limits_of(course.config)
        self._files, _ = extra_files(source.folder, course.ignore, limits.disk_mib << 19)
        self._examiner = Examiner(source, limits)
        self._known: dict[tuple[str, tuple[tuple[str, bool], ...]], list[Graded]] = {}
        self.problems = self._examiner.problems

    def close(self) -> None:
        self._examiner.close()

    def whole(self, *, untouched: bool = False) -> dict[str, CellOutcome]:
        """Grade the reference, or the notebook as it is released, whole."""
        notebook = copy.deepcopy(self._notebook)
        if untouched:
            notebook, _ = ClearSolutions(config=self._config).preprocess(notebook, {})
        return self.graded(notebook)

    def graded(self, notebook: NotebookNode) -> dict[str, CellOutcome]:
        """Grade a notebook whole; answers in words, which wait for a person, are left out."""
        result = self._examine(marks.plan(notebook))
        marks.write_outputs(notebook, result)
        found = marks.outcomes(notebook, result)
        return {name: one for name, one in found.items() if one.status != "manual"}

    def grade(self, exercise: str, answers: Sequence[Answer]) -> list[Graded]:
        """Grade answers to one exercise, each as if the rest of the lesson were the reference."""
        key = exercise, tuple((str(answer.source), answer.alone) for answer in answers)
        if key not in self._known:
            packed = iter(self._pack(exercise, [answer for answer in answers if not answer.alone]))
            self._known[key] = [
                self._pack(exercise, [answer])[0] if answer.alone else next(packed) for answer in answers
            ]
        return self._known[key]

    def _pack(self, exercise: str, answers: Sequence[Answer]) -> list[Graded]:
        if not answers:
            return []
        planned = {cell.index: cell for cell in marks.plan(self._notebook)}
        place = {cells.grade_id(cell): at for at, cell in enumerate(self._notebook.cells)}
        solution, test = place[exercise], place[f"test_{exercise}"]
        ours = [at for at in planned if solution <= at < test and planned[at].kind == "run"] + [test]
        helpers = self._tests_before(test)
        request = [
            cell
            for at, cell in planned.items()
            if at < test and at not in ours and (cell.kind == "run" or at in helpers)
        ]
        request.append(PlanCell(len(self._notebook.cells), "run", KEEP))
        for number, answer in enumerate(answers, 1):
            base = number * 100_000
            for at in ours:
                source = str(answer.source) if at == solution else planned[at].source
                request.append(msgspec.structs.replace(planned[at], index=base + at, source=source))
            request.append(PlanCell(base + len(self._notebook.cells), "run", PUT_BACK))
        done = {cell.index: cell for cell in self._examine(request).cells}
        return [
            self._read([done[number * 100_000 + at] for at in ours], ours, answer)
            for number, answer in enumerate(answers, 1)
        ]

    def _tests_before(self, test: int) -> set[int]:
        """Return the test cells above this one that bind a name it speaks of, such as an import."""
        wanted = _mentioned(self._notebook.cells[test].source) - _bound(self._notebook.cells[test].source)
        found = set()
        for at in range(test - 1, -1, -1):
            cell = self._notebook.cells[at]
            if cells.is_test(cell) and _bound(cell.source) & wanted:
                found.add(at)
                wanted |= _mentioned(cell.source) - _bound(cell.source)
        return found

    def _read(self, done: Sequence[CellResult], ours: Sequence[int], answer: Answer) -> Graded:
        """Read one answer's part of a run, as a notebook of its own."""
        notebook: NotebookNode = copy.copy(self._notebook)
        notebook = type(notebook)(notebook, cells=[copy.deepcopy(self._notebook.cells[at]) for at in ours])
        notebook.cells[0].source = str(answer.source)
        result = ExamResult([msgspec.structs.replace(cell, index=at) for at, cell in enumerate(done)])
        marks.write_outputs(notebook, result)
        (outcome,) = marks.outcomes(notebook, result).values()
        reports = [Report.from_dict(report) for report in done[-1].reports]
        parts = [aspect for report in reports for aspect in report.aspects]
        return Graded(
            outcome,
            {aspect.name: aspect.earned for aspect in parts},
            {aspect.name: aspect.points for aspect in parts},
            "partial" if marks.is_cut_short(result) else "graded",
        )

    def _examine(self, plan: list[PlanCell]) -> ExamResult:
        result = self._examiner.examine(ExamRequest(plan, self._files, STUDENT))
        assert not result.error, result.error
        return result


def differences(answer: Answer, graded: Graded) -> list[str]:
    """Return where grading differs from what was foreseen, in words; nothing when it does not."""
    found = []
    foreseen = graded.possible if answer.marks is None else answer.marks
    for aspect, points in graded.possible.items():
        wanted = foreseen.get(aspect, 0)
        if graded.earned[aspect] != wanted:
            found.append(f"{aspect} earns {graded.earned[aspect]:g}, foreseen {wanted:g} of {points:g}")
    outcome = graded.outcome
    if outcome.score != sum(foreseen.values()):
        found.append(f"{outcome.score:g} points, foreseen {sum(foreseen.values()):g}")
    if graded.status != answer.status:
        found.append(f"status {graded.status}, foreseen {answer.status}")
    found += [f"does not say {text!r}" for text in answer.says if text not in outcome.message]
    if answer.mistake is not None and outcome.mistakes != ([answer.mistake] if answer.mistake else []):
        found.append(f"recognised {outcome.mistakes}, foreseen {answer.mistake!r}")
    told = f" [told: {outcome.message}]" if found else ""
    return [f"{answer}: {what}{told}" for what in found]


def _mentioned(source: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}


def _bound(source: str) -> set[str]:
    """Return the names that a test cell binds for good; a known mistake leaves the student's function in place."""
    found = {
        name.asname or name.name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {t.id for target in targets for t in ast.walk(target) if isinstance(t, ast.Name)}
    return found
