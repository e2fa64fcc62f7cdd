"""The audit of a course's lessons: every exercise's reference, variants, known mistakes and mutants are graded."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from autograder.audit.equivalents import NAME, Equivalents, EquivalentsError, Key, read_equivalents
from autograder.audit.exercises import Exercise, exercises
from autograder.audit.findings import AuditedExercise, AuditedLesson, JudgedMutant, JudgedVersion
from autograder.audit.foreseen import amiss, hand_in
from autograder.audit.mutants import Mutant, mutants
from autograder.audit.trials import Bench, Marked
from autograder.grading.sources import source_notebooks
from autograder.lesson import notebook as cells
from autograder.lesson.fitting import AnswerError, fitting_answers
from autograder.lesson.source import SourceError, read_lesson
from autograder.lesson.whereabouts import closest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from nbformat import NotebookNode

    from autograder.lesson.answers import Answer
    from autograder.lesson.course import Course


class AuditError(ValueError):
    """Something that cannot be audited; the message says why."""


@dataclass(frozen=True)
class _Material:
    """One notebook and what lies beside it."""

    assignment: str
    name: str
    notebook: NotebookNode
    exercises: tuple[Exercise, ...]
    answers: tuple[Answer, ...] | None  # None where they could not be read
    equivalents: Equivalents
    folder: str  # of the lesson's source, in the course
    faults: tuple[str, ...]


def audit(
    course: Course,
    names: Sequence[str] = (),
    *,
    exercise: str = "",
    jobs: int = 1,
    progress: Callable[[AuditedLesson], object] = repr,
) -> list[AuditedLesson]:
    """Audit lessons of a course.

    Parameters
    ----------
    course
        Any nbgrader course; nothing is written into it.
    names
        The assignments; all that have a source when left out.
    exercise
        Only the exercise of this grade id.
    jobs
        How many examiners run at a time.
    progress
        Told of every notebook that is done.

    Returns
    -------
    list of AuditedLesson
        One for each notebook, in order.

    Raises
    ------
    AuditError
        If there is no such lesson or exercise.
    SourceFailsError, NoSandboxError
        As grading raises them.
    """
    wanted = list(names) or course.assignments()
    if unknown := sorted(set(wanted) - set(course.assignments())):
        raise AuditError(
            f"There is no {', '.join(unknown)} in {course.root / course.source_directory}."
            f"{closest(unknown[0], course.assignments())} There is: {', '.join(course.assignments()) or 'nothing'}."
        )
    materials = [material for name in wanted for material in _materials(course, name, exercise)]
    if exercise and not any(material.exercises for material in materials):
        raise AuditError(_no_exercise(course, wanted, exercise))
    each = max(1, jobs // max(1, len(materials)))
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        lessons = [_Lesson(course, material) for material in materials]
        shares = [[pool.submit(lesson.share) for _ in range(each)] for lesson in lessons]
        done = []
        for lesson, futures in zip(lessons, shares, strict=True):
            for future in futures:
                future.result()
            done.append(lesson.result())
            progress(done[-1])
    return done


def _materials(course: Course, assignment: str, only: str) -> list[_Material]:
    """Read the notebooks of an assignment, and what lies beside them; the faults of all are the first one's."""
    folder = course.source(assignment)
    faults: list[str] = []
    answers: tuple[Answer, ...] | None = ()
    equivalents = Equivalents()
    try:
        equivalents = read_equivalents(folder)
        if (folder / "answers.py").is_file():
            answers = None
            answers, misfits = fitting_answers(read_lesson(folder / f"{assignment}.py"))
            faults += misfits
    except (EquivalentsError, AnswerError, SourceError, SyntaxError) as error:
        faults.append(str(error))
    notebooks = source_notebooks(course, assignment)
    listed = {name: exercises(notebook) for name, notebook in notebooks.items()}
    known = {one.name for found in listed.values() for one in found}
    faults += [
        f"{NAME} names {name}, which is no exercise here."
        for name in equivalents.reasons
        if name not in known
    ]
    return [
        _Material(
            assignment,
            name,
            notebook,
            tuple(one for one in listed[name] if only in {"", one.name}),
            answers if name == assignment else (),
            equivalents,
            str(folder.relative_to(course.root)) if folder.is_relative_to(course.root) else str(folder),
            tuple(faults) if number == 0 else (),
        )
        for number, (name, notebook) in enumerate(notebooks.items())
    ]


def _no_exercise(course: Course, wanted: Sequence[str], name: str) -> str:
    """Say why there is nothing to audit under a name: a person marks it, or nothing is called so."""
    notebooks = [notebook for one in wanted for notebook in source_notebooks(course, one).values()]
    for notebook in notebooks:
        if any(cells.grade_id(cell) == name and cells.is_marked_by_hand(cell) for cell in notebook.cells):
            return f"{name} is a question that a person marks: no test looks at it, and there is nothing to audit."
    there = [one.name for notebook in notebooks for one in exercises(notebook)]
    has = ", ".join(there) or "none"
    return f"{', '.join(wanted)}: no exercise is called {name}.{closest(name, there)} There is: {has}."


class _Lesson:
    """The audit of one notebook, shared by as many threads as take part."""

    def __init__(self, course: Course, material: _Material) -> None:
        self._course = course
        self._material = material
        self._waiting: SimpleQueue[Exercise] = SimpleQueue()
        for one in material.exercises:
            self._waiting.put(one)
        self._done: dict[int, AuditedExercise] = {}
        self._problems: list[str] = []
        self._seconds = 0.0

    def share(self) -> None:
        """Take exercises until none is left; each thread has an examiner of its own."""
        begun = time.monotonic()
        bench = None
        try:
            while True:
                try:
                    exercise = self._waiting.get_nowait()
                except Empty:
                    return
                if bench is None and exercise.tests:
                    material = self._material
                    bench = Bench(self._course, material.assignment, material.notebook)
                    self._problems = list(bench.problems)
                start = time.monotonic()
                done = self._audit(bench, exercise)
                self._done[exercise.solution] = replace(done, seconds=time.monotonic() - start)
        finally:
            if bench is not None:
                bench.close()
            self._seconds += time.monotonic() - begun

    def result(self) -> AuditedLesson:
        """Return what was found, in the notebook's order."""
        ordered = tuple(self._done[at] for at in sorted(self._done))
        return AuditedLesson(
            self._material.name, ordered, (*self._material.faults, *self._problems), self._seconds
        )

    def _audit(self, bench: Bench | None, exercise: Exercise) -> AuditedExercise:
        if bench is None or not exercise.tests:
            return AuditedExercise(
                exercise.name, faults=("No test looks at it: whatever is handed in passes.",)
            )
        try:
            listed = mutants(exercise.source)
        except SyntaxError as error:
            return AuditedExercise(exercise.name, faults=(f"The reference is no Python: {error}.",))
        registry = self._material.equivalents
        made = [mutant for mutant in listed if registry.is_tried(exercise.name, mutant)]
        answers = [answer for answer in self._material.answers or () if answer.exercise == exercise.name]
        right = [answer for answer in answers if answer.kind == "right"]
        together = [answer for answer in right if not answer.alone]
        alone = [answer for answer in right if answer.alone]
        marked = bench.grade(
            exercise,
            [mutant.source for mutant in made],
            [*(known.source for known in exercise.mistakes), *(str(a.source) for a in together)],
            [str(answer.source) for answer in alone],
        )
        reference, rest = marked[0], iter(marked[1:])
        fates = {mutant.key: next(rest) for mutant in made}
        mistakes = tuple(JudgedVersion(known.name, next(rest)) for known in exercise.mistakes)
        variants = [(answer, next(rest)) for answer in (*together, *alone)]
        others = [answer for answer in answers if answer.kind != "right"] if reference.full else []
        said = hand_in(bench, exercise, others, {known.name: known.marked for known in mistakes})
        passed = [(answer, one) for answer, one in variants if one.full]
        return AuditedExercise(
            exercise.name,
            reference,
            tuple(self._judge(exercise.name, mutant, fates.get(mutant.key)) for mutant in listed),
            mistakes,
            tuple(JudgedVersion(answer.name, one) for answer, one in variants),
            len(others),
            tuple(
                f"{self._material.folder}/answers.py: {what}"
                for answer, one in (*passed, *zip(others, said, strict=True))
                if (what := amiss(answer, one))
            ),
            tuple(_remarks(exercise, listed, right if self._material.answers is not None else None)),
            tuple(self._faults(exercise.name, reference, listed, fates)),
        )

    def _judge(self, exercise: str, mutant: Mutant, marked: Marked | None) -> JudgedMutant:
        if marked is not None and not marked.full:
            return JudgedMutant(mutant, "killed")
        reason = self._material.equivalents.reason(exercise, mutant)
        return JudgedMutant(mutant, "equivalent" if reason else "alive", reason)

    def _faults(
        self, exercise: str, reference: Marked, listed: list[Mutant], fates: Mapping[Key, Marked]
    ) -> list[str]:
        found = []
        if not reference.full:
            found.append(
                f"The reference itself gets {reference.score:g} of {reference.possible:g}: {reference.message}"
            )
        if not reference.possible:
            found.append("Its tests are worth no points.")
        alive = [mutant for mutant in listed if mutant.key not in fates or fates[mutant.key].full]
        return found + self._material.equivalents.faults(exercise, alive, listed)


def _remarks(exercise: Exercise, made: list[Mutant], answers: list[Answer] | None) -> list[str]:
    """Say what an author may still add."""
    found = []
    if not made:
        found.append("Nothing of the reference can be changed; no mutant was made")
    if exercise.source.lstrip().startswith("def ") and not exercise.mistakes:
        found.append("No known mistake is named. What goes wrong most often? Add it with @mistake")
    if answers is not None and not answers:
        found.append("No right variant is in answers.py: another way to write it, which must pass too")
    return found
