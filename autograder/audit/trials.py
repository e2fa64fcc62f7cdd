"""Trials: many versions of one exercise put to the real grader in one run, the rest of the lesson being right.

The sandbox runs a version's cell, the lesson's test runs outside of it. Only the cells above that the exercise
needs are run, once; after each version the names that it bound are put back. What the reference gets this way
is looked at first: if it is not everything, all cells above are run.
"""

from __future__ import annotations

import copy
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from autograder.audit.needs import names_of, needed
from autograder.audit.quick import with_quick_tests
from autograder.check import Report
from autograder.grading import marks
from autograder.grading.limits import limits_of
from autograder.grading.outcome import ExamRequest, ExamResult, PlanCell
from autograder.grading.pool import Examiner
from autograder.grading.sources import extra_files, lesson_source
from autograder.lesson import notebook as cells
from autograder.lesson.answers import STUDENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from autograder.audit.exercises import Exercise
    from autograder.grading.outcome import CellResult
    from autograder.lesson.course import Course
    from autograder.sandbox.limits import Limits

_KEEP = "__kept = {**globals()}"
_PUT_BACK = """
for __name in [name for name in globals() if name not in __kept and name != "__kept"]:
    del globals()[__name]
globals().update(__kept)
"""
_APART = 100_000  # between the cell numbers of one version and the next
_PATIENCE = 6.0  # times the limits, at most
_TOGETHER = 150  # versions in one run: what they leave behind is cleared after so many


@dataclass(frozen=True)
class Part:
    """What an aspect of a test earned."""

    aspect: str
    earned: float
    points: float


@dataclass(frozen=True)
class Marked:
    """What the grader said to one version of an exercise.

    Attributes
    ----------
    score, possible : float
        Points, of all its test cells together.
    mistakes : tuple of str
        The known mistakes that were recognised.
    message : str
        What the student is told.
    parts : tuple of Part
        What its aspects earned, where the tests name any.
    cut_short : bool
        Something hung or crashed.
    """

    score: float
    possible: float
    mistakes: tuple[str, ...] = ()
    message: str = ""
    parts: tuple[Part, ...] = ()
    cut_short: bool = False

    @property
    def full(self) -> bool:
        """Whether it lost nothing."""
        return self.score >= self.possible


def for_many(limits: Limits) -> Limits:
    """Return limits for many versions in one run, some of which hang.

    They are wall-clock. Where much else is running a call gets a small part of each second, so it is waited for longer:
    what a table says must not depend on that.
    """
    patience = min(max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0), _PATIENCE)
    return replace(
        limits,
        hung_calls=1,
        call_seconds=limits.call_seconds * patience,
        cell_seconds=min(limits.cell_seconds, 20.0) * patience,
        test_seconds=min(limits.test_seconds, 20.0) * patience,
        submission_seconds=3600.0,
        restarts=1000,
    )


class Bench:
    """Grades versions of a lesson's exercises; the lesson's own source is run once.

    Parameters
    ----------
    course
        Whose configuration and folders count.
    assignment
        Name of the lesson.
    notebook
        The instructor's version.
    """

    def __init__(self, course: Course, assignment: str, notebook: NotebookNode) -> None:
        notebook, self._quick = with_quick_tests(notebook)
        self._notebook = notebook
        self._planned = {cell.index: cell for cell in marks.plan(notebook)}
        self._names = {at: names_of(notebook.cells[at].source) for at in self._planned}
        source = lesson_source(course, assignment, notebook)
        limits = for_many(limits_of(course.config))
        self._files, _ = extra_files(source.folder, course.ignore, limits.disk_mib << 19)
        self._examiner = Examiner(source, limits)
        self._references: dict[tuple[tuple[int, ...], tuple[int, ...]], Marked] = {}
        self.problems = self._examiner.problems

    def close(self) -> None:
        """End the examiner."""
        self._examiner.close()

    def grade(
        self,
        exercise: Exercise,
        mutants: Sequence[str] = (),
        versions: Sequence[str] = (),
        alone: Sequence[str] = (),
    ) -> list[Marked]:
        """Grade the reference, then each other text as the exercise's cell.

        Parameters
        ----------
        exercise
            Which one.
        mutants
            Texts of which it matters only whether they lose points.
        versions
            Texts of which it matters what is said, too.
        alone
            More of these, each graded in a run of its own, for those that change more than names.
        """
        above = self._above(exercise, mutants, versions, alone)
        first = self._reference(exercise, above)
        if not first.full:
            above = [at for at in self._planned if at < exercise.solution]
            first = self._reference(exercise, above)
        found = [first, *self._quickly(exercise, mutants, above), *self._many(exercise, versions, above)]
        for version in alone:
            found += self._run(exercise, [version], above)
        return found

    def own_test(self, exercise: Exercise) -> Exercise:
        """Return an exercise with the test that is named for it alone."""
        named = f"test_{exercise.name}"
        own = [at for at in exercise.tests if cells.grade_id(self._notebook.cells[at]) == named]
        return replace(exercise, tests=tuple(own)) if own else exercise

    def _reference(self, exercise: Exercise, above: Sequence[int]) -> Marked:
        """Grade the reference, once for the same tests and cells above."""
        key = exercise.tests, tuple(above)
        if key not in self._references:
            self._references[key] = self._run(exercise, [exercise.source], above)[0]
        return self._references[key]

    def _quickly(self, exercise: Exercise, mutants: Sequence[str], above: Sequence[int]) -> list[Marked]:
        """Grade mutants without what takes long, and in full those that lose nothing by that."""
        tests = tuple(self._quick.get(at, at) for at in exercise.tests)
        if tests == exercise.tests:
            return self._many(exercise, mutants, above)
        quick = replace(exercise, tests=tests)
        reference, *found = self._many(quick, [exercise.source, *mutants], above)
        left = [at for at, marked in enumerate(found) if marked.score >= reference.score]
        again = self._many(exercise, [mutants[at] for at in left], above)
        for at, marked in zip(left, again, strict=True):
            found[at] = marked
        return found

    def _many(self, exercise: Exercise, versions: Sequence[str], above: Sequence[int]) -> list[Marked]:
        found = []
        for start in range(0, len(versions), _TOGETHER):
            found += self._run(exercise, versions[start : start + _TOGETHER], above)
        return found

    def _above(self, exercise: Exercise, *versions: Sequence[str]) -> list[int]:
        """Return the cells that an exercise needs, those between it and its last test among them."""
        last = [names_of(exercise.source)]
        last += [names_of(text) for some in versions for text in some]
        last += [self._names[at] for at in exercise.tests]
        ours = {exercise.solution, *exercise.tests}
        above = {at: names for at, names in self._names.items() if at < exercise.tests[-1] and at not in ours}
        return needed(above, last)

    def _run(self, exercise: Exercise, versions: Sequence[str], above: Sequence[int]) -> list[Marked]:
        """Grade versions in one run of the cells above."""
        between = [at for at in above if at > exercise.solution]
        ours = sorted({exercise.solution, *between, *exercise.tests})
        end = len(self._notebook.cells)
        plan = [self._planned[at] for at in above if at < exercise.solution]
        plan.append(PlanCell(end, "run", _KEEP))
        for number, version in enumerate(versions, 1):
            for at in ours:
                cell = msgspec.structs.replace(self._planned[at], index=number * _APART + at, pictures=False)
                if at == exercise.solution:
                    cell = msgspec.structs.replace(cell, source=version)
                plan.append(cell)
            plan.append(PlanCell(number * _APART + end, "run", _PUT_BACK))
        result = self._examine(plan)
        done = {cell.index: cell for cell in result.cells}
        return [
            self._read([done[number * _APART + at] for at in ours], ours, exercise, version)
            for number, version in enumerate(versions, 1)
        ]

    def _examine(self, plan: list[PlanCell]) -> ExamResult:
        result = self._examiner.examine(ExamRequest(plan, self._files, STUDENT))
        if result.error:
            raise RuntimeError(result.error)
        return result

    def _read(
        self, done: Sequence[CellResult], ours: Sequence[int], exercise: Exercise, version: str
    ) -> Marked:
        """Read one version's part of a run, as a notebook of its own."""
        notebook: NotebookNode = copy.copy(self._notebook)
        notebook = type(notebook)(notebook, cells=[copy.deepcopy(self._notebook.cells[at]) for at in ours])
        notebook.cells[ours.index(exercise.solution)].source = version
        result = ExamResult([msgspec.structs.replace(cell, index=at) for at, cell in enumerate(done)])
        marks.write_outputs(notebook, result)
        names = {cells.grade_id(self._notebook.cells[at]) for at in exercise.tests}
        outcomes = [outcome for name, outcome in marks.outcomes(notebook, result).items() if name in names]
        reports = [Report.from_dict(report) for cell in done for report in cell.reports]
        return Marked(
            sum(outcome.score for outcome in outcomes),
            sum(outcome.max_score for outcome in outcomes),
            tuple(dict.fromkeys(name for outcome in outcomes for name in outcome.mistakes)),
            "\n".join(outcome.message for outcome in outcomes if outcome.message),
            tuple(Part(a.name, a.earned, a.points) for report in reports for a in report.aspects),
            marks.is_cut_short(result),
        )
