"""Answers put to the real grader: the audit's own bench, for one of this project's lessons; and whole notebooks."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from autograder.audit import auditing
from autograder.audit.exercises import exercises
from autograder.audit.foreseen import hand_in
from autograder.audit.trials import Bench
from autograder.grading import marks
from autograder.grading.limits import limits_of
from autograder.grading.outcome import ExamRequest
from autograder.grading.pool import Examiner
from autograder.grading.sources import extra_files, lesson_source
from autograder.lesson.answers import STUDENT
from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from autograder.audit.exercises import Exercise
    from autograder.audit.findings import AuditedLesson
    from autograder.audit.trials import Marked
    from autograder.grading.outcome import CellOutcome
    from autograder.lesson.answers import Answer
    from autograder.lesson.course import Course
    from autograder.lesson.source import Lesson


@dataclass(frozen=True)
class Audited:
    """What the audit says of a lesson, and what it was told of each answer of answers.py."""

    lesson: AuditedLesson
    _said: dict[tuple[str, str, str], Marked]

    def said(self, answer: Answer) -> Marked:
        """Return what grading said to an answer."""
        return self._said[answer.exercise, answer.kind, answer.name]


class _Lent(Bench):
    """A bench that whoever has done with it does not close: it is another's."""

    def __init__(self, bench: Bench) -> None:
        self.__dict__ = bench.__dict__

    def close(self) -> None:
        """Leave it open."""


class Desk:
    """Grades answers to one lesson, and whole notebooks as they are handed in; what is not asked for is not started."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        self.notebook = lesson.notebook
        self._course, self._name = course, lesson.name
        self._exercises = {one.name: one for one in exercises(lesson.notebook)}
        self._known: dict[tuple[str, tuple[tuple[str, bool], ...]], list[Marked]] = {}

    @cached_property
    def _bench(self) -> Bench:
        return Bench(self._course, self._name, self.notebook)

    @cached_property
    def _examiner(self) -> tuple[Examiner, list[tuple[str, bytes]]]:
        """Have the lesson as it is: the bench adds test cells of its own, which change what may stand in for what."""
        source = lesson_source(self._course, self._name, self.notebook)
        limits = limits_of(self._course.config)
        files, _ = extra_files(source.folder, self._course.ignore, limits.disk_mib << 19)
        return Examiner(source, limits), files

    @property
    def problems(self) -> list[str]:
        """What the lesson's own source says against itself."""
        return list(self._examiner[0].problems)

    def close(self) -> None:
        """End what was started."""
        if "_bench" in self.__dict__:
            self._bench.close()
        if "_examiner" in self.__dict__:
            self._examiner[0].close()

    def whole(self, *, untouched: bool = False) -> dict[str, CellOutcome]:
        """Grade the reference, or the notebook as it is released, whole."""
        notebook = copy.deepcopy(self.notebook)
        if untouched:
            notebook, _ = ClearSolutions(config=self._course.config).preprocess(notebook, {})
        return self.graded(notebook)

    def graded(self, notebook: NotebookNode) -> dict[str, CellOutcome]:
        """Grade a notebook whole; answers in words, which wait for a person, are left out."""
        examiner, files = self._examiner
        result = examiner.examine(ExamRequest(marks.plan(notebook), files, STUDENT))
        assert not result.error, result.error
        marks.write_outputs(notebook, result)
        found = marks.outcomes(notebook, result)
        return {name: one for name, one in found.items() if one.status != "manual"}

    @cached_property
    def audited(self) -> Audited:
        """Audit the lesson once, on this desk's bench: it hands in every mutant, known mistake and answer."""
        said: dict[tuple[str, str, str], Marked] = {}

        def heard(bench: Bench, exercise: Exercise, answers: Sequence[Answer], *known: Any) -> list[Marked]:
            marked = hand_in(bench, exercise, answers, *known)
            said.update({(a.exercise, a.kind, a.name): one for a, one in zip(answers, marked, strict=True)})
            return marked

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(auditing, "Bench", lambda *_: _Lent(self._bench))
            patch.setattr(auditing, "hand_in", heard)
            (lesson,) = auditing.audit(self._course, [self._name])
        for one in lesson.exercises:
            said.update({(one.name, "right", variant.name): variant.marked for variant in one.variants})
        return Audited(lesson, said)

    def alone(self, exercise: str, answer: Answer) -> Marked:
        """Grade an answer in a run of its own, by the tests that the audit grades it by."""
        if answer.kind == "right":
            return self._bench.grade(self._exercises[exercise], (), [str(answer.source)])[1]
        return hand_in(self._bench, self._exercises[exercise], [answer])[0]

    def grade(self, exercise: str, answers: Sequence[Answer]) -> list[Marked]:
        """Grade answers to one exercise, each as if the rest of the lesson were the reference."""
        key = exercise, tuple((str(answer.source), answer.alone) for answer in answers)
        if key not in self._known:
            self._known[key] = hand_in(self._bench, self._exercises[exercise], answers)
        return self._known[key]
