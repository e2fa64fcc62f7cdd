"""Where a test stands among a submission's cells, and which of several definitions counts.

A notebook is run once from top to bottom, as "Restart and run all" does, and a test looks at what a name means
where the test stands. So the last definition above a test counts. Only where nothing above it answers its exercise
is it moved below the cell that does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograder.grading.exercises import bound
from autograder.lesson import notebook as cells

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.grading.exercises import Exercise, Outline


def order(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Move a test that stands above the answer to its exercise to just below it."""
    at, written = _places(submitted), _Written(submitted)
    for name, exercise in lesson.exercises.items():
        for test in exercise.tests:
            if test not in at:
                continue
            below = _answer_below(written, exercise, at[test], at.get(name))
            if below is not None:
                cell = submitted.cells.pop(at[test])
                submitted.cells.insert(below, cell)
                notes.append(f"{test} stood above its exercise and was moved below it")
                at, written = _places(submitted), _Written(submitted)


def say_twice(submitted: NotebookNode, lesson: Outline, notes: list[str]) -> None:
    """Say which definition counts where a student's own cells define again what an exercise asks for."""
    at, written = _places(submitted), _Written(submitted)
    known = set(at.values())
    for name, exercise in lesson.exercises.items():
        tests = [at[test] for test in exercise.tests if test in at]
        if not tests or any(note.startswith(f"{name} was in the notebook more than once") for note in notes):
            continue
        answers = [i for i in written.answers(exercise) if i == at.get(name) or i not in known]
        above = [i for i in answers if i < min(tests)]
        what = ", ".join(sorted(exercise.asked))
        if len(above) > 1:
            notes.append(
                f"{what} is defined {len(above)} times above {exercise.tests[0]}: the last one counts"
            )
        if above and any(i > max(tests) for i in answers):
            notes.append(f"{what} is defined again below {exercise.tests[0]}: the one above it counts")


def _places(submitted: NotebookNode) -> dict[str, int]:
    """Return where the cells stand that the lesson knows."""
    names = ((i, cells.grade_id(cell)) for i, cell in enumerate(submitted.cells))
    return {name: i for i, name in names if name is not None}


class _Written:
    """The code that students write in, by the names that it gives a value."""

    def __init__(self, submitted: NotebookNode) -> None:
        self._binds: dict[str, list[int]] = {}
        self._texts: dict[int, str] = {}
        for at, cell in enumerate(submitted.cells):
            if cell.cell_type == "code" and ("nbgrader" not in cell.metadata or cells.is_solution(cell)):
                self._texts[at] = cell.source
                for name in bound(cell.source):
                    self._binds.setdefault(name, []).append(at)

    def answers(self, exercise: Exercise) -> list[int]:
        """Return where cells answer an exercise, from the top."""
        places = sorted({at for name in exercise.asked for at in self._binds.get(name, ())})
        return [at for at in places if exercise.is_answer(self._texts[at])]


def _answer_below(written: _Written, exercise: Exercise, test: int, own: int | None) -> int | None:
    if own is not None and test < own:
        return own
    answers = written.answers(exercise)
    return None if any(at < test for at in answers) else max(answers, default=None)
