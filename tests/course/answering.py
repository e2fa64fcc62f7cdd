"""Answers put to the real grader: the audit's own bench, for one of this project's lessons."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from autograder.audit.exercises import exercises
from autograder.audit.foreseen import hand_in
from autograder.audit.trials import Bench
from autograder.lesson.stubs import ClearSolutions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from autograder.audit.trials import Marked
    from autograder.grading.outcome import CellOutcome
    from autograder.lesson.answers import Answer
    from autograder.lesson.course import Course
    from autograder.lesson.source import Lesson


class Desk:
    """Grades answers to one lesson; the lesson's own source is run once."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        self.notebook = lesson.notebook
        self._config = course.config
        self._bench = Bench(course, lesson.name, lesson.notebook)
        self._exercises = {one.name: one for one in exercises(lesson.notebook)}
        self._known: dict[tuple[str, tuple[tuple[str, bool], ...]], list[Marked]] = {}
        self.problems = self._bench.problems

    def close(self) -> None:
        self._bench.close()

    def whole(self, *, untouched: bool = False) -> dict[str, CellOutcome]:
        """Grade the reference, or the notebook as it is released, whole."""
        notebook = copy.deepcopy(self.notebook)
        if untouched:
            notebook, _ = ClearSolutions(config=self._config).preprocess(notebook, {})
        return self.graded(notebook)

    def graded(self, notebook: NotebookNode) -> dict[str, CellOutcome]:
        """Grade a notebook whole; answers in words, which wait for a person, are left out."""
        return self._bench.graded(notebook)

    def grade(self, exercise: str, answers: Sequence[Answer]) -> list[Marked]:
        """Grade answers to one exercise, each as if the rest of the lesson were the reference."""
        key = exercise, tuple((str(answer.source), answer.alone) for answer in answers)
        if key not in self._known:
            self._known[key] = hand_in(self._bench, self._exercises[exercise], answers)
        return self._known[key]
